//! The life of a request: filing, the approver's decision, reminders and every other end.

pub mod ask_again;
pub mod close;
pub mod decide;
pub mod file;
pub mod history;
pub mod link;
pub mod remind;
pub mod renew;
pub mod resend;
pub(in crate::workflow) mod terms;
pub mod view;
pub mod withdraw;
