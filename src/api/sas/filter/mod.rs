//! `filter`, and members as parameters (`?sharedBy=dale`): full and basic filtering in the original. Both are compiled into a
//! tree, which the store turns into bound SQL. An unknown member or function is refused, because ignoring it would widen the
//! list.

mod parse;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

use self::parse::{Argument, Function, LENGTH};
use crate::api::sas::types::{SharedWithType, Type, any_of};
use crate::domain::Filter;
use crate::domain::filter::{Bound, Case, Test, TextOf, TimeOf};

pub(super) use self::parse::BadFilter;

/// The members that are also parameters.
pub(super) const FILTERED: [&str; 7] = ["sharedBy", "sharedWith", "sharedWithType", "resourceUri", "name", "type", "enabled"];

const MEMBERS: &str =
    "sharedBy, sharedWith, resourceUri, name, type, sharedWithType, enabled, createdTimestamp and modifiedTimestamp";
const FUNCTIONS: &str = "eq, ne, startsWith, endsWith, contains, in, lt, le, gt, ge, and, or and not";
/// The strengths of comparison in the original, from the weakest to the strongest.
const STRENGTHS: [&str; 5] = ["$primary", "$secondary", "$tertiary", "$quaternary", "$identical"];

/// A member to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Member {
    Text(TextOf),
    Type,
    SharedWithType,
    Enabled,
    Time(TimeOf),
}

/// The names of members. The second names of times are those of other resources of the original.
const NAMES: [(&str, Member); 11] = [
    ("sharedBy", Member::Text(TextOf::SharedBy)),
    ("sharedWith", Member::Text(TextOf::SharedWith)),
    ("resourceUri", Member::Text(TextOf::ResourceUri)),
    ("name", Member::Text(TextOf::Name)),
    ("type", Member::Type),
    ("sharedWithType", Member::SharedWithType),
    ("enabled", Member::Enabled),
    ("createdTimestamp", Member::Time(TimeOf::Created)),
    ("creationTimeStamp", Member::Time(TimeOf::Created)),
    ("modifiedTimestamp", Member::Time(TimeOf::Modified)),
    ("modifiedTimeStamp", Member::Time(TimeOf::Modified)),
];

impl Member {
    fn parse(name: &str) -> Option<Self> {
        NAMES.into_iter().find(|(known, _)| *known == name).map(|(_, member)| member)
    }

    fn name(self) -> &'static str {
        NAMES.into_iter().find(|(_, member)| *member == self).map_or("", |(name, _)| name)
    }

    /// The functions that can compare it.
    const fn functions(self) -> &'static str {
        match self {
            Self::Text(_) => "eq, ne, startsWith, endsWith, contains or in",
            Self::Type | Self::SharedWithType => "eq, ne or in",
            Self::Enabled => "eq or ne",
            Self::Time(_) => "eq, ne, lt, le, gt or ge",
        }
    }
}

/// Reads `filter`.
pub(super) fn read(text: &str) -> Result<Filter, BadFilter> {
    of(&parse::parse(text)?)
}

/// Compiles a tree of functions.
fn of(function: &Function) -> Result<Filter, BadFilter> {
    let parts = || function.arguments.iter().map(condition).collect::<Result<Vec<_>, _>>();
    match function.name.as_str() {
        "and" => Ok(Filter::All(parts()?)),
        "or" => Ok(Filter::Any(parts()?)),
        "not" => match function.arguments.as_slice() {
            [part] => Ok(Filter::Not(Box::new(condition(part)?))),
            _ => Err(BadFilter::new(function.at, "not(…) takes one function")),
        },
        "eq" | "ne" | "startsWith" | "endsWith" | "contains" | "in" | "lt" | "le" | "gt" | "ge" => comparison(function),
        name => Err(BadFilter::new(function.at, format!("there is no function {name:?}; use {FUNCTIONS}"))),
    }
}

/// `?name=value`.
pub(super) fn basic(name: &str, value: &str) -> Result<Filter, BadFilter> {
    // Positions refer to the value.
    let quoted = Value { text: value, at: 1 };
    if value.len() > LENGTH || value.contains('\0') {
        return Err(BadFilter::new(1, format!("at most {LENGTH} bytes, and no NUL character")));
    }
    let member = Member::parse(name).ok_or_else(|| BadFilter::new(1, format!("compare {MEMBERS}")))?;
    compare(member, "eq", &quoted, false)
}

fn condition(argument: &Argument) -> Result<Filter, BadFilter> {
    match argument {
        Argument::Function(function) => of(function),
        other => Err(BadFilter::new(other.at(), "a function belongs here, like eq(name,\"Public\")")),
    }
}

#[derive(Clone, Copy)]
struct Value<'a> {
    text: &'a str,
    at: usize,
}

impl Value<'_> {
    fn bad(self, problem: impl Into<String>) -> BadFilter {
        BadFilter::new(self.at, problem)
    }
}

fn comparison(function: &Function) -> Result<Filter, BadFilter> {
    let name = function.name.as_str();
    let is_option = |argument: &&Argument| matches!(argument, Argument::Bare { text, .. } if text.starts_with('$'));
    let options: Vec<&Argument> = function.arguments.iter().take_while(is_option).collect();
    let ignores_case = strength(&options)?;
    let mut rest = function.arguments.iter().skip(options.len());
    let missing =
        || BadFilter::new(function.at, format!("{name}(…) compares a member with a value, like {name}(name,\"Public\")"));
    let argument = rest.next().ok_or_else(missing)?;
    let named = argument.text().ok_or_else(|| BadFilter::new(argument.at(), format!("a member belongs here: {MEMBERS}")))?;
    let unknown = || BadFilter::new(argument.at(), format!("there is no member {named:?}; compare {MEMBERS}"));
    let member = Member::parse(named).ok_or_else(unknown)?;
    let values = rest.map(value).collect::<Result<Vec<_>, _>>()?;
    match (name, values.as_slice()) {
        (_, []) => Err(missing()),
        ("in", values) => {
            values.iter().map(|value| compare(member, "in", value, ignores_case)).collect::<Result<_, _>>().map(Filter::Any)
        }
        (_, [value]) => compare(member, name, value, ignores_case),
        (_, [_, more, ..]) => Err(more.bad(format!("{name}(…) takes one value; in(…) takes several"))),
    }
}

/// Whether the options ask to ignore case.
fn strength(options: &[&Argument]) -> Result<bool, BadFilter> {
    let mut ignores_case = false;
    for option in options {
        let text = option.text().unwrap_or_default();
        if !STRENGTHS.contains(&text) {
            let problem = format!("there is no option {text:?}; use one of {}", STRENGTHS.join(", "));
            return Err(BadFilter::new(option.at(), problem));
        }
        ignores_case = matches!(text, "$primary" | "$secondary");
    }
    Ok(ignores_case)
}

fn value(argument: &Argument) -> Result<Value<'_>, BadFilter> {
    match argument {
        Argument::Function(function) => Err(BadFilter::new(function.at, "a value belongs here, not a function")),
        // In the grammar, this compares two members.
        Argument::Bare { text, at } if Member::parse(text).is_some() => {
            Err(BadFilter::new(*at, format!("members are not compared with each other; put the value in quotes: \"{text}\"")))
        }
        Argument::Bare { text, at } | Argument::Quoted { text, at } => Ok(Value { text, at: *at }),
    }
}

fn compare(member: Member, function: &str, value: &Value<'_>, ignores_case: bool) -> Result<Filter, BadFilter> {
    if function == "ne" {
        return Ok(Filter::Not(Box::new(compare(member, "eq", value, ignores_case)?)));
    }
    let is_equality = matches!(function, "eq" | "in");
    let unfit = || value.bad(format!("{function}(…) does not compare {}; use {}", member.name(), member.functions()));
    match member {
        Member::Text(of) => {
            let test = match function {
                "startsWith" => Test::StartsWith,
                "endsWith" => Test::EndsWith,
                "contains" => Test::Contains,
                _ if is_equality => Test::Equals,
                _ => return Err(unfit()),
            };
            Ok(text(of, test, value.text, ignores_case))
        }
        Member::Type if is_equality => {
            let shown = Type::parse(value.text)
                .ok_or_else(|| value.bad(format!("no share has the type {:?}; it is {}", value.text, any_of(Type::ALL))))?;
            let reshare = if shown.may_share() { Filter::MayReshare } else { Filter::Not(Box::new(Filter::MayReshare)) };
            Ok(Filter::All(vec![Filter::Levels(shown.levels()), reshare]))
        }
        Member::SharedWithType if is_equality => {
            let shown = SharedWithType::parse(value.text);
            let unknown =
                || value.bad(format!("no share has the sharedWithType {:?}; it is {}", value.text, any_of(SharedWithType::ALL)));
            Ok(Filter::Kinds(shown.ok_or_else(unknown)?.kinds().to_vec()))
        }
        Member::Enabled if function == "eq" => match value.text {
            "true" => Ok(Filter::InEffect),
            "false" => Ok(Filter::Not(Box::new(Filter::InEffect))),
            _ => Err(value.bad("enabled is true or false")),
        },
        Member::Time(of) => time(of, function, value)?.ok_or_else(unfit),
        Member::Type | Member::SharedWithType | Member::Enabled => Err(unfit()),
    }
}

fn text(of: TextOf, test: Test, value: &str, ignores_case: bool) -> Filter {
    let named = Filter::Text(of, test, if ignores_case { Case::Ignored } else { Case::Exact }, value.to_owned());
    if of != TextOf::SharedWith {
        return named;
    }
    // Recipients that are not single have names of their own in this API.
    let (shown, to_compare): (fn(&str) -> String, String) =
        if ignores_case { (str::to_ascii_lowercase, value.to_ascii_lowercase()) } else { (str::to_owned, value.to_owned()) };
    let holds = |word: &str| test.holds(&shown(word), &to_compare);
    let kinds = |kinds: Vec<SharedWithType>| Filter::Kinds(kinds.iter().flat_map(|kind| kind.kinds()).copied().collect());
    let by_name: Vec<SharedWithType> = SharedWithType::of_many().filter(|kind| holds(kind.as_str())).collect();
    let by_core = |kind: &SharedWithType| kind.kinds().iter().any(|kind| holds(kind.as_str()));
    if by_name == SharedWithType::of_many().filter(by_core).collect::<Vec<_>>() {
        return named;
    }
    let to_one = Filter::Not(Box::new(kinds(SharedWithType::of_many().collect())));
    Filter::Any(vec![Filter::All(vec![named, to_one]), kinds(by_name)])
}

/// Compares with a time as it is shown, to the millisecond.
fn time(of: TimeOf, function: &str, value: &Value<'_>) -> Result<Option<Filter>, BadFilter> {
    let read = DateTime::parse_from_rfc3339(value.text).map_err(|_| value.bad("a time is like 2026-08-27T04:09:42.150Z"))?;
    let at: DateTime<Utc> = read.into();
    let shown = at.trunc_subsecs(3);
    let next = shown + TimeDelta::milliseconds(1);
    let is_shown = shown == at;
    Ok(Some(match function {
        "eq" if is_shown => Filter::All(vec![Filter::Time(of, Bound::From, shown), Filter::Time(of, Bound::Before, next)]),
        "eq" => Filter::Any(Vec::new()),
        "ge" | "lt" => {
            let from = if is_shown { shown } else { next };
            Filter::Time(of, if function == "ge" { Bound::From } else { Bound::Before }, from)
        }
        "le" => Filter::Time(of, Bound::Before, next),
        "gt" => Filter::Time(of, Bound::From, next),
        _ => return Ok(None),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{GranteeKind, Level};

    fn text(of: TextOf, test: Test, value: &str) -> Filter {
        Filter::Text(of, test, Case::Exact, value.to_owned())
    }

    fn not(filter: Filter) -> Filter {
        Filter::Not(Box::new(filter))
    }

    #[test]
    fn each_function_means_what_its_name_says() {
        use Filter::{All, Any, Levels, MayReshare};
        let named = |test, value| text(TextOf::Name, test, value);
        for (filter, meant) in [
            (r#"eq(name,"Public")"#, named(Test::Equals, "Public")),
            ("ne('name','x')", not(named(Test::Equals, "x"))),
            ("startsWith(resourceUri,'/files/')", text(TextOf::ResourceUri, Test::StartsWith, "/files/")),
            ("endsWith(sharedBy,'%')", text(TextOf::SharedBy, Test::EndsWith, "%")),
            ("contains(sharedWith,'o')", {
                // "everyone" contains an o; "guest" and "authenticated" do not, here and in the core.
                text(TextOf::SharedWith, Test::Contains, "o")
            }),
            ("in(name,'a','b')", Any(vec![named(Test::Equals, "a"), named(Test::Equals, "b")])),
            (
                "and(or(eq(name,'a'),eq(name,'b')),not(contains(name,'c')))",
                All(vec![Any(vec![named(Test::Equals, "a"), named(Test::Equals, "b")]), not(named(Test::Contains, "c"))]),
            ),
            ("eq($primary,name,'Public')", Filter::Text(TextOf::Name, Test::Equals, Case::Ignored, "Public".into())),
            ("eq($identical,name,'Public')", named(Test::Equals, "Public")),
            ("eq(type,'read')", All(vec![Levels(vec![Level::View]), not(MayReshare)])),
            ("eq(type,readEditShare)", All(vec![Levels(vec![Level::Edit, Level::Contribute]), MayReshare])),
            ("eq(enabled,true)", Filter::InEffect),
            ("ne(enabled,'true')", not(Filter::InEffect)),
        ] {
            assert_eq!(read(filter), Ok(meant), "{filter}");
        }
    }

    #[test]
    fn those_to_many_are_found_by_the_word_they_are_shown_by() {
        let many = Filter::Kinds(vec![GranteeKind::Authenticated, GranteeKind::Everyone, GranteeKind::Guest]);
        let found = |filter: &str, kinds: Vec<GranteeKind>| {
            let Ok(Filter::Any(parts)) = read(filter) else { panic!("{filter}") };
            let Some(Filter::All(by_name)) = parts.first() else { panic!("{filter}") };
            assert_eq!(by_name[1], not(many.clone()), "{filter}");
            assert_eq!(parts[1], Filter::Kinds(kinds), "{filter}");
        };
        found("eq(sharedWith,'authenticatedUsers')", vec![GranteeKind::Authenticated]);
        // The name in the core means nothing in this API.
        found("eq(sharedWith,'authenticated')", vec![]);
        found("endsWith(sharedWith,'s')", vec![GranteeKind::Authenticated]);
        assert_eq!(read("eq(sharedWith,'everyone')"), Ok(text(TextOf::SharedWith, Test::Equals, "everyone")));
        assert_eq!(read("eq(sharedWith,'bob')"), Ok(text(TextOf::SharedWith, Test::Equals, "bob")));
    }

    #[test]
    fn a_time_is_compared_as_it_is_shown() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let (shown, next) = (at("2026-08-27T04:09:42.150Z"), at("2026-08-27T04:09:42.151Z"));
        let created = |bound, at| Filter::Time(TimeOf::Created, bound, at);
        for (filter, meant) in [
            ("ge(createdTimestamp,'2026-08-27T04:09:42.150Z')", created(Bound::From, shown)),
            ("lt(createdTimestamp,'2026-08-27T06:09:42.150+02:00')", created(Bound::Before, shown)),
            ("le(createdTimestamp,'2026-08-27T04:09:42.150Z')", created(Bound::Before, next)),
            ("gt(creationTimeStamp,2026-08-27T04:09:42.150Z)", created(Bound::From, next)),
            (
                "eq(createdTimestamp,'2026-08-27T04:09:42.150Z')",
                Filter::All(vec![created(Bound::From, shown), created(Bound::Before, next)]),
            ),
            // Between two times that can be shown.
            ("eq(createdTimestamp,'2026-08-27T04:09:42.1505Z')", Filter::Any(vec![])),
            ("ge(createdTimestamp,'2026-08-27T04:09:42.1505Z')", created(Bound::From, next)),
        ] {
            assert_eq!(read(filter), Ok(meant), "{filter}");
        }
    }

    #[test]
    fn what_means_nothing_is_refused_by_name() {
        let table: Vec<String> = [
            "equals(name,'x')",
            "EQ(name,'x')",
            "startswith(name,'x')",
            "eq(owner,'x')",
            "eq(Name,'x')",
            "eq(name)",
            "and(name)",
            "and(eq(name,'x'),'y')",
            "not(eq(name,'x'),eq(name,'y'))",
            "eq(name,'x','y')",
            "eq(eq(name,'x'),'y')",
            "eq(name,eq(name,'x'))",
            "eq(name,sharedBy)",
            "eq($loud,name,'x')",
            "eq($primary)",
            "lt(name,'x')",
            "startsWith(type,'read')",
            "eq(type,'write')",
            "in(type,read,write)",
            "eq(sharedWithType,'role')",
            "contains(enabled,'t')",
            "eq(enabled,'yes')",
            "in(enabled,true)",
            "ge(createdTimestamp,'yesterday')",
            "contains(createdTimestamp,'2026-08-27T04:09:42.150Z')",
        ]
        .iter()
        .map(|filter| format!("{filter} -> {}", read(filter).unwrap_err()))
        .collect();
        insta::assert_snapshot!(table.join("\n"), @r#"
        equals(name,'x') -> at character 1: there is no function "equals"; use eq, ne, startsWith, endsWith, contains, in, lt, le, gt, ge, and, or and not
        EQ(name,'x') -> at character 1: there is no function "EQ"; use eq, ne, startsWith, endsWith, contains, in, lt, le, gt, ge, and, or and not
        startswith(name,'x') -> at character 1: there is no function "startswith"; use eq, ne, startsWith, endsWith, contains, in, lt, le, gt, ge, and, or and not
        eq(owner,'x') -> at character 4: there is no member "owner"; compare sharedBy, sharedWith, resourceUri, name, type, sharedWithType, enabled, createdTimestamp and modifiedTimestamp
        eq(Name,'x') -> at character 4: there is no member "Name"; compare sharedBy, sharedWith, resourceUri, name, type, sharedWithType, enabled, createdTimestamp and modifiedTimestamp
        eq(name) -> at character 1: eq(…) compares a member with a value, like eq(name,"Public")
        and(name) -> at character 5: a function belongs here, like eq(name,"Public")
        and(eq(name,'x'),'y') -> at character 18: a function belongs here, like eq(name,"Public")
        not(eq(name,'x'),eq(name,'y')) -> at character 1: not(…) takes one function
        eq(name,'x','y') -> at character 13: eq(…) takes one value; in(…) takes several
        eq(eq(name,'x'),'y') -> at character 4: a member belongs here: sharedBy, sharedWith, resourceUri, name, type, sharedWithType, enabled, createdTimestamp and modifiedTimestamp
        eq(name,eq(name,'x')) -> at character 9: a value belongs here, not a function
        eq(name,sharedBy) -> at character 9: members are not compared with each other; put the value in quotes: "sharedBy"
        eq($loud,name,'x') -> at character 4: there is no option "$loud"; use one of $primary, $secondary, $tertiary, $quaternary, $identical
        eq($primary) -> at character 1: eq(…) compares a member with a value, like eq(name,"Public")
        lt(name,'x') -> at character 9: lt(…) does not compare name; use eq, ne, startsWith, endsWith, contains or in
        startsWith(type,'read') -> at character 17: startsWith(…) does not compare type; use eq, ne or in
        eq(type,'write') -> at character 9: no share has the type "write"; it is read, readEdit, readShare or readEditShare
        in(type,read,write) -> at character 14: no share has the type "write"; it is read, readEdit, readShare or readEditShare
        eq(sharedWithType,'role') -> at character 19: no share has the sharedWithType "role"; it is user, group, authenticatedUsers, everyone or guest
        contains(enabled,'t') -> at character 18: contains(…) does not compare enabled; use eq or ne
        eq(enabled,'yes') -> at character 12: enabled is true or false
        in(enabled,true) -> at character 12: in(…) does not compare enabled; use eq or ne
        ge(createdTimestamp,'yesterday') -> at character 21: a time is like 2026-08-27T04:09:42.150Z
        contains(createdTimestamp,'2026-08-27T04:09:42.150Z') -> at character 27: contains(…) does not compare createdTimestamp; use eq, ne, lt, le, gt or ge
        "#);
    }
}
