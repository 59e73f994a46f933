//! The concepts: people, bundles, requests, grants and their terms. No I/O, no SQL, no HTTP.

pub mod address;
pub mod bundle;
pub mod caller;
pub mod email;
pub mod filter;
pub mod grant;
pub mod id;
pub mod name;
pub mod network;
pub mod principal;
pub mod request;
pub mod web_url;
pub mod word_enum;

pub use self::address::Address;
pub use self::bundle::{Bundle, Resource, ResourceKind};
pub use self::caller::{Caller, Credential, Scope, Scopes};
pub use self::email::{EmailKind, EmailState, ReplyCode, Topic};
pub use self::filter::{Filter, Page, Slice, Sort};
pub use self::grant::{Grant, GrantState, GranteeKind, Level};
pub use self::id::{
    AppId, BundleId, EmailId, GrantId, GroupId, KeyId, PrincipalId, RequestId, ResourceId, SessionId, TokenId, UserId,
};
pub use self::name::Name;
pub use self::network::Network;
pub use self::principal::{AccountChange, Group, NewUser, Principal, SignInName, User, UserRef};
pub use self::request::{
    ApprovalLimits, Decision, Given, MailState, Outcome, Reason, Request, RequestItem, RequestKind, RequestState, Until,
    WhyCancelled,
};
