//! A list of the inbox as a file: CSV for a spreadsheet, JSON for a program. Column names and values are the same in every
//! language, and times are in UTC. It contains no more than the page shows. A list that is too long for a file ends early, and
//! the file says so: `is_complete` in JSON, a last row `incomplete` in CSV.

use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderValue};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use super::view::{List, View};
use super::{Items, access, read};
use crate::domain::{Page, RequestKind, Until, User};
use crate::pages::context::RequestContext;
use crate::pages::error::{Outcome, PageError};
use crate::pages::format::{Person, Whose};
use crate::pages::forms::Fields;
use crate::pages::layout::Frame;
use crate::workflow::requests::view::RequestView;
use crate::workflow::shares::{Share, Shared};

/// The most rows of a file, newest first.
const ROWS: i64 = 5_000;

const REQUESTS: [&str; 19] = [
    "id",
    "kind",
    "state",
    "level",
    "what",
    "asker",
    "decider",
    "asked_at",
    "answer_by",
    "answered_at",
    "reason",
    "mail_state",
    "until",
    "resources",
    "given_level",
    "given_until",
    "given_resources",
    "grant_state",
    "grant_ends_at",
];
const ACCESS: [&str; 10] = ["id", "state", "level", "what", "only", "from", "to", "starts_at", "ends_at", "taken_back_at"];

/// Column names, and rows of as many.
struct Table {
    columns: &'static [&'static str],
    rows: Vec<Vec<Option<String>>>,
    is_complete: bool,
}

pub(super) async fn export(visit: RequestContext, fields: Fields) -> Outcome {
    let name = visit.request.match_info().get("file").unwrap_or_default().to_owned();
    let (word, ending) = name.split_once('.').ok_or(PageError::NotFound)?;
    let list = List::parse(word).ok_or(PageError::NotFound)?;
    let signed = visit.signed_or_to(list.path())?;
    let view = View::read(list, &fields)?;
    let page = Page { limit: ROWS, offset: 0 };
    let items = visit.read(&signed.caller, move |tx, caller| read(tx, caller, &view, page)).await?;
    let table = table(&visit.frame, &items, &signed.user);
    let (kind, body) = match ending {
        "csv" => ("text/csv; charset=utf-8", csv(&table)),
        "json" => ("application/json", json(&table)),
        _ => return Err(PageError::NotFound),
    };
    let mut response = HttpResponse::Ok().content_type(kind).body(body);
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{}.{ending}\"", list.word())) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

fn table(frame: &Frame, items: &Items, me: &User) -> Table {
    match items {
        Items::OfYou(listed) => Table {
            columns: &REQUESTS,
            rows: listed.items.iter().map(|received| request(frame, &received.view, Side::Decides)).collect(),
            is_complete: !listed.has_more,
        },
        Items::ByYou(listed) => Table {
            columns: &REQUESTS,
            rows: listed.items.iter().map(|asked| request(frame, &asked.view, Side::Asks(me))).collect(),
            is_complete: !listed.has_more,
        },
        Items::Given(listed) => Table {
            columns: &ACCESS,
            rows: listed.items.iter().map(|share| access_row(frame, share, true)).collect(),
            is_complete: !listed.has_more,
        },
        Items::Held(listed) => Table {
            columns: &ACCESS,
            rows: listed.items.iter().map(|share| access_row(frame, share, false)).collect(),
            is_complete: !listed.has_more,
        },
    }
}

fn utc(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The side of a reader of requests.
#[derive(Clone, Copy)]
enum Side<'a> {
    /// The approver.
    Decides,
    /// The requester.
    Asks(&'a User),
}

/// The requester, for the approver and for themselves. Only its email names the maker of an offer to the recipient.
fn requester(view: &RequestView, side: Side<'_>) -> Option<String> {
    match (side, view.request.kind) {
        (Side::Decides, RequestKind::Ask) => Some(Person::from(&view.allowed).in_full()),
        (Side::Decides, RequestKind::Invite) => None,
        (Side::Asks(me), RequestKind::Ask) if view.allowed.id != me.id => Some(Person::named_or_masked(&view.allowed)),
        (Side::Asks(me), RequestKind::Ask | RequestKind::Invite) => Some(Person::from(me).in_full()),
    }
}

fn request(frame: &Frame, view: &RequestView, side: Side<'_>) -> Vec<Option<String>> {
    let request = &view.request;
    let is_invite = request.kind == RequestKind::Invite;
    let is_decider = matches!(side, Side::Decides);
    // The requester need not know the approver's address.
    let approver = (!is_decider).then(|| Person::named_or_masked(&view.target));
    let whose = if is_decider == is_invite { Whose::Theirs } else { Whose::Yours };
    let decision = request.decision.as_ref();
    let (given, grant) = (view.given.as_ref(), decision.and_then(|decision| decision.grant));
    vec![
        Some(request.id.to_string()),
        Some(request.kind.to_string()),
        Some(request.state_at(frame.now).to_string()),
        Some(view.level.to_string()),
        Some(frame.reader.thing(&view.bundle, whose)),
        requester(view, side),
        approver,
        Some(utc(request.created_at)),
        Some(utc(request.expires_at)),
        decision.map(|decision| utc(decision.at)),
        decision.and_then(|decision| Some(decision.reason.as_ref()?.text().to_owned())),
        Some(request.mail_state.to_string()),
        request.until.map(|until| match until {
            Until::At(at) => utc(at),
            Until::For(length) => format!("PT{}S", length.num_seconds()),
        }),
        joined(&request.resources),
        given.map(|given| given.level.to_string()),
        given.and_then(|given| given.until).map(utc),
        given.and_then(|given| joined(&given.resources)),
        grant.map(|grant| grant.state_at(frame.now).to_string()),
        grant.and_then(|grant| grant.ends_at).map(utc),
    ]
}

/// URIs separated by blanks; none for the whole bundle.
fn joined(uris: &[String]) -> Option<String> {
    (!uris.is_empty()).then(|| uris.join(" "))
}

fn access_row(frame: &Frame, share: &Share, is_giver: bool) -> Vec<Option<String>> {
    let grant = &share.grant;
    let (state, _) = access::standing(frame, grant, false);
    let only = match &share.of {
        Shared::Bundle(_, only) => only,
        Shared::Resources(_) => &Vec::new(),
    };
    let only: Vec<&str> = only.iter().map(|resource| resource.uri.as_str()).collect();
    let from = if is_giver { Person::from(&share.grantor).in_full() } else { Person::named_or_masked(&share.grantor) };
    vec![
        Some(grant.id.to_string()),
        Some(state.trim_start_matches("state-").replace('-', "_")),
        Some(grant.level.to_string()),
        Some(access::what(frame, share, if is_giver { Whose::Yours } else { Whose::Theirs })),
        Some(only.join(" ")).filter(|only| !only.is_empty()),
        Some(from),
        Some(access::grantee(frame, share)),
        Some(utc(grant.starts_at)),
        grant.ends_at.map(utc),
        grant.revoked_at.map(utc),
    ]
}

fn json(table: &Table) -> String {
    let row = |row: &Vec<Option<String>>| -> Value {
        let members = table.columns.iter().zip(row).map(|(name, value)| ((*name).to_owned(), json!(value)));
        Value::Object(members.collect::<Map<_, _>>())
    };
    json!({ "is_complete": table.is_complete, "rows": table.rows.iter().map(row).collect::<Vec<_>>() }).to_string()
}

/// CSV by RFC 4180, with a byte order mark, by which spreadsheets recognise UTF-8.
fn csv(table: &Table) -> String {
    let mut text = String::from("\u{FEFF}");
    text.push_str(&table.columns.join(","));
    text.push_str("\r\n");
    for row in &table.rows {
        let cells: Vec<String> = row.iter().map(|cell| cell.as_deref().map(self::cell).unwrap_or_default()).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    if !table.is_complete {
        // As many cells as every row has, so that spreadsheets and programs can read it.
        let cells = std::iter::once(cell("incomplete")).chain(table.columns.iter().skip(1).map(|_| String::new()));
        text.push_str(&cells.collect::<Vec<_>>().join(","));
        text.push_str("\r\n");
    }
    text
}

/// Characters that a spreadsheet may read as the start of a formula; some read full-width signs like plain ones.
const FORMULA_SIGNS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A cell. A text that a spreadsheet would read as a formula gets an apostrophe in front, which makes it a text.
fn cell(text: &str) -> String {
    let is_formula = text.starts_with(FORMULA_SIGNS);
    format!("\"{}{}\"", if is_formula { "'" } else { "" }, text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_cell_is_never_a_formula() {
        for (text, cell) in [
            ("plain", "\"plain\""),
            ("a \"b\", c", "\"a \"\"b\"\", c\""),
            ("=1+1", "\"'=1+1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("-1", "\"'-1\""),
            ("\n=1+1", "\"'\n=1+1\""),
            ("＝1+1", "\"'＝1+1\""),
            ("＋1", "\"'＋1\""),
            ("－1", "\"'－1\""),
            ("＠SUM(A1)", "\"'＠SUM(A1)\""),
            ("two\r\nlines", "\"two\r\nlines\""),
        ] {
            assert_eq!(super::cell(text), cell);
        }
    }
}
