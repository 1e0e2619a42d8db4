//! The composer in words: its title, its header in one line, what is saved, what goes along.

use super::header::Focus;
use super::{Composer, shown};
use crate::app::App;
use crate::app::prompt::Choice;
use crate::app::text::{DIM, Line, STRONG, TEXT};
use crate::app::when;
use crate::bridge::DraftView;
use crate::domain::clean::Clean;
use crate::domain::draft::DraftKind;
use crate::domain::headers::address::Address;
use crate::domain::mailbox::MailboxSettings;
use crate::domain::theme::{Ink, Role, Signal};

const WARNING: Role = Role::Signal(Signal::Warning);
const TROUBLE: Role = Role::Signal(Signal::Trouble);

/// What is written, and to which ticket.
pub fn title(composer: &Composer) -> Line {
    if !composer.is_open() {
        return Line::words(" Opening the draft … ", DIM);
    }
    let words = match composer.about.kind {
        DraftKind::Reply => "Reply",
        DraftKind::Forward => "Forward",
        DraftKind::NewMail => "New mail",
        DraftKind::Note => "Note, never mailed",
    };
    let role = if composer.is_note() {
        WARNING
    } else {
        Role::Ink(Ink::Title)
    };
    let mut line = Line::words(&format!(" {words} "), role);
    if let Some(ticket) = composer.about.ticket {
        line = line.say(&format!("#{ticket} "), DIM);
    }
    match composer.about.newer {
        0 => line,
        1 => line.say("· 1 new message since you began ", WARNING),
        more => line.say(&format!("· {more} new messages since you began "), WARNING),
    }
}

/// Whether the store has what is on the screen.
pub fn keeping(app: &App, composer: &Composer) -> Line {
    if !composer.is_open() {
        return Line::new();
    }
    if let Some(trouble) = &composer.keeping.trouble {
        return Line::words(" not saved: ", TROUBLE)
            .clean(trouble.clone(), TROUBLE)
            .say("; trying again ", DIM);
    }
    let touched = composer.keeping.was_touched() || composer.about.found_again;
    if !composer.keeping.is_kept() {
        Line::words(" … ", DIM)
    } else if touched {
        let at = when::clock(
            composer.keeping.kept_at,
            &app.surroundings.zone,
            app.preferences.clock,
        );
        Line::words(&format!(" saved {at} "), DIM)
    } else {
        Line::new()
    }
}

fn settings<'a>(app: &'a App, composer: &Composer) -> Option<&'a MailboxSettings> {
    let mailboxes = &app.known.basics.as_ref()?.mailboxes;
    let found = mailboxes
        .iter()
        .find(|line| line.mailbox.id == composer.mailbox)?;
    Some(&found.mailbox.settings)
}

/// Name of the mailbox it leaves from, and the address.
pub fn sender(app: &App, composer: &Composer) -> Option<(Clean, Clean)> {
    let settings = settings(app, composer)?;
    let address = composer.from.as_ref().unwrap_or(&settings.address);
    Some((Clean::name(&settings.name), Clean::name(address)))
}

/// What the mailbox puts on the mail by itself: where answers go, and who gets a blind copy.
pub fn put_on(app: &App, composer: &Composer) -> Line {
    let Some(settings) = settings(app, composer) else {
        return Line::new();
    };
    let identity = &settings.identity;
    let mut line = Line::new();
    if let Some(address) = &identity.reply_to {
        line = line
            .say(" · Reply-To ", DIM)
            .clean(Clean::name(address), TEXT);
    }
    if let [first, others @ ..] = identity.automatic_bcc.as_slice() {
        line = line
            .say(" · always Bcc ", DIM)
            .clean(Clean::name(first), TEXT);
        if !others.is_empty() {
            line = line.say(&format!(" +{}", others.len()), DIM);
        }
    }
    line
}

/// From, To, Cc and Subject in one line.
pub fn folded(app: &App, composer: &Composer) -> Line {
    let from = match (sender(app, composer), &composer.from) {
        (Some((_, address)), Some(_)) => address,
        (Some((name, _)), None) => name,
        (None, _) => Clean::default(),
    };
    let mut line = Line::new()
        .clean(from, Role::Ink(Ink::Name))
        .say(" → ", DIM);
    let to = composer.header.addresses(Focus::To);
    line = match to.as_slice() {
        [] => line.say("nobody yet", WARNING),
        [one] => line.clean(one.clean(), TEXT),
        [first, others @ ..] => line.clean(short(first), TEXT).say(
            &format!(" and {}", when::count(others.len(), "other", "others")),
            TEXT,
        ),
    };
    for place in [Focus::Cc, Focus::Bcc] {
        let people = composer.header.addresses(place);
        if let Some(first) = people.first() {
            line = line
                .say(&format!(" · {} ", place.label()), DIM)
                .clean(short(first), TEXT);
            if people.len() > 1 {
                line = line.say(&format!(" +{}", people.len() - 1), DIM);
            }
        }
    }
    let subject = Clean::line(composer.header.subject.text());
    let line = line.say(" · ", DIM);
    if subject.is_empty() {
        line.say("no subject", WARNING)
    } else {
        line.clean(subject, STRONG)
    }
}

fn short(address: &Address) -> Clean {
    Clean::name(address.shown())
}

/// The files that go along, with their sizes.
pub fn files(composer: &Composer) -> Line {
    let total: u64 = composer.files.iter().map(|file| file.size_bytes).sum();
    let mut line = Line::words("📎 ", DIM);
    for (index, file) in composer.files.iter().enumerate() {
        if index > 0 {
            line = line.say("  ", DIM);
        }
        line = line
            .clean(file.name.clone(), TEXT)
            .say(&format!(" {}", when::size(file.size_bytes)), DIM);
    }
    if composer.files.len() > 1 {
        line = line.say(&format!("  = {}", when::size(total)), DIM);
    }
    line
}

/// The key that brings a draft back.
pub fn found_again_with(composer: &Composer) -> &'static str {
    match composer.about.kind {
        DraftKind::Reply => "r",
        DraftKind::Forward => "f",
        DraftKind::Note => "i",
        DraftKind::NewMail => "d",
    }
}

/// The drafts that were put away, to choose one.
pub fn drafts(app: &App) -> Vec<Choice> {
    let open = shown(app).map(|composer| composer.about.id);
    app.known
        .drafts
        .iter()
        .filter(|draft| Some(draft.content.id) != open)
        .map(|draft| choice(app, draft))
        .collect()
}

fn choice(app: &App, draft: &DraftView) -> Choice {
    let kind = match draft.kind {
        DraftKind::Reply => "reply",
        DraftKind::Forward => "forward",
        DraftKind::NewMail => "new mail",
        DraftKind::Note => "note",
    };
    let ticket = draft
        .ticket
        .map_or_else(String::new, |ticket| format!(" #{ticket}"));
    let about = match draft.content.subject.trim() {
        "" => draft.content.body.lines().next().unwrap_or_default(),
        subject => subject,
    };
    let age = when::age(draft.saved_at, app.now, &app.surroundings.zone);
    Choice::new(
        &draft.content.id.to_string(),
        &format!("{kind}{ticket}"),
        &format!("{age}  {about}"),
    )
}
