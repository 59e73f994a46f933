//! Recorded calls of the original client: with our codes and tokens in place of the recorded ones, each gets every member of
//! the recorded answer.

use serde_json::{Value, json};

use super::{Cast, code_of};
use crate::support::fixture::{Fixture, on_both};

on_both![the_recorded_calls_are_answered_as_the_client_needs_them];

fn the_recorded_calls_are_answered_as_the_client_needs_them(fixture: &Fixture) {
    const RECORDED_START: i64 = 1_795_352_056;
    let cast = Cast::new(fixture);
    let shift = super::NOON - RECORDED_START;
    let (mut code, mut calls, mut token) = (String::new(), 0, Value::Null);
    for line in include_str!("recording.jsonl").lines() {
        let call: Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| call[name].as_str().unwrap();
        let query = if text("query").is_empty() { String::new() } else { format!("?{}", text("query")) };
        let path = format!("{}{query}", text("path").replace("shr1", &code));
        let who = if call["headers"]["Authorization"].is_string() { cast.ann() } else { String::new() };
        // Times are moved from the day of the recording to the day of the fixture.
        let mut body = text("body").to_owned();
        for seconds in [3_600, 7_200] {
            let end = RECORDED_START + seconds;
            body = body.replace(&end.to_string(), &(end + shift).to_string());
        }
        let answer = cast.site.send(&who, text("method"), &path, &body);
        assert_eq!(u64::from(answer.status), call["status"].as_u64().unwrap(), "{line}\n{answer}");
        calls += 1;
        if text("path") == "/config" {
            continue;
        }
        let (recorded, said): (Value, Value) = (serde_json::from_str(text("response")).unwrap(), answer.json());
        if text("path").ends_with("/share") {
            code = code_of(&said);
        }
        if answer.status != 200 {
            assert!(said["error"].is_string(), "{answer}");
        } else if text("path").ends_with("/token") {
            token = said["token"].clone();
        } else {
            let mut expected = recorded;
            moved(&mut expected, shift, &code);
            if body.contains("composition") {
                // The recorded server ignored that member. No share here has it.
                assert_eq!(said["shares"], json!([]));
                continue;
            }
            assert!(includes(&said, &expected), "{line}\n{said:#}");
            if said.get("shares").is_none() && !text("path").ends_with("/info") {
                // Some clients read the top level, some `share`.
                assert_eq!(said["share_id"], said["share"]["share_id"]);
                assert_eq!(said["revoked"], said["share"]["revoked"]);
            }
        }
    }
    assert_eq!(calls, 10);
    assert!(token.is_string());
}

/// The recording's times and code, as they are here.
fn moved(value: &mut Value, shift: i64, code: &str) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match name.as_str() {
                    "share_id" => *value = json!(code),
                    "start_time" | "end_time" => *value = json!(value.as_i64().unwrap() + shift),
                    _ => moved(value, shift, code),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| moved(item, shift, code)),
        _ => {}
    }
}

/// Whether an answer has at least the recorded members.
fn includes(said: &Value, expected: &Value) -> bool {
    match (said, expected) {
        (Value::Object(said), Value::Object(expected)) => {
            expected.iter().all(|(name, value)| said.get(name).is_some_and(|said| includes(said, value)))
        }
        (Value::Array(said), Value::Array(expected)) => {
            said.len() == expected.len() && said.iter().zip(expected).all(|(said, expected)| includes(said, expected))
        }
        _ => said == expected,
    }
}
