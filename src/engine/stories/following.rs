//! Following: pushes come by themselves, also for what other processes did.

use super::desk::Desk;
use crate::bridge::{Look, Pushed, Report, Request};
use crate::domain::decide::Action;
use crate::domain::ids::TicketNumber;
use crate::domain::ticket::Status;

async fn pushed_tickets(desk: &mut Desk, waiting_for: &str) -> Vec<TicketNumber> {
    loop {
        if let Report::Pushed(Pushed::Tickets(tickets)) = desk.told(waiting_for).await.report {
            return tickets;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_pushed_whoever_made_them() {
    let mut desk = Desk::open();
    let ticket = desk.arrives("a@example.test", "One", "?");
    assert_eq!(desk.ask(Request::Look(Look::Follow)).await, Report::Done);
    desk.act(&[ticket], Action::SetStatus(Status::Pending))
        .await;
    let own = match desk
        .pushed
        .iter()
        .find(|told| matches!(told, Report::Pushed(Pushed::Tickets(_))))
    {
        Some(Report::Pushed(Pushed::Tickets(tickets))) => tickets.clone(),
        _ => pushed_tickets(&mut desk, "the push of our own change").await,
    };
    assert!(own.contains(&ticket), "{own:?}");
    // Written past the engine, as another process would.
    let other = desk.arrives("b@example.test", "Two", "?");
    let mut seen = Vec::new();
    while !seen.contains(&other) {
        seen = pushed_tickets(&mut desk, "the push of another process's mail").await;
    }
    desk.stop().await;
}
