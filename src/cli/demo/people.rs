//! The people of the demo and their data.

use zeroize::Zeroizing;

use crate::auth::Passwords;
use crate::domain::{Address, Caller, Level, NewUser, ResourceKind, Scope};
use crate::random::Rng;
use crate::store::{Store, Tx};
use crate::workflow::WorkflowError;
use crate::workflow::accounts::{self, NewKey};

/// A person with their password.
pub(super) struct Person {
    pub(super) email: String,
    pub(super) password: String,
    hash: String,
}

impl Person {
    fn new(email: &str, rng: &Rng) -> anyhow::Result<Self> {
        let password = super::random(rng)?;
        let hash = Passwords::hash(rng, &password)?;
        Ok(Self { email: email.to_owned(), password, hash })
    }

    /// The argument of curl's `-u`.
    pub(super) fn login(&self) -> String {
        format!("{}:{}", self.email, self.password)
    }

    fn named(&self, first_name: &str, last_name: &str) -> Result<NewUser, WorkflowError> {
        let email = Address::parse(&self.email).map_err(|error| WorkflowError::invalid("email", error.to_string()))?;
        Ok(NewUser {
            first_name: first_name.into(),
            last_name: last_name.into(),
            password_hash: Some(self.hash.clone()),
            ..NewUser::with_address(email)
        })
    }
}

/// The rows that the demo uses.
pub(super) struct People {
    /// The owner.
    pub(super) ann: Person,
    /// The requester.
    pub(super) bob: Person,
    /// The URI of Ann's bundle.
    pub(super) sleep: String,
    /// The URI of a relationship.
    pub(super) coach: String,
    /// An app's key.
    pub(super) key: Zeroizing<String>,
}

pub(super) async fn add(store: &Store, rng: &Rng) -> anyhow::Result<People> {
    let (ann, bob) = (Person::new("ann@example.org", rng)?, Person::new("bob@example.org", rng)?);
    let (new_ann, new_bob, rng) = (ann.named("Ann", "Lee")?, bob.named("Bob", "Marsh")?, rng.clone());
    let add_all = move |tx: &mut Tx<'_>| {
        let operator = Caller::operator();
        let ann = accounts::add_user(tx, &operator, &new_ann)?;
        accounts::add_user(tx, &operator, &new_bob)?;
        let nights = [("Nights", "https://sleep.example/ann/nights"), ("Heart rate", "https://sleep.example/ann/heart-rate")];
        for (name, uri) in nights {
            accounts::add_resource(tx, &operator, uri, name, ResourceKind::File, ann.id)?;
        }
        let nights = nights.map(|(_, uri)| uri.to_owned());
        let sleep = accounts::add_bundle(tx, &operator, "Sleep data", Some(ann.id), Level::View, &nights)?;
        let coach = accounts::add_bundle(tx, &operator, "coach", None, Level::Edit, &[])?;
        let scopes = [Scope::Requests, Scope::ActAs, Scope::Check, Scope::Directory].into_iter().collect();
        let app = NewKey { name: "Sleep Diary".into(), app: None, user: None, scopes, redeem_urls: Vec::new() };
        let key = accounts::add_key(tx, &operator, &rng, &app)?;
        Ok::<_, WorkflowError>((sleep.id, coach.id, key))
    };
    let (sleep, coach, key) = store.write(add_all).await?;
    let uri = |id| format!("/api/bundle/{id}/");
    Ok(People { ann, bob, sleep: uri(sleep), coach: uri(coach), key: key.reveal() })
}
