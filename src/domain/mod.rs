//! What we talk about: people, bundles, requests, grants and the words for them. No input, no output, no SQL, no HTTP.

pub mod address;
pub mod bundle;
pub mod caller;
pub mod filter;
pub mod grant;
pub mod id;
pub mod letter;
pub mod level;
pub mod name;
pub mod network;
pub mod page;
pub mod principal;
pub mod request;
pub mod web_url;
pub mod words;

pub use address::Address;
pub use bundle::{Bundle, Resource, ResourceKind};
pub use caller::{Caller, Credential, Scope, Scopes};
pub use filter::{Filter, Sort};
pub use grant::{Grant, GrantState, GranteeKind};
pub use id::{BundleId, GrantId, GroupId, KeyId, LetterId, PrincipalId, RequestId, ResourceId, SessionId, TokenId, UserId};
pub use letter::{LetterKind, LetterState};
pub use level::Level;
pub use name::Name;
pub use network::Network;
pub use page::{Page, Slice};
pub use principal::{Group, NewUser, Principal, User, UserRef};
pub use request::{
    Decision, Given, MailState, Narrowing, Outcome, Request, RequestItem, RequestKind, RequestState, Until, WhyCancelled,
};
