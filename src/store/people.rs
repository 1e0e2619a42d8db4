//! Contacts, operators, signatures, views, and the few facts about the store itself.

use super::StoreResult;
use crate::domain::contact::{Contact, Operator, Signature, View};
use crate::domain::ids::{ContactId, OperatorId, SignatureId, ViewId};

pub trait PeopleRead {
    fn contact(&self, id: ContactId) -> StoreResult<Option<Contact>>;
    fn contact_by_address(&self, address: &str) -> StoreResult<Option<Contact>>;
    /// Contacts whose name or address begins with `prefix` (any word of it), the latest seen first.
    fn complete_contacts(&self, prefix: &str, limit: u32) -> StoreResult<Vec<Contact>>;
    fn operators(&self) -> StoreResult<Vec<Operator>>;
    fn signatures(&self) -> StoreResult<Vec<Signature>>;
    fn views(&self) -> StoreResult<Vec<View>>;
    /// A fact about this store, such as the key that signs its Message-IDs.
    fn fact(&self, name: &str) -> StoreResult<Option<Vec<u8>>>;
    /// The facts whose names begin so, by name.
    fn facts_of(&self, prefix: &str) -> StoreResult<Vec<(String, Vec<u8>)>>;
}

pub trait PeopleWrite {
    /// The contact of this address, made with the given names if it is new.
    fn meet_contact(
        &mut self,
        address: &str,
        first_name: &str,
        last_name: &str,
    ) -> StoreResult<ContactId>;
    fn rename_contact(
        &mut self,
        id: ContactId,
        first_name: &str,
        last_name: &str,
    ) -> StoreResult<()>;
    fn meet_operator(&mut self, login: &str, display_name: &str) -> StoreResult<OperatorId>;
    /// `None` makes a new one.
    fn put_signature(
        &mut self,
        id: Option<SignatureId>,
        signature: &Signature,
    ) -> StoreResult<SignatureId>;
    fn delete_signature(&mut self, id: SignatureId) -> StoreResult<()>;
    fn put_view(&mut self, id: Option<ViewId>, view: &View) -> StoreResult<ViewId>;
    fn delete_view(&mut self, id: ViewId) -> StoreResult<()>;
    fn set_fact(&mut self, name: &str, value: &[u8]) -> StoreResult<()>;
    fn forget_fact(&mut self, name: &str) -> StoreResult<()>;
}
