//! An SMTP client: the conversation, its stream (TCP and TLS), the message data and the server's replies.

pub(in crate::mail) mod client;
mod data;
mod reply;
mod stream;
