//! Signatures, views and the names of customers.

use std::sync::Arc;

use super::audit;
use super::core::Engine;
use super::looks::lists;
use super::sample;
use crate::bridge::{PeopleRequest, Report, WordsReport};
use crate::domain::audit::{Subject, SubjectKind};
use crate::domain::contact::{Contact, Signature, View};
use crate::domain::ids::{SignatureId, ViewId};
use crate::domain::template::Template;
use crate::domain::trouble::Trouble;

const LONGEST_NAME: usize = 60;
const LONGEST_SIGNATURE: usize = 10_000;

pub(super) async fn answer(
    engine: &Arc<Engine>,
    request: PeopleRequest,
) -> Result<Report, Trouble> {
    match request {
        PeopleRequest::Signatures => {
            let signatures = engine.read(|store| store.signatures()).await?;
            return Ok(Report::Words(WordsReport::Signatures(signatures)));
        }
        PeopleRequest::Sample(mailbox) => return sample::answer(engine, mailbox).await,
        PeopleRequest::PutSignature { id, signature } => put_signature(engine, id, signature).await,
        PeopleRequest::DeleteSignature(id) => delete_signature(engine, id).await,
        PeopleRequest::PutView { id, name, query } => put_view(engine, id, name, query).await,
        PeopleRequest::DeleteView(id) => delete_view(engine, id).await,
        PeopleRequest::RenameContact {
            address,
            first_name,
            last_name,
        } => return rename(engine, address, first_name, last_name).await,
    }?;
    engine.told.basics_changed();
    Ok(Report::Done)
}

/// A name that a person gives to something, trimmed.
///
/// # Errors
/// It is empty, too long, or holds a control character.
pub(super) fn name(given: &str, what: &str, longest: usize) -> Result<String, Trouble> {
    let name = given.trim();
    if name.is_empty() {
        return Err(Trouble::operator(format!("the {what} needs a name")));
    }
    if name.chars().count() > longest {
        return Err(
            Trouble::operator(format!("the name of the {what} is too long"))
                .hint(format!("use at most {longest} characters")),
        );
    }
    if name.chars().any(char::is_control) {
        return Err(Trouble::operator(format!(
            "the name of the {what} holds a character that cannot be seen"
        )));
    }
    Ok(name.to_owned())
}

async fn put_signature(
    engine: &Arc<Engine>,
    id: Option<SignatureId>,
    mut signature: Signature,
) -> Result<(), Trouble> {
    signature.name = name(&signature.name, "signature", LONGEST_NAME)?;
    if signature.markdown.chars().count() > LONGEST_SIGNATURE {
        return Err(Trouble::operator("the signature is too long")
            .hint(format!("use at most {LONGEST_SIGNATURE} characters")));
    }
    Template::parse(&signature.markdown).map_err(|mistake| {
        Trouble::operator("the signature cannot be read")
            .because(mistake.sentence(&signature.markdown))
    })?;
    let author = engine.author();
    engine
        .write(move |store| {
            let signatures = store.signatures()?;
            let same = signatures
                .iter()
                .any(|other| Some(other.id) != id && other.name == signature.name);
            if same {
                return Err(Trouble::operator(format!(
                    "there is a signature called {} already",
                    signature.name
                )));
            }
            let put = store.put_signature(id, &signature)?;
            let old = signatures.iter().find(|one| one.id == put);
            let new = Signature {
                id: put,
                ..signature.clone()
            };
            let about = Subject::new(SubjectKind::Signature, put.0, new.name.clone());
            let changes = author.changes(&about, old, Some(&new));
            let changes = audit::with_mailbox_names(store, "mailbox", changes)?;
            audit::record(store, &changes)
        })
        .await
}

async fn delete_signature(engine: &Arc<Engine>, id: SignatureId) -> Result<(), Trouble> {
    let author = engine.author();
    engine
        .write(move |store| {
            let signatures = store.signatures()?;
            store.delete_signature(id)?;
            let Some(old) = signatures.iter().find(|one| one.id == id) else {
                return Ok(());
            };
            let about = Subject::new(SubjectKind::Signature, id.0, old.name.clone());
            audit::record(store, &author.changes(&about, Some(old), None))
        })
        .await
}

async fn put_view(
    engine: &Arc<Engine>,
    id: Option<ViewId>,
    given: String,
    query: String,
) -> Result<(), Trouble> {
    let name = name(&given, "view", LONGEST_NAME)?;
    lists::understand(&query)?;
    let author = engine.author();
    engine
        .write(move |store| {
            let views = store.views()?;
            if views
                .iter()
                .any(|other| Some(other.id) != id && other.name == name)
            {
                return Err(Trouble::operator(format!(
                    "there is a view called {name} already"
                )));
            }
            let position = views
                .iter()
                .find(|view| Some(view.id) == id)
                .map(|view| view.position)
                .or_else(|| views.iter().map(|view| view.position + 1).max())
                .unwrap_or(0);
            let mut view = View {
                id: id.unwrap_or(ViewId(0)),
                name: name.clone(),
                query: query.clone(),
                position,
            };
            view.id = store.put_view(id, &view)?;
            let old = views.iter().find(|one| one.id == view.id);
            let about = Subject::new(SubjectKind::View, view.id.0, name.clone());
            audit::record(store, &author.changes(&about, old, Some(&view)))
        })
        .await
}

async fn delete_view(engine: &Arc<Engine>, id: ViewId) -> Result<(), Trouble> {
    let author = engine.author();
    engine
        .write(move |store| {
            let views = store.views()?;
            store.delete_view(id)?;
            let Some(old) = views.iter().find(|one| one.id == id) else {
                return Ok(());
            };
            let about = Subject::new(SubjectKind::View, id.0, old.name.clone());
            audit::record(store, &author.changes(&about, Some(old), None))
        })
        .await
}

async fn rename(
    engine: &Arc<Engine>,
    address: String,
    first_name: String,
    last_name: String,
) -> Result<Report, Trouble> {
    let longest = first_name.chars().count().max(last_name.chars().count());
    if longest > LONGEST_NAME
        || format!("{first_name}{last_name}")
            .chars()
            .any(char::is_control)
    {
        return Err(Trouble::operator("that cannot be a name")
            .hint(format!("use at most {LONGEST_NAME} visible characters")));
    }
    let author = engine.author();
    engine
        .write(move |store| {
            let contact = store.contact_by_address(address.trim())?.ok_or_else(|| {
                Trouble::operator(format!(
                    "nobody with the address {} is known",
                    address.trim()
                ))
            })?;
            let renamed = Contact {
                first_name: first_name.trim().to_owned(),
                last_name: last_name.trim().to_owned(),
                ..contact.clone()
            };
            store.rename_contact(contact.id, &renamed.first_name, &renamed.last_name)?;
            let about = Subject::new(SubjectKind::Contact, contact.id.0, contact.address.clone());
            audit::record(
                store,
                &author.changes(&about, Some(&contact), Some(&renamed)),
            )
        })
        .await?;
    // Names stand in every list.
    engine.told.everything_changed();
    Ok(Report::Done)
}
