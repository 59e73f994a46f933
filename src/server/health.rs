//! The endpoints for operators: liveness, readiness, metrics.

use actix_web::http::header::ContentType;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::App;
use crate::http::host::is_this_machine;
use crate::http::resource;
use crate::store::{Store, StoreError, Tx, outbox, replication, requests};

pub(super) fn routes(routes: &mut ServiceConfig, app: App) {
    routes
        .app_data(web::Data::new(app))
        .service(resource::at("/healthz", healthz))
        .service(resource::at("/readyz", readyz))
        .service(resource::at("/metrics", metrics));
}

/// The process answers.
async fn healthz() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "ok" }))
}

/// The database answers, its schema is the program's, and emails are being sent.
async fn readyz(app: web::Data<App>) -> HttpResponse {
    let database = app.store.read(|tx| Ok::<_, StoreError>((outbox::backlog(tx)?, replication::standby(tx)?))).await;
    let mail = app
        .outbox
        .pause()
        .map_or_else(|| "ok".to_owned(), |_| "paused: the mail server is away or refuses us; see the log".to_owned());
    match database {
        Ok(((queued, _), standby)) => {
            let mut said = json!({ "status": "ready", "database": "ok", "mail": mail, "letters_queued": queued });
            // SQLite has no standby, and the member is left out.
            if let (Some(standby), Some(said)) = (standby, said.as_object_mut()) {
                said.insert("standby".to_owned(), standby.as_str().into());
            }
            HttpResponse::Ok().json(said)
        }
        Err(error) => {
            tracing::warn!(%error, "not ready");
            HttpResponse::ServiceUnavailable().json(json!({ "status": "not ready", "database": "unavailable", "mail": mail }))
        }
    }
}

async fn metrics(app: web::Data<App>, request: HttpRequest) -> HttpResponse {
    if !app.config.server.public_metrics && !is_this_machine(&request) {
        return without_metrics(
            "Metrics are shown to this machine itself, asked by localhost, 127.0.0.1 or [::1] and through no proxy; see \
             server.public_metrics.\n",
        );
    }
    let Some(handle) = &app.metrics else { return without_metrics("Nothing is counted here.\n") };
    if let Err(error) = gauge(&app.store).await {
        tracing::warn!(%error, "some metrics could not be read");
    }
    HttpResponse::Ok().insert_header(ContentType::plaintext()).body(handle.render())
}

fn without_metrics(why: &'static str) -> HttpResponse {
    HttpResponse::NotFound().insert_header(ContentType::plaintext()).body(why)
}

async fn gauge(store: &Store) -> Result<(), StoreError> {
    let count =
        |tx: &mut Tx<'_>| -> Result<_, StoreError> { Ok((requests::count_by_state(tx)?, outbox::backlog(tx)?, tx.now())) };
    let (states, (queued, oldest), now) = store.read(count).await?;
    for (state, count) in states {
        metrics::gauge!("countersign_requests", "state" => state).set(precise(count));
    }
    metrics::gauge!("countersign_letters_queued").set(precise(queued));
    let age = oldest.map_or(0, |oldest| (now - oldest).num_seconds());
    metrics::gauge!("countersign_oldest_letter_seconds").set(precise(age));
    metrics::gauge!("countersign_writes_waiting").set(precise(i64::try_from(store.queue_len()).unwrap_or(i64::MAX)));
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "Prometheus counts in doubles")]
const fn precise(count: i64) -> f64 {
    count as f64
}
