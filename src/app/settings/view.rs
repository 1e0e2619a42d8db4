//! The form of a saved view.

use super::grammar::{Spec, field, name};
use crate::domain::ids::ViewId;
use crate::domain::query;

const LONGEST_NAME: usize = 60;

#[derive(Debug, Clone, Default)]
pub struct ViewValue {
    pub id: Option<ViewId>,
    pub name: String,
    pub query: String,
}

pub const VIEW: &[Spec<ViewValue>] = &[
    field(
        "name",
        "Name",
        "The word in the left pane.",
        |v: &ViewValue| v.name.clone(),
        |v, typed| {
            v.name = name(typed, LONGEST_NAME)?;
            Ok(())
        },
    ),
    field(
        "query",
        "Shows",
        "A query, such as status:open assignee:none -tag:spam updated:<7d",
        |v: &ViewValue| v.query.clone(),
        |v, typed| {
            let typed = typed.trim();
            if typed.is_empty() {
                return Err("a query is missing; is:open shows all that is open".into());
            }
            query::parse(typed).map_err(|mistake| {
                let place = typed
                    .get(..mistake.at.start)
                    .map_or(0, |before| before.chars().count());
                let better = mistake
                    .suggestion
                    .map_or_else(String::new, |word| format!("did you mean {word}? "));
                format!("at character {}: {better}{}", place + 1, mistake.message)
            })?;
            typed.clone_into(&mut v.query);
            Ok(())
        },
    ),
];
