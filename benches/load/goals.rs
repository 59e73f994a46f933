//! The goals in docs/BENCHMARKS.md.

use crate::report::Goal;

const fn ratio(what: &'static str, measured: &'static str, against: &'static str, first: f64, then: f64) -> Goal {
    Goal { what, measured, against: Some(against), first, then: Some(then), is_less_better: false }
}

const fn at_most(what: &'static str, measured: &'static str, first: f64, then: f64) -> Goal {
    Goal { what, measured, against: None, first, then: Some(then), is_less_better: true }
}

const fn limit(what: &'static str, measured: &'static str, first: f64) -> Goal {
    Goal { what, measured, against: None, first, then: None, is_less_better: true }
}

/// At most this many times as much with many rows as with few.
const fn growth(what: &'static str, measured: &'static str, against: &'static str) -> Goal {
    Goal { what, measured, against: Some(against), first: 1.5, then: Some(1.3), is_less_better: true }
}

/// At most this many times the other.
const fn limit_of(what: &'static str, measured: &'static str, against: &'static str, first: f64) -> Goal {
    Goal { what, measured, against: Some(against), first, then: None, is_less_better: true }
}

/// At least this many times the other.
const fn at_least(what: &'static str, measured: &'static str, against: &'static str, first: f64) -> Goal {
    Goal { what, measured, against: Some(against), first, then: None, is_less_better: false }
}

/// All goals; those that were not measured are left out.
pub(crate) const GOALS: &[Goal] = &[
    ratio("filing ÷ bare SQLite loop", "file, 64 clients", "SQLite loop, file, writes", 0.3, 0.5),
    ratio("redeem ÷ bare SQLite loop", "redeem, 64 clients", "SQLite loop, redeem, writes", 0.4, 0.7),
    ratio("check ÷ the framework's small JSON", "check, 64 clients", "framework, small JSON, 64 clients", 0.3, 0.5),
    ratio("filing on PostgreSQL ÷ pgbench", "PostgreSQL, file, 64 clients", "pgbench, file in one statement", 0.5, 1.5),
    ratio("redeem on PostgreSQL ÷ pgbench", "PostgreSQL, redeem, 64 clients", "pgbench, redeem in one statement", 0.5, 1.5),
    ratio(
        "evaluation at 1,000,000 grants ÷ the framework's small JSON",
        "evaluate, 1000000 grants, 64 clients",
        "framework, small JSON, 64 clients",
        0.3,
        0.5,
    ),
    growth(
        "CPU of an evaluation at 1,000,000 grants ÷ at 10,000",
        "evaluate, 1000000 grants, 64 clients, CPU",
        "evaluate, 10000 grants, 64 clients, CPU",
    ),
    growth("CPU, check: many rows ÷ few", "check, many rows, 64 clients, CPU", "check, few rows, 64 clients, CPU"),
    growth("time, check: many rows ÷ few", "check, few rows, 64 clients", "check, many rows, 64 clients"),
    growth("CPU, redeem: many rows ÷ few", "redeem, many rows, 64 clients, CPU", "redeem, few rows, 64 clients, CPU"),
    growth("time, redeem: many rows ÷ few", "redeem, few rows, 64 clients", "redeem, many rows, 64 clients"),
    growth("CPU, evaluate: many rows ÷ few", "evaluate, many rows, 64 clients, CPU", "evaluate, few rows, 64 clients, CPU"),
    growth("time, evaluate: many rows ÷ few", "evaluate, few rows, 64 clients", "evaluate, many rows, 64 clients"),
    growth(
        "CPU, list, requests: many rows ÷ few",
        "list, requests, many rows, 64 clients, CPU",
        "list, requests, few rows, 64 clients, CPU",
    ),
    growth(
        "time, list, requests: many rows ÷ few",
        "list, requests, few rows, 64 clients",
        "list, requests, many rows, 64 clients",
    ),
    growth(
        "CPU, list, shares: many rows ÷ few",
        "list, shares, many rows, 64 clients, CPU",
        "list, shares, few rows, 64 clients, CPU",
    ),
    growth("time, list, shares: many rows ÷ few", "list, shares, few rows, 64 clients", "list, shares, many rows, 64 clients"),
    growth(
        "PostgreSQL's CPU, check: many rows ÷ few",
        "PostgreSQL, check, many rows, 64 clients, database's CPU",
        "PostgreSQL, check, few rows, 64 clients, database's CPU",
    ),
    growth(
        "PostgreSQL, time, check: many rows ÷ few",
        "PostgreSQL, check, few rows, 64 clients",
        "PostgreSQL, check, many rows, 64 clients",
    ),
    growth(
        "PostgreSQL's CPU, redeem: many rows ÷ few",
        "PostgreSQL, redeem, many rows, 64 clients, database's CPU",
        "PostgreSQL, redeem, few rows, 64 clients, database's CPU",
    ),
    growth(
        "PostgreSQL, time, redeem: many rows ÷ few",
        "PostgreSQL, redeem, few rows, 64 clients",
        "PostgreSQL, redeem, many rows, 64 clients",
    ),
    growth(
        "PostgreSQL's CPU, evaluate: many rows ÷ few",
        "PostgreSQL, evaluate, many rows, 64 clients, database's CPU",
        "PostgreSQL, evaluate, few rows, 64 clients, database's CPU",
    ),
    growth(
        "PostgreSQL, time, evaluate: many rows ÷ few",
        "PostgreSQL, evaluate, few rows, 64 clients",
        "PostgreSQL, evaluate, many rows, 64 clients",
    ),
    growth(
        "PostgreSQL's CPU, list, requests: many rows ÷ few",
        "PostgreSQL, list, requests, many rows, 64 clients, database's CPU",
        "PostgreSQL, list, requests, few rows, 64 clients, database's CPU",
    ),
    growth(
        "PostgreSQL, time, list, requests: many rows ÷ few",
        "PostgreSQL, list, requests, few rows, 64 clients",
        "PostgreSQL, list, requests, many rows, 64 clients",
    ),
    growth(
        "PostgreSQL's CPU, list, shares: many rows ÷ few",
        "PostgreSQL, list, shares, many rows, 64 clients, database's CPU",
        "PostgreSQL, list, shares, few rows, 64 clients, database's CPU",
    ),
    growth(
        "PostgreSQL, time, list, shares: many rows ÷ few",
        "PostgreSQL, list, shares, few rows, 64 clients",
        "PostgreSQL, list, shares, many rows, 64 clients",
    ),
    limit_of(
        "p99 of redeem beside a purge ÷ quiet, 8 clients",
        "redeem, beside a purge, 8 clients, p99",
        "redeem, quiet, 8 clients, p99",
        3.0,
    ),
    limit_of(
        "p99 of redeem beside a purge ÷ quiet, 64 clients",
        "redeem, beside a purge, 64 clients, p99",
        "redeem, quiet, 64 clients, p99",
        3.0,
    ),
    limit_of(
        "PostgreSQL, p99 of redeem beside a purge ÷ quiet, 8 clients",
        "PostgreSQL, redeem, beside a purge, 8 clients, p99",
        "PostgreSQL, redeem, quiet, 8 clients, p99",
        3.0,
    ),
    limit_of(
        "PostgreSQL, p99 of redeem beside a purge ÷ quiet, 64 clients",
        "PostgreSQL, redeem, beside a purge, 64 clients, p99",
        "PostgreSQL, redeem, quiet, 64 clients, p99",
        3.0,
    ),
    at_least("two daemons ÷ one, file", "two daemons, file, 64 clients", "one daemon, file, 64 clients", 1.6),
    at_least("two daemons ÷ one, redeem", "two daemons, redeem, 64 clients", "one daemon, redeem, 64 clients", 1.6),
    at_least(
        "two daemons ÷ one, file, pinned",
        "two daemons, file, pinned, 64 clients",
        "one daemon, file, pinned, 64 clients",
        1.6,
    ),
    at_least(
        "two daemons ÷ one, redeem, pinned",
        "two daemons, redeem, pinned, 64 clients",
        "one daemon, redeem, pinned, 64 clients",
        1.6,
    ),
    at_least(
        "two daemons ÷ one behind nginx, file",
        "two daemons behind nginx, file, 64 clients",
        "one daemon behind nginx, file, 64 clients",
        1.6,
    ),
    at_least(
        "two daemons ÷ one behind nginx, redeem",
        "two daemons behind nginx, redeem, 64 clients",
        "one daemon behind nginx, redeem, 64 clients",
        1.6,
    ),
    at_least(
        "two daemons ÷ one behind nginx, file, pinned",
        "two daemons behind nginx, file, pinned, 64 clients",
        "one daemon behind nginx, file, pinned, 64 clients",
        1.6,
    ),
    at_least(
        "two daemons ÷ one behind nginx, redeem, pinned",
        "two daemons behind nginx, redeem, pinned, 64 clients",
        "one daemon behind nginx, redeem, pinned, 64 clients",
        1.6,
    ),
    ratio(
        "asked and answered ÷ Django, on SQLite",
        "beside the peers, SQLite, asked and answered",
        "Django, asked and answered",
        20.0,
        40.0,
    ),
    ratio(
        "asked and answered ÷ Django, on PostgreSQL too",
        "beside the peers, PostgreSQL, asked and answered",
        "Django, asked and answered",
        20.0,
        40.0,
    ),
    at_least(
        "redeem on PostgreSQL over HTTP ÷ crates.io's SQL at 10,000 pending",
        "beside the peers, PostgreSQL, redeem, 8 clients",
        "crates.io's SQL, accept, 10000 pending, 8 clients",
        3.0,
    ),
    at_most("CPU µs, filing", "file, 64 clients, CPU", 250.0, 140.0),
    at_most("CPU µs, redeem", "redeem, 64 clients, CPU", 200.0, 110.0),
    at_most("CPU µs, check", "check, 64 clients, CPU", 120.0, 60.0),
    ratio("emails ÷ smtp-source", "emails", "smtp-source, many emails a connection", 0.4, 0.8),
    limit("inbox at the median, ms", "page, inbox, 1 clients, p50", 5.0),
    limit("redeem's page at the median, ms", "page, redeem, 1 clients, p50", 5.0),
    limit("inbox with its styles, KB", "page, inbox, with its styles", 50.0),
    limit("redeem's page with its styles, KB", "page, redeem, with its styles", 50.0),
    limit("resident after a million requests, MB", "resident, after a million requests", 60.0),
    at_most("resident when idle, MB", "resident, idle", 40.0, 20.0),
    at_most("exec to ready, ms", "exec to ready", 100.0, 40.0),
];
