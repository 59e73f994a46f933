//! The bare framework: actix-web without any work, in a process of its own, with as many threads as the daemon has.

use std::io::{Read, Write};

use actix_web::{App, HttpServer, Responder, web};
use anyhow::{Context, Result};

/// The hidden argument with which this program is that server.
pub(crate) const ARGUMENT: &str = "--bare-framework";

#[derive(serde::Serialize)]
struct Small {
    id: i64,
    name: &'static str,
    resource_uri: &'static str,
    level: &'static str,
    state: &'static str,
}

async fn hello() -> impl Responder {
    "hello"
}

async fn json() -> impl Responder {
    let resource_uri = "/api/bundle_permission_request/4711/";
    web::Json(Small { id: 4_711, name: "Sleep data", resource_uri, level: "view", state: "pending" })
}

/// Answers until the process that started it is gone; prints its address on the first line.
pub(crate) fn serve() -> Result<()> {
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    actix_web::rt::System::new().block_on(async {
        let app = || App::new().route("/hello", web::get().to(hello)).route("/json", web::get().to(json));
        let server = HttpServer::new(app).bind(("127.0.0.1", 0))?;
        let at = *server.addrs().first().context("it listens nowhere")?;
        writeln!(std::io::stdout(), "{at}")?;
        server.run().await?;
        Ok(())
    })
}
