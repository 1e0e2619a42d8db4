//! Signatures, views and the names of customers.

use std::sync::Arc;

use super::core::Engine;
use super::looks::lists;
use crate::bridge::{PeopleRequest, Report};
use crate::domain::contact::{Signature, View};
use crate::domain::ids::{SignatureId, ViewId};
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
            return Ok(Report::Signatures(signatures));
        }
        PeopleRequest::PutSignature { id, signature } => put_signature(engine, id, signature).await,
        PeopleRequest::DeleteSignature(id) => {
            engine.write(move |store| store.delete_signature(id)).await
        }
        PeopleRequest::PutView { id, name, query } => put_view(engine, id, name, query).await,
        PeopleRequest::DeleteView(id) => engine.write(move |store| store.delete_view(id)).await,
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
    engine
        .write(move |store| {
            let same = store
                .signatures()?
                .into_iter()
                .any(|other| Some(other.id) != id && other.name == signature.name);
            if same {
                return Err(Trouble::operator(format!(
                    "there is a signature called {} already",
                    signature.name
                )));
            }
            store.put_signature(id, &signature).map(|_| ())
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
            let view = View {
                id: id.unwrap_or(ViewId(0)),
                name: name.clone(),
                query: query.clone(),
                position,
            };
            store.put_view(id, &view).map(|_| ())
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
    engine
        .write(move |store| {
            let contact = store.contact_by_address(address.trim())?.ok_or_else(|| {
                Trouble::operator(format!(
                    "nobody with the address {} is known",
                    address.trim()
                ))
            })?;
            store.rename_contact(contact.id, first_name.trim(), last_name.trim())
        })
        .await?;
    // Names stand in every list.
    engine.told.everything_changed();
    Ok(Report::Done)
}
