//! Concurrent clients: each files and declines, and records its answers. Without an answer it repeats the call.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::json;
use ureq::Agent;

use super::Client;
use super::client::Step;
use crate::daemon::stage::PASSWORD;
use crate::support::daemon::{agent, basic};

/// The number of clients.
const HANDS: usize = 4;

/// One of their requests.
struct Job {
    bundle: i64,
    key: String,
    id: Option<i64>,
    declined: Step,
}

#[derive(Default)]
pub(crate) struct Hands {
    jobs: Vec<Job>,
    /// The number of answers.
    pub(crate) answers: Arc<AtomicUsize>,
    is_dark: Arc<AtomicBool>,
}

impl Hands {
    /// Adds this many jobs, in the client's database.
    pub(crate) fn more(&mut self, client: &mut Client, number: usize) {
        for _ in 0..number {
            let key = format!("hands-{}", self.jobs.len());
            self.jobs.push(Job { bundle: client.bundle(&key), key, id: None, declined: Step::Open });
        }
        client.beside += number;
        self.is_dark = Arc::clone(&client.is_dark);
    }

    /// Continues all unfinished jobs, each client until it gets no answer. True if all are done.
    pub(crate) fn work(&mut self, url: &str) -> bool {
        let (answers, is_dark) = (&self.answers, &self.is_dark);
        let share = self.jobs.len().div_ceil(HANDS).max(1);
        std::thread::scope(|scope| {
            for jobs in self.jobs.chunks_mut(share) {
                scope.spawn(move || {
                    let hand = Hand { agent: agent(), url, answers, is_dark };
                    jobs.iter_mut().try_for_each(|job| hand.run(job))
                });
            }
        });
        self.jobs.iter().all(|job| job.declined == Step::Acked)
    }

    /// The acknowledged steps: a request's id, and the state in the answer.
    fn acked(&self) -> Vec<(i64, Option<&'static str>)> {
        let acknowledged = |job: &Job| Some((job.id?, (job.declined == Step::Acked).then_some("declined")));
        self.jobs.iter().filter_map(acknowledged).collect()
    }

    /// Compares every acknowledged change of these clients and the main client with the database, before any call is repeated.
    /// Returns how many there are.
    pub(crate) fn verify(&self, client: &Client) -> usize {
        let rows = client.texts("SELECT CAST(id AS TEXT) || ' ' || state AS value FROM requests");
        let stored: BTreeMap<i64, &str> =
            rows.iter().map(|row| row.split_once(' ').unwrap()).map(|(id, state)| (id.parse().unwrap(), state)).collect();
        let acked = [client.acked(), self.acked()].concat();
        let is_lost =
            |(id, state): &&(i64, Option<&str>)| stored.get(id).is_none_or(|stored| state.is_some_and(|state| state != *stored));
        let lost: Vec<_> = acked.iter().filter(is_lost).collect();
        assert!(lost.is_empty(), "{} of {} were answered with success and are lost: {lost:?}", lost.len(), acked.len());
        acked.iter().map(|(_, state)| 1 + usize::from(state.is_some())).sum()
    }
}

struct Hand<'a> {
    agent: Agent,
    url: &'a str,
    answers: &'a AtomicUsize,
    is_dark: &'a AtomicBool,
}

impl Hand<'_> {
    fn run(&self, job: &mut Job) -> Option<()> {
        let id = match job.id {
            Some(id) => id,
            None => self.file(job)?,
        };
        job.id = Some(id);
        if job.declined != Step::Acked {
            let before = std::mem::replace(&mut job.declined, Step::Unknown);
            let (status, text) = self.call("DELETE", &format!("{id}/"), "ann@example.org", None, "")?;
            assert!(status == 204 || before == Step::Unknown && matches!(status, 404 | 410), "{status} {text}");
            job.declined = Step::Acked;
        }
        Some(())
    }

    fn file(&self, job: &Job) -> Option<i64> {
        let body = json!({ "user_target": "ann@example.org", "user_allowed": "bob@example.org", "bundle": job.bundle });
        let (status, text) = self.call("POST", "", "bob@example.org", Some(&job.key), &body.to_string())?;
        assert_eq!(status, 201, "the first answer, however often it is asked for: {text}");
        let parsed: serde_json::Value = serde_json::from_str(&text).unwrap();
        parsed["resource_uri"].as_str().unwrap().trim_end_matches('/').rsplit('/').next().unwrap().parse().ok()
    }

    /// None if there was no complete answer, or a 503 (which changed nothing), or if the first identical call is still running.
    fn call(&self, method: &str, path: &str, who: &str, key: Option<&str>, body: &str) -> Option<(u16, String)> {
        let url = format!("{}/api/bundle_permission_request/{path}", self.url);
        let request = ureq::http::Request::builder().method(method).uri(url).header("authorization", basic(who, PASSWORD));
        let request = request.header("content-type", "application/json");
        let request = if let Some(key) = key { request.header("idempotency-key", key) } else { request };
        let mut answer = self.agent.run(request.body(body.to_owned()).unwrap()).ok()?;
        let (status, text) = (answer.status().as_u16(), answer.body_mut().read_to_string().ok()?);
        assert!(status != 503 || answer.headers().contains_key("retry-after"), "it says when to come again: {text}");
        let is_under_way = status == 409 && text.contains("is being answered now");
        if status == 503 || is_under_way || self.is_dark.load(Ordering::SeqCst) {
            return None;
        }
        assert!(status < 500, "{status} {text}");
        self.answers.fetch_add(1, Ordering::SeqCst);
        Some((status, text))
    }
}
