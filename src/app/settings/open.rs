//! The form that is open, whatever it is about.

use super::form::{Face, Form};
use super::grammar::{Kind, Spec, field};
use super::mailbox::{self, MailboxValue};
use super::rows::{self, Item};
use super::signature::{SIGNATURE, SignatureValue};
use super::view::{VIEW, ViewValue};
use crate::app::App;
use crate::bridge::Secret;
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::Incoming;

#[derive(Debug)]
pub enum Open {
    Mailbox(Box<Form<MailboxValue>>),
    /// Only the password of a mailbox.
    Password(Form<PasswordValue>),
    Signature(Form<SignatureValue>),
    View(Form<ViewValue>),
}

#[derive(Debug, Clone)]
pub struct PasswordValue {
    pub mailbox: MailboxId,
    pub password: Secret,
}

const PASSWORD: &[Spec<PasswordValue>] = &[field(
    "password",
    "Password",
    "What you type is never shown, and never logged; Enter hands it over.",
    |v: &PasswordValue| v.password.expose().to_owned(),
    |v, typed| {
        v.password = Secret::new(typed);
        if typed.is_empty() {
            return Err("a password is missing".into());
        }
        Ok(())
    },
)
.kind(Kind::Secret)];

impl Open {
    /// A new mailbox; `from_desk` says where one goes back to when it is connected.
    pub fn new_mailbox(from_desk: bool) -> Self {
        let value = MailboxValue {
            returns_to_desk: from_desk,
            ..MailboxValue::unknown()
        };
        Self::Mailbox(Box::new(Form::new(&mailbox::SETTINGS, value)))
    }

    /// A new address whose mail comes by a connected mailbox.
    pub fn new_redirect(app: &App) -> Self {
        Self::Mailbox(Box::new(Form::new(
            &mailbox::SETTINGS,
            MailboxValue::redirected(collectors(app, None)),
        )))
    }

    pub fn password(mailbox: MailboxId) -> Self {
        Self::Password(Form::new(
            PASSWORD,
            PasswordValue {
                mailbox,
                password: Secret::new(""),
            },
        ))
    }

    /// The form of what is under the cursor of the list.
    pub fn of(app: &App, item: Item) -> Option<Self> {
        let mailboxes = || {
            rows::mailboxes(app)
                .map(|line| (line.mailbox.id, line.mailbox.settings.name.clone()))
                .collect::<Vec<_>>()
        };
        let operators = || {
            let known = app.known.basics.iter();
            known
                .flat_map(|basics| &basics.operators)
                .map(|operator| (operator.id, operator.login.clone()))
                .collect::<Vec<_>>()
        };
        Some(match item {
            Item::NewMailbox => Self::new_mailbox(false),
            Item::NewRedirect => Self::new_redirect(app),
            Item::Mailbox(id) => {
                let settings = rows::mailbox(app, id)?.mailbox.settings.clone();
                let value = MailboxValue {
                    senders: mailboxes(),
                    others: collectors(app, Some(id)),
                    ..MailboxValue::of(id, settings)
                };
                Self::Mailbox(Box::new(Form::new(&mailbox::SETTINGS, value)))
            }
            Item::NewSignature => Self::Signature(Form::new(
                SIGNATURE,
                SignatureValue::new(mailboxes(), operators()),
            )),
            Item::Signature(id) => {
                let signature = rows::signatures(app).find(|signature| signature.id == id)?;
                Self::Signature(Form::new(
                    SIGNATURE,
                    SignatureValue::of(signature, mailboxes(), operators()),
                ))
            }
            Item::Audit | Item::Domain(_) => return None,
            Item::NewView => Self::View(Form::new(VIEW, ViewValue::default())),
            Item::View(id) => {
                let (_, line) = rows::views(app).find(|(known, _)| *known == id)?;
                Self::View(Form::new(
                    VIEW,
                    ViewValue {
                        id: Some(id),
                        name: line.name.as_str().to_owned(),
                        query: line.query.clone(),
                    },
                ))
            }
        })
    }

    /// Whether it makes something that is not there yet, so that marking what has changed would mark everything.
    pub fn is_new(&self) -> bool {
        match self {
            Self::Mailbox(form) => form.value.is_new(),
            Self::Password(_) => true,
            Self::Signature(form) => form.value.id.is_none(),
            Self::View(form) => form.value.id.is_none(),
        }
    }

    pub fn face(&self) -> &dyn Face {
        match self {
            Self::Mailbox(form) => &**form,
            Self::Password(form) => form,
            Self::Signature(form) => form,
            Self::View(form) => form,
        }
    }

    pub fn face_mut(&mut self) -> &mut dyn Face {
        match self {
            Self::Mailbox(form) => &mut **form,
            Self::Password(form) => form,
            Self::Signature(form) => form,
            Self::View(form) => form,
        }
    }
}

/// The mailboxes that another one can hang on: those that fetch mail themselves.
fn collectors(app: &App, except: Option<MailboxId>) -> Vec<(MailboxId, String)> {
    rows::mailboxes(app)
        .map(|line| &line.mailbox)
        .filter(|mailbox| Some(mailbox.id) != except)
        .filter(|mailbox| !matches!(mailbox.settings.incoming, Incoming::Forwarded(_)))
        .map(|mailbox| (mailbox.id, mailbox.settings.name.clone()))
        .collect()
}
