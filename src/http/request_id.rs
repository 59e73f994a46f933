//! The id of the request that is being answered, as it stands in the log. Errors repeat it in their bodies, where an error is
//! made without the request.

use std::future::Future;

use uuid::Uuid;

tokio::task_local! {
    static CURRENT: Uuid;
}

/// Answers a request under this id.
pub async fn scope<F: Future>(id: Uuid, answer: F) -> F::Output {
    CURRENT.scope(id, answer).await
}

/// The id of the request that this task answers.
pub fn current() -> Option<Uuid> {
    CURRENT.try_with(|id| *id).ok()
}
