//! The store: one trait to read, one door to write.
//!
//! Everything Ticketty knows is here. Whoever reads gets a snapshot; whoever writes gets one transaction that is
//! committed whole or not at all. Only the engine writes. Nothing here decides: it keeps what it is given, and
//! ticket rows change only by applying the events that are appended in the same transaction.
//!
//! All calls block; the engine calls them on threads that may wait. What differs between databases stays inside
//! one backend module (`sqlite` now).

pub mod audit;
pub mod changing;
pub mod ledger;
pub mod outbox;
pub mod packed;
pub mod people;
pub mod placing;
pub mod sqlite;
pub mod tickets;
pub mod watching;

use crate::domain::finding::Finding;
use crate::domain::trouble::Trouble;

pub use audit::{AuditRead, AuditWindow, AuditWrite};
pub use changing::ChangingRead;
pub use ledger::{LedgerRead, LedgerWrite};
pub use outbox::{OutboxRead, OutboxWrite};
pub use people::{PeopleRead, PeopleWrite};
pub use placing::PlacingRead;
pub use tickets::{TicketRead, TicketWrite};
pub use watching::WatchingRead;

/// The failure of a store operation. Always says whose move it is (disk full: the operator's).
pub type StoreResult<T> = Result<T, Trouble>;

/// A consistent snapshot.
pub trait Read:
    AuditRead
    + ChangingRead
    + LedgerRead
    + OutboxRead
    + PeopleRead
    + PlacingRead
    + TicketRead
    + WatchingRead
{
}
impl<T> Read for T where
    T: AuditRead
        + ChangingRead
        + LedgerRead
        + OutboxRead
        + PeopleRead
        + PlacingRead
        + TicketRead
        + WatchingRead
{
}

/// One transaction. It also reads, and then sees its own writes.
pub trait Write: Read + AuditWrite + LedgerWrite + OutboxWrite + PeopleWrite + TicketWrite {}
impl<T: Read + AuditWrite + LedgerWrite + OutboxWrite + PeopleWrite + TicketWrite> Write for T {}

/// The name of the fact that says when the store was last looked through and found whole.
pub const LOOKED_THROUGH: &str = "looked-through";

/// A store that is open.
pub trait Store: Send + Sync + 'static {
    /// Runs `work` on a snapshot.
    ///
    /// # Errors
    /// What `work` returns, or why no snapshot could be had.
    fn read(&self, work: &mut dyn FnMut(&dyn Read) -> StoreResult<()>) -> StoreResult<()>;

    /// Runs `work` in one immediate transaction and commits it; any error rolls everything back.
    ///
    /// # Errors
    /// What `work` returns, or why the commit failed. After an error nothing of it is stored.
    fn write(&self, work: &mut dyn FnMut(&mut dyn Write) -> StoreResult<()>) -> StoreResult<()>;

    /// As [`Store::write`], for what can wait, such as mail that stays on its server: it is refused while the last
    /// room on the disk is kept for what cannot.
    ///
    /// # Errors
    /// As `write`, or that there is no room.
    fn write_where_room(
        &self,
        work: &mut dyn FnMut(&mut dyn Write) -> StoreResult<()>,
    ) -> StoreResult<()>;

    /// Sees to it that there is room for what cannot wait when the disk is full. Called now and then.
    fn keep_reserve(&self);

    /// The full disk because of which the reserve was given up, until there is one again.
    fn shortage(&self) -> Option<Trouble>;

    /// A number that changes whenever anyone, in any process, has committed. Cheap enough to ask several times a second.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn change_counter(&self) -> StoreResult<u64>;

    /// Writes a verified copy of the whole store to `target`, while others go on writing.
    ///
    /// # Errors
    /// When the target exists, cannot be written, or fails its check.
    fn backup(&self, target: &std::path::Path) -> StoreResult<()>;

    /// Looks at everything that can be checked, without changing anything.
    ///
    /// # Errors
    /// When the database cannot be read at all.
    fn examine(&self) -> StoreResult<Vec<Finding>>;

    /// The damage because of which the store is only read: every write is refused with it.
    fn damage(&self) -> Option<Trouble>;

    /// Looks through every page and index, on a connection of its own and beside all work. What is wrong, in the
    /// words of the database; `None` where `is_over` ended it.
    ///
    /// # Errors
    /// When the database cannot be read at all.
    fn look_through(&self, is_over: IsOver) -> StoreResult<Option<Vec<String>>>;
}

/// Whether a long look has become unwanted.
pub type IsOver = Box<dyn FnMut() -> bool + Send>;

/// [`Store::read`] with a result.
///
/// # Errors
/// As the call itself.
pub fn read<T>(
    store: &dyn Store,
    mut work: impl FnMut(&dyn Read) -> StoreResult<T>,
) -> StoreResult<T> {
    let mut out = None;
    store.read(&mut |snapshot| {
        out = Some(work(snapshot)?);
        Ok(())
    })?;
    ran(out)
}

/// [`Store::write`] with a result.
///
/// # Errors
/// As the call itself.
pub fn write<T>(
    store: &dyn Store,
    mut work: impl FnMut(&mut dyn Write) -> StoreResult<T>,
) -> StoreResult<T> {
    let mut out = None;
    store.write(&mut keeping(&mut work, &mut out))?;
    ran(out)
}

/// [`Store::write_where_room`] with a result.
///
/// # Errors
/// As the call itself.
pub fn write_where_room<T>(
    store: &dyn Store,
    mut work: impl FnMut(&mut dyn Write) -> StoreResult<T>,
) -> StoreResult<T> {
    let mut out = None;
    store.write_where_room(&mut keeping(&mut work, &mut out))?;
    ran(out)
}

/// The work, with its result kept aside: a store runs work of one type only.
fn keeping<T>(
    work: &mut impl FnMut(&mut dyn Write) -> StoreResult<T>,
    out: &mut Option<T>,
) -> impl FnMut(&mut dyn Write) -> StoreResult<()> {
    move |transaction| {
        *out = Some(work(transaction)?);
        Ok(())
    }
}

fn ran<T>(out: Option<T>) -> StoreResult<T> {
    out.ok_or_else(|| Trouble::bug("the store did not run the work it was given"))
}
