//! The daemon on PostgreSQL, beside pgbench on the same cluster and the same tables: one statement that writes the rows of
//! a filing, or of a redemption, over as many connections as the daemon has.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use countersign::token::{Secret, SecretKind};

use crate::cluster::Cluster;
use crate::http;
use crate::mail;
use crate::people::{self, Mailed, PEOPLE, People};
use crate::process::Server;
use crate::report::Report;
use crate::scenarios::load;
use crate::stock::Stock;

const CLIENTS: usize = 64;

/// The rows of one filing and the values that the daemon gives them, and a link of one audit chain; each connection has a
/// chain of its own, as the daemon's transactions have.
const FILE: &str = r"
\set n :start + :done * :clients + :client_id
\set done :done + 1
\set target :first_target + 2 * (:n % :people)
\set allowed :first_allowed + 2 * ((:n / :people + :n) % :people)
\set bundle :first_bundle + :n / (:people * :people)
\set chain :client_id % 16
WITH moment AS (SELECT (extract(epoch FROM now()) * 1000000)::bigint AS at),
request AS (
    INSERT INTO requests (kind, key_id, target_id, allowed_id, items_key, ttl_seconds, expires_at, state, mail_state,
        letters, last_letter_at, created_at, is_narrowed)
    SELECT 'ask', :key, :target, :allowed, 'b' || :bundle, 604800, at + 604800000000, 'pending', 'queued', 1, at, at, false
    FROM moment RETURNING id, created_at),
item AS (
    INSERT INTO request_items (request_id, position, bundle_id, level) SELECT id, 0, :bundle, 'view' FROM request),
letter AS (
    INSERT INTO outbox (kind, user_id, request_id, generation, state, attempts, ambiguous, next_at, created_at)
    SELECT 'decide', :target, id, 1, 'queued', 0, 0, created_at, created_at FROM request),
head AS (
    UPDATE audit_heads SET seq = seq + 1, hash = sha256(hash || convert_to(seq::text, 'UTF8')) WHERE chain = :chain
    RETURNING seq, hash)
INSERT INTO audit (chain, seq, at, event, key_id, peer, request_id, hash)
SELECT :chain, head.seq, created_at, 'request.filed', :key, '127.0.0.1', id, head.hash FROM request, head;
";

/// The same of a redemption.
const REDEEM: &str = r"
\set token :start + :done * :clients + :client_id
\set done :done + 1
\set chain :client_id % 16
WITH moment AS (SELECT (extract(epoch FROM now()) * 1000000)::bigint AS at),
request AS (
    UPDATE requests SET state = 'approved', decided_at = at, decided_by = requests.target_id, is_narrowed = false
    FROM moment, tokens WHERE tokens.id = :token AND tokens.purpose = 'redeem' AND requests.id = tokens.request_id
        AND requests.target_id = tokens.user_id AND requests.state = 'pending' AND requests.expires_at > at
    RETURNING requests.id, requests.target_id, requests.allowed_id, requests.decided_at),
access AS (
    INSERT INTO grants (public_id, request_id, grantor_id, grantee_kind, grantee_id, bundle_id, level, reshare, starts_at,
        is_enabled, comment, version, created_by, created_at, updated_at)
    SELECT gen_random_uuid()::text, id, target_id, 'user', allowed_id, bundle_id, level, 0, decided_at,
        true, '', 1, target_id, decided_at, decided_at
    FROM request, request_items WHERE request_items.request_id = id RETURNING id AS grant_id),
letter AS (
    INSERT INTO outbox (kind, user_id, request_id, generation, state, attempts, ambiguous, next_at, created_at)
    SELECT 'approved', allowed_id, id, 1, 'queued', 0, 0, decided_at, decided_at FROM request),
head AS (
    UPDATE audit_heads SET seq = seq + 1, hash = sha256(hash || convert_to(seq::text, 'UTF8')) WHERE chain = :chain
    RETURNING seq, hash)
INSERT INTO audit (chain, seq, at, event, actor_id, peer, request_id, grant_id, hash)
SELECT :chain, head.seq, decided_at, 'request.approved', target_id, '127.0.0.1', id, grant_id, head.hash
FROM request, access, head;
";

/// A cluster, everybody in it, and the daemon on it.
pub(crate) struct Postgres {
    // Stopped in this order.
    daemon: Server,
    people: People,
    stock: Stock,
    cluster: Cluster,
    count: usize,
}

impl Postgres {
    /// Prepares so many rounds of so many operations; none where PostgreSQL is not installed.
    pub(crate) fn prepare(rounds: usize, count: usize, log: &Path) -> Result<Option<Self>> {
        let Some(cluster) = Cluster::start()? else { return Ok(None) };
        let people = People::settle(&cluster.url())?;
        // The daemon's and pgbench's.
        let stock = Stock::lay_in(&people, 2 * rounds * count)?;
        let daemon = Server::daemon(&[people::settings(&cluster.url()), mail::settings(mail::refuse()?)].concat(), log)?;
        Ok(Some(Self { daemon, people, stock, cluster, count }))
    }

    /// One round of each.
    pub(crate) fn measure(&mut self, report: &mut Report) -> Result<()> {
        let count = self.count;
        let filings = self.stock.filings(&self.people, count)?;
        load(report, &self.daemon, "PostgreSQL, file, 64 clients", CLIENTS, &filings, count, 201)?;
        report.add("pgbench, file in one statement", "1/s", self.pgbench_files()?);
        self.stock.sign_in_anew();
        http::run(self.daemon.at, 2, &self.stock.checks(), usize::try_from(PEOPLE)?, 200)?;
        let redeems = self.stock.redeems(count);
        load(report, &self.daemon, "PostgreSQL, redeem, 64 clients", CLIENTS, &redeems, count, 200)?;
        let tokens = self.stock.take_tokens(count);
        report.add("pgbench, redeem in one statement", "1/s", self.pgbench_redeems(&tokens)?);
        Ok(())
    }

    fn pgbench_files(&mut self) -> Result<f64> {
        let connections = self.connections();
        let each = self.count / connections;
        let pairs = self.stock.take(each * connections)?;
        let (first, second) = (self.people.pair(0)?, self.people.pair(1)?);
        ensure!(
            second.target.0 == first.target.0 + 2 && second.allowed.0 == first.allowed.0 + 2,
            "people are numbered otherwise"
        );
        let values = [
            ("start", i64::try_from(pairs.start)?),
            ("done", 0),
            ("clients", i64::try_from(connections)?),
            ("people", i64::try_from(PEOPLE)?),
            ("first_target", first.target.0),
            ("first_allowed", first.allowed.0),
            ("first_bundle", first.bundle.0),
            ("key", self.people.app().key.context("the app has no key")?.0),
        ];
        self.cluster.pgbench(FILE, &values, connections, each)
    }

    fn pgbench_redeems(&self, tokens: &[Mailed]) -> Result<f64> {
        let connections = self.connections();
        let each = tokens.len() / connections;
        let id = |mailed: &Mailed| Secret::parse(SecretKind::Redeem, &mailed.token).map(|secret| secret.id());
        let ids = tokens.iter().map(id).collect::<Option<Vec<_>>>().context("a token that is none")?;
        let start = ids.iter().copied().min().context("no tokens")?;
        let is_row = ids.iter().zip(start..).all(|(id, expected)| *id == expected);
        ensure!(is_row, "tokens are numbered otherwise");
        let values = [("start", start), ("done", 0), ("clients", i64::try_from(connections)?)];
        self.cluster.pgbench(REDEEM, &values, connections, each)
    }

    fn connections(&self) -> usize {
        self.people.config().database.connections as usize
    }
}
