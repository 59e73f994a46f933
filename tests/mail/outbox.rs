//! The worker: what it sends to whom, when it mints, what it keeps, and when it tries again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use countersign::domain::{LetterKind, LetterState, Narrowing, Until};
use countersign::store::outbox::{self, QueuedLetter};
use countersign::workflow::requests::file::Filing;
use mail_parser::MessageParser;

use crate::support::faulty_smtp::{Act, FaultySmtp, Moment};
use crate::support::house::{House, Kind, ask, offer, on_both, person, runtime, token_in, word};
use crate::support::smtp::{MailServer, PASSWORD, USERNAME};

on_both![
    each_kind_of_letter_reaches_its_reader,
    a_token_is_made_when_its_letter_goes_and_not_before,
    no_clear_token_is_anywhere_in_the_database,
    a_refused_letter_drops_its_token_and_is_told_to_who_asked,
    a_letter_that_may_have_arrived_is_sent_again_and_both_links_work,
    a_letter_that_may_have_arrived_twice_is_not_sent_a_third_time,
    a_deferred_letter_is_tried_again_by_schedule,
    a_letter_is_given_up_with_its_request,
    a_retried_letter_that_dies_again_is_told_once,
    a_letter_is_one_workers_for_two_minutes,
    a_worker_that_lost_its_lease_records_nothing,
    wrong_settings_kill_no_letter,
    a_mail_server_that_is_away_is_left_in_peace,
    a_letter_nobody_needs_any_more_is_cancelled,
    a_row_that_cannot_be_a_letter_holds_up_nobody,
    a_reader_who_refuses_holds_up_nobody,
    nobody_hears_of_the_end_of_what_never_reached_them,
    a_sign_in_code_that_waited_too_long_is_not_sent,
];

/// The same house, whose letters go to a server on this machine.
fn by_smtp(house: &House, port: u16) -> House {
    house.with(&format!(
        "[mail]\nfrom = \"Countersign <access@example.test>\"\ntransport = \"smtp\"\n\
         [mail.smtp]\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\ntimeout = \"2s\""
    ))
}

/// Bob asks Ann for her data.
fn asked(house: &House) -> countersign::domain::Request {
    let (ann, bob) = (house.user("ann@example.test"), house.user("bob@example.test"));
    house.asked(&house.bundle("Sleep data", &ann), &ann, &bob)
}

fn first(house: &House) -> QueuedLetter {
    house.queue().swap_remove(0)
}

fn token_of(letter: &str) -> (String, String) {
    let mail = MessageParser::default().parse(letter.as_bytes()).unwrap();
    (mail.message_id().unwrap().to_owned(), token_in(&mail.body_text(0).unwrap()).unwrap())
}

fn each_kind_of_letter_reaches_its_reader(house: &House) {
    let house = &house.with("[limits]\ntarget_letters = 0");
    let (ann, bob, eve) = (house.user("ann@example.org"), house.user("bob@example.org"), house.user("eve@example.org"));
    let coach = house.relationship("coach");
    let mine = |name: &str| house.bundle(name, &ann);
    house.given(&mine("One"), &ann, &bob);
    let (_, token) = house.asked_by_mail(&mine("Two"), &ann, &bob);
    let less = Narrowing { until: Some(Until::For(TimeDelta::days(1))), ..Narrowing::default() };
    house.redeem_as(&person(&ann), &token, &less).unwrap();
    let (_, token) = house.asked_by_mail(&mine("Three"), &ann, &bob);
    house.decline(&ann, &token, None).unwrap();
    let (request, _) = house.asked_by_mail(&mine("Four"), &ann, &bob);
    house.delete(&person(&bob), request.id).unwrap();
    house.file(&person(&ann), &offer(&mine("Five"), &eve)).unwrap();
    house.deliver();
    house.redeem(&eve, &house.token_for("eve@example.org")).unwrap();
    let ann_id = ann.id;
    house.write(move |tx| outbox::add(tx, LetterKind::SignInCode, ann_id, None, 1)).unwrap();
    house.deliver();
    house.asked_by_mail(&coach, &ann, &bob);
    house.pass(TimeDelta::days(7));
    house.sweep();
    house.deliver();
    let name = |letter: &QueuedLetter| {
        if letter.user == ann.id {
            "ann"
        } else if letter.user == bob.id {
            "bob"
        } else {
            "eve"
        }
    };
    let queue = house.queue();
    let sent: Vec<_> = queue.iter().map(|letter| (letter.kind.as_str(), name(letter))).collect();
    let expected = [
        ("decide", "ann"),
        ("approved", "bob"),
        ("decide", "ann"),
        ("approved_less", "bob"),
        ("decide", "ann"),
        ("declined", "bob"),
        ("decide", "ann"),
        ("withdrawn", "ann"),
        ("invite", "eve"),
        ("approved", "ann"),
        ("sign_in_code", "ann"),
        ("decide", "ann"),
        ("expired", "bob"),
    ];
    assert_eq!(sent, expected);
    assert!(queue.iter().all(|letter| letter.state == LetterState::Sent));
    for (to, count) in [("ann@example.org", 8), ("bob@example.org", 4), ("eve@example.org", 1)] {
        assert_eq!(house.letters_to(to).len(), count, "{to}");
    }
    // Only what is to be decided carries a token, and each a different one.
    let mut tokens: Vec<_> = house.mailbox.list().iter().filter_map(|letter| token_in(&letter.text)).collect();
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), 6);
}

fn a_token_is_made_when_its_letter_goes_and_not_before(house: &House) {
    let request = asked(house);
    assert_eq!(house.count("tokens", "1 = 1"), 0);
    assert_eq!(house.deliver(), 1);
    assert_eq!((house.count("tokens", "1 = 1"), house.count("outbox", "token_id IS NOT NULL")), (1, 1));
    assert_eq!(house.request(request.id).mail_state.as_str(), "sent");
    assert_eq!(house.deliver(), 0);
}

fn no_clear_token_is_anywhere_in_the_database(house: &House) {
    let (ann, bob) = (house.user("ann@example.test"), house.user("bob@example.test"));
    let (request, token) = house.asked_by_mail(&house.bundle("Sleep data", &ann), &ann, &bob);
    house.pass(TimeDelta::minutes(10));
    house.resend(&person(&bob), request.id).unwrap();
    house.deliver();
    house.redeem(&ann, &token).unwrap();
    house.deliver();
    let dump = house.dump();
    let has = |needle: &[u8]| dump.windows(needle.len()).any(|window| window == needle);
    assert!(has(b"ann@example.test"), "the dump has what is stored");
    for token in house.tokens_for("ann@example.test") {
        let bytes = URL_SAFE_NO_PAD.decode(&token[4..]).unwrap();
        let secret = &bytes[8..];
        let hex = secret.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        assert!(!has(token.as_bytes()) && !has(&token.as_bytes()[20..]) && !has(secret) && !has(hex.as_bytes()));
    }
    assert!(!has(b"csr_"));
}

fn a_refused_letter_drops_its_token_and_is_told_to_who_asked(house: &House) {
    let server = FaultySmtp::that(Moment::Recipient, Act::Say("550 5.1.1 no such person"));
    let request = asked(house);
    let by_smtp = by_smtp(house, server.port);
    assert_eq!(by_smtp.deliver(), 2, "the letter, and the one that tells of it");
    assert_eq!(house.count("tokens", "1 = 1"), 0);
    assert_eq!(house.request(request.id).mail_state.as_str(), "bounced");
    assert_eq!(house.letters(), [("decide", "dead"), ("undeliverable", "dead")]);
    assert_eq!(house.queue()[1].user, request.allowed);
    assert_eq!(house.state(request.id), "pending", "a fresh letter to a mended address can still decide it");
    assert!(house.events().contains(&"letter.bounced".to_owned()));
    // What died is not told of again, and nobody is told that their own letter died.
    assert_eq!(by_smtp.deliver(), 0);
}

fn a_letter_that_may_have_arrived_is_sent_again_and_both_links_work(house: &House) {
    let server = FaultySmtp::start(|moment, connection| match (moment, connection) {
        (Moment::Dot, 1) => Act::Drop,
        _ => Act::Go,
    });
    let request = asked(house);
    let by_smtp = by_smtp(house, server.port);
    assert_eq!(by_smtp.deliver(), 1);
    assert_eq!((house.count("tokens", "1 = 1"), house.request(request.id).mail_state.as_str()), (1, "deferred"));
    house.pass(TimeDelta::seconds(6));
    assert_eq!(by_smtp.deliver(), 1);
    assert_eq!((house.count("tokens", "1 = 1"), house.request(request.id).mail_state.as_str()), (2, "sent"));
    let letters = server.heard().letters;
    let (one, two) = (token_of(&letters[0]), token_of(&letters[1]));
    assert_eq!(one.0, two.0, "the same Message-ID");
    assert_ne!(one.1, two.1);
    let ann = house.read(|tx| countersign::store::users::find(tx, request.target)).unwrap().unwrap();
    assert_eq!([word(house.check(&ann, &one.1)), word(house.check(&ann, &two.1))], ["ok"; 2]);
    assert_eq!([word(house.redeem(&ann, &one.1)), word(house.redeem(&ann, &two.1))], ["ok", "approved"]);
}

fn a_letter_that_may_have_arrived_twice_is_not_sent_a_third_time(house: &House) {
    let server = FaultySmtp::that(Moment::Dot, Act::Drop);
    let request = asked(house);
    let by_smtp = by_smtp(house, server.port);
    for _ in 0..5 {
        by_smtp.deliver();
        house.pass(TimeDelta::hours(2));
    }
    assert_eq!((server.heard().letters.len(), house.count("tokens", "1 = 1")), (2, 2));
    assert_eq!((house.letters(), house.request(request.id).mail_state.as_str()), (vec![("decide", "sent")], "sent"));
}

fn a_deferred_letter_is_tried_again_by_schedule(house: &House) {
    let server = FaultySmtp::that(Moment::Recipient, Act::Say("451 4.3.0 later"));
    let request = asked(house);
    let by_smtp = by_smtp(house, server.port);
    let minute = 60;
    for (attempt, seconds) in [5, 30, 2 * minute, 10 * minute, 30 * minute, 60 * minute, 60 * minute].into_iter().enumerate() {
        assert_eq!(by_smtp.deliver(), 1, "attempt {attempt}");
        let letter = first(house);
        let pause = (letter.next_at - house.now()).num_microseconds().unwrap();
        assert!((800_000 * seconds..=1_200_000 * seconds).contains(&pause), "attempt {attempt}: {pause}");
        assert_eq!(letter.attempts, i32::try_from(attempt).unwrap() + 1);
        assert_eq!((house.count("tokens", "1 = 1"), house.request(request.id).mail_state.as_str()), (0, "deferred"));
        house.pass(TimeDelta::microseconds(pause - 1));
        assert_eq!(by_smtp.deliver(), 0);
        house.pass(TimeDelta::microseconds(1));
    }
    assert!(first(house).last_error.unwrap().contains("451"));
}

fn a_letter_is_given_up_with_its_request(house: &House) {
    let server = FaultySmtp::that(Moment::Recipient, Act::Say("451 4.3.0 later"));
    let (ann, bob) = (house.user("ann@example.test"), house.user("bob@example.test"));
    let sleep = house.bundle("Sleep data", &ann);
    let filing = Filing { ttl: Some(TimeDelta::seconds(60)), ..ask(&sleep, &ann, &bob) };
    let request = house.file(&person(&bob), &filing).unwrap().0.request;
    let by_smtp = by_smtp(house, server.port);
    for _ in 0..6 {
        by_smtp.deliver();
        house.pass(TimeDelta::seconds(10));
    }
    // After the third attempt the next would come too late: told at once, while something can still be done.
    let told: Vec<_> = house.letters().into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(told, ["decide", "undeliverable"]);
    assert_eq!((first(house).state.as_str(), house.request(request.id).mail_state.as_str()), ("dead", "bounced"));
    house.pass(TimeDelta::minutes(1));
    assert_eq!(house.state(request.id), "failed");
}

fn a_retried_letter_that_dies_again_is_told_once(house: &House) {
    let server = FaultySmtp::that(Moment::Recipient, Act::Say("550 5.1.1 no such person"));
    asked(house);
    let by_smtp = by_smtp(house, server.port);
    by_smtp.deliver();
    let id = first(house).id;
    assert!(house.write(move |tx| outbox::retry(tx, id)).unwrap());
    assert_eq!(by_smtp.deliver(), 1);
    assert_eq!(house.letters(), [("decide", "dead"), ("undeliverable", "dead")]);
    house.pass(TimeDelta::hours(1));
    assert_eq!(by_smtp.deliver(), 0);
}

fn a_letter_is_one_workers_for_two_minutes(house: &House) {
    let request = asked(house);
    let claim = |lease: i64| house.write(move |tx| outbox::claim(tx, 10, lease, TimeDelta::seconds(120))).unwrap().len();
    assert_eq!([claim(1), claim(2)], [1, 0]);
    assert_eq!(house.deliver(), 0);
    house.pass(TimeDelta::seconds(120) - TimeDelta::microseconds(1));
    assert_eq!(house.deliver(), 0);
    house.pass(TimeDelta::microseconds(1));
    assert_eq!(house.deliver(), 1);
    assert_eq!((first(house).attempts, house.request(request.id).mail_state.as_str()), (2, "sent"));
}

fn a_worker_that_lost_its_lease_records_nothing(house: &House) {
    use countersign::store::outbox::Outcome;
    asked(house);
    let id = house.write(|tx| outbox::claim(tx, 10, 1, TimeDelta::seconds(120))).unwrap()[0].id;
    house.pass(TimeDelta::seconds(120));
    house.write(|tx| outbox::claim(tx, 10, 2, TimeDelta::seconds(120))).unwrap();
    let dead = || Outcome::Dead { error: "late".into() };
    assert!(!house.write(move |tx| outbox::record(tx, id, 1, &dead())).unwrap());
    assert_eq!(first(house).state, LetterState::Queued);
    assert!(house.write(move |tx| outbox::record(tx, id, 2, &Outcome::Sent)).unwrap());
    assert!(!house.write(move |tx| outbox::record(tx, id, 2, &Outcome::Sent)).unwrap());
}

fn wrong_settings_kill_no_letter(house: &House) {
    let server = FaultySmtp::that(Moment::Sender, Act::Say("553 5.7.1 sender not owned by user"));
    let request = asked(house);
    let eve = house.user("eve@example.test");
    house.asked(&house.relationship("coach"), &eve, &house.user("joe@example.test"));
    let by_smtp = by_smtp(house, server.port);
    for length in [30, 60, 120, 240, 480, 600, 600] {
        assert_eq!(by_smtp.deliver(), 2);
        let pause = by_smtp.outbox.pause().unwrap();
        assert_eq!(pause.until - house.now(), TimeDelta::seconds(length), "{}", pause.why);
        house.pass(TimeDelta::seconds(length));
    }
    assert_eq!(house.letters(), [("decide", "queued"), ("decide", "queued")]);
    assert_eq!((first(house).attempts, house.count("tokens", "1 = 1")), (0, 0));
    assert_eq!(house.request(request.id).mail_state.as_str(), "deferred");
    // Mended, all of it leaves.
    assert_eq!(house.deliver(), 2);
    assert_eq!(house.letters(), [("decide", "sent"), ("decide", "sent")]);
}

/// Some connections may fail; as many in a row as there may be are the server's doing.
fn a_mail_server_that_is_away_is_left_in_peace(house: &House) {
    let server = FaultySmtp::that(Moment::Greeting, Act::Drop);
    let by_smtp = by_smtp(house, server.port);
    let (coach, most) = (house.relationship("coach"), house.config.mail.connections);
    let ask = |number: usize| {
        house.asked(&coach, &house.user(&format!("ann{number}@example.test")), &house.user(&format!("bob{number}@example.test")));
    };
    (1..most).for_each(ask);
    assert_eq!(by_smtp.deliver(), most - 1);
    assert!(by_smtp.outbox.pause().is_none());
    ask(most);
    assert_eq!(by_smtp.deliver(), 1);
    for length in [5, 10, 20, 40, 60, 60] {
        let pause = by_smtp.outbox.pause().unwrap();
        assert_eq!(pause.until - house.now(), TimeDelta::seconds(length), "{}", pause.why);
        house.pass(TimeDelta::hours(2));
        assert_eq!(by_smtp.deliver(), most);
    }
    // Back, all of them leave.
    house.pass(TimeDelta::hours(2));
    assert_eq!(house.deliver(), most);
    assert_eq!(house.count("outbox", "state = 'sent'"), most);
}

fn a_letter_nobody_needs_any_more_is_cancelled(house: &House) {
    let (ann, bob) = (house.user("ann@example.test"), house.user("bob@example.test"));
    let (request, token) = house.asked_by_mail(&house.bundle("Sleep data", &ann), &ann, &bob);
    house.pass(TimeDelta::minutes(10));
    house.resend(&person(&bob), request.id).unwrap();
    house.redeem(&ann, &token).unwrap();
    house.deliver();
    assert_eq!(house.letters(), [("decide", "sent"), ("decide", "cancelled"), ("approved", "sent")]);
    // Nor does a letter start for what time has ended.
    let late = house.asked(&house.relationship("coach"), &ann, &bob);
    house.pass(TimeDelta::days(7));
    house.deliver();
    assert_eq!((house.queue().last().unwrap().state.as_str(), house.state(late.id)), ("cancelled", "expired"));
    assert_eq!(house.letters_to("ann@example.test").len(), 1);
}

fn a_row_that_cannot_be_a_letter_holds_up_nobody(house: &House) {
    let (ann, bob, eve) = (house.user("ann@example.test"), house.user("bob@example.test"), house.user("eve@example.test"));
    let coach = house.relationship("coach");
    let (odd, worse) = (house.asked(&coach, &ann, &bob), house.asked(&coach, &bob, &eve));
    house.asked(&coach, &eve, &ann);
    house.sql(&format!("UPDATE requests SET state = 'odd' WHERE id = {}", odd.id)).unwrap();
    house.sql(&format!("UPDATE outbox SET kind = 'worse' WHERE request_id = {}", worse.id)).unwrap();
    house.deliver();
    let states = || house.texts("SELECT state AS value FROM outbox ORDER BY id");
    assert_eq!(states(), ["dead", "queued", "sent"]);
    assert_eq!(house.count("tokens", "1 = 1"), 1);
    // A kind that this version does not know may be one that a newer daemon knows, which has a day to come.
    house.pass(TimeDelta::hours(23));
    assert_eq!((house.deliver(), states()[1].as_str()), (0, "queued"));
    assert_eq!(house.texts("SELECT CAST(attempts AS TEXT) AS value FROM outbox WHERE state = 'queued'"), ["0"]);
    house.pass(TimeDelta::hours(1));
    house.deliver();
    assert_eq!(states(), ["dead", "dead", "sent"]);
    let errors = house.texts("SELECT last_error AS value FROM outbox WHERE state = 'dead' ORDER BY id");
    assert!(errors[0].contains("odd") && errors[1].contains("worse"), "{errors:?}");
}

fn a_reader_who_refuses_holds_up_nobody(house: &House) {
    let server = FaultySmtp::start(|moment, connection| match (moment, connection) {
        (Moment::Recipient, 1) => Act::Say("550 5.1.1 no such person"),
        _ => Act::Go,
    });
    let coach = house.relationship("coach");
    let people: Vec<_> = (0..6).map(|number| house.user(&format!("p{number}@example.test"))).collect();
    for pair in people.windows(2) {
        house.asked(&coach, &pair[0], &pair[1]);
    }
    by_smtp(house, server.port).deliver();
    let sent = house.queue().iter().filter(|letter| letter.state == LetterState::Sent).count();
    assert!(sent >= 4, "{:?}", house.letters());
    assert!(house.queue().iter().all(|letter| letter.state != LetterState::Queued));
}

fn nobody_hears_of_the_end_of_what_never_reached_them(house: &House) {
    let server = FaultySmtp::that(Moment::Recipient, Act::Say("451 4.3.0 later"));
    let request = asked(house);
    by_smtp(house, server.port).deliver();
    let bob = house.read(|tx| countersign::store::users::find(tx, request.allowed)).unwrap().unwrap();
    house.delete(&person(&bob), request.id).unwrap();
    assert_eq!(house.letters(), [("decide", "cancelled")]);
}

fn a_sign_in_code_that_waited_too_long_is_not_sent(house: &House) {
    let ann = house.user("ann@example.test").id;
    house.write(move |tx| outbox::add(tx, LetterKind::SignInCode, ann, None, 1)).unwrap();
    house.pass(TimeDelta::minutes(10));
    house.deliver();
    assert_eq!((house.letters(), house.count("sign_in_codes", "1 = 1")), (vec![("sign_in_code", "cancelled")], 0));
}

#[test]
fn a_real_mail_server_carries_a_link_that_decides() {
    let server = MailServer::shared();
    let house = House::new(Kind::Sqlite);
    let house = house.with(&format!(
        "[mail]\nfrom = \"Countersign <access@example.test>\"\ntransport = \"smtp\"\n[mail.smtp]\nhost = \"localhost\"\n\
         port = {}\ntls = \"starttls\"\nca_file = {:?}\nusername = {USERNAME:?}\npassword_file = {:?}",
        server.starttls_port, server.ca_file, server.password_file
    ));
    assert!(!PASSWORD.is_empty());
    let (ann, bob) = (house.user("outbox-ann@example.test"), house.user("outbox-bob@example.test"));
    house.asked(&house.bundle("Sleep data", &ann), &ann, &bob);
    assert_eq!(house.deliver(), 1);
    let letter = server.letters("outbox-ann@example.test", 1).swap_remove(0);
    let (_, token) = token_of(&String::from_utf8(letter).unwrap());
    house.redeem(&ann, &token).unwrap();
    assert_eq!(house.deliver(), 1);
    assert_eq!(server.letters("outbox-bob@example.test", 1).len(), 1);
}

#[test]
fn a_running_worker_sends_what_it_is_woken_for_and_stops() {
    let house = House::new(Kind::Sqlite);
    let (ann, bob) = (house.user("ann@example.test"), house.user("bob@example.test"));
    house.asked(&house.bundle("Sleep data", &ann), &ann, &bob);
    runtime().block_on(async {
        let (stop, is_over) = tokio::sync::watch::channel(false);
        let worker = tokio::spawn(house.outbox.clone().run(is_over));
        let is_sent = || house.mailbox.list().len() == 1;
        while !is_sent() {
            tokio::task::yield_now().await;
        }
        stop.send(true).unwrap();
        let ends = tokio::time::timeout(std::time::Duration::from_secs(20), worker).await;
        ends.expect("it ends when it is told to").unwrap();
    });
    assert_eq!(house.letters(), [("decide", "sent")]);
}

#[test]
fn a_worker_that_stops_puts_back_what_waits_for_its_turn() {
    let may_answer = Arc::new(AtomicBool::new(false));
    let gate = Arc::clone(&may_answer);
    let server = FaultySmtp::start(move |moment, _| {
        while moment == Moment::Dot && !gate.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
        Act::Go
    });
    let house = House::new(Kind::Sqlite).with(&format!(
        "[mail]\nfrom = \"Countersign <access@example.test>\"\ntransport = \"smtp\"\nconnections = 1\n\
         [mail.smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\ntimeout = \"20s\"",
        server.port
    ));
    let bob = house.user("bob@example.test");
    for (reader, bundle) in [("ann@example.test", "Sleep"), ("eve@example.test", "Heart"), ("joe@example.test", "Steps")] {
        let reader = house.user(reader);
        house.asked(&house.bundle(bundle, &reader), &reader, &bob);
    }
    runtime().block_on(async {
        let (stop, is_over) = tokio::sync::watch::channel(false);
        let worker = tokio::spawn(house.outbox.clone().run(is_over));
        while server.heard().count("DATA") == 0 {
            tokio::task::yield_now().await;
        }
        stop.send(true).unwrap();
        while house.queue().iter().filter(|letter| letter.attempts == 0 && letter.next_at <= house.clock.now()).count() < 2 {
            tokio::task::yield_now().await;
        }
        may_answer.store(true, Ordering::SeqCst);
        let ends = tokio::time::timeout(std::time::Duration::from_secs(20), worker).await;
        ends.expect("it ends when it is told to").unwrap();
    });
    let mut letters = house.letters();
    letters.sort_unstable();
    assert_eq!(letters, [("decide", "queued"), ("decide", "queued"), ("decide", "sent")]);
    assert_eq!(server.heard().letters.len(), 1);
}
