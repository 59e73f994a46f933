//! The grammar of `filter`: nested functions, `and(eq(name,"a"),not(contains(sharedBy,'b')))`. This file only turns text into a
//! tree; `compile.rs` knows the functions and members. Quotes may contain anything, and a doubled quote stands for one. No
//! character has a special meaning within quotes: not `%`, `_` or a backslash.

/// The limit of bytes in a filter.
pub(super) const LENGTH: usize = 4_000;
/// The limit of nested functions, including the outermost.
pub(super) const DEPTH: usize = 16;
/// The limit of values and functions in a filter.
pub(super) const PARTS: usize = 200;

/// `name(arguments)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Function {
    pub(super) name: String,
    /// The position of its first character, from 1.
    pub(super) at: usize,
    pub(super) arguments: Vec<Argument>,
}

/// An argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Argument {
    Function(Function),
    /// A text without quotes.
    Bare {
        text: String,
        at: usize,
    },
    Quoted {
        text: String,
        at: usize,
    },
}

impl Argument {
    /// The position of its first character.
    pub(super) fn at(&self) -> usize {
        match self {
            Self::Function(function) => function.at,
            Self::Bare { at, .. } | Self::Quoted { at, .. } => *at,
        }
    }

    /// The text, with or without quotes.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Function(_) => None,
            Self::Bare { text, .. } | Self::Quoted { text, .. } => Some(text),
        }
    }
}

/// Why a text is no filter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at character {at}: {problem}")]
pub(crate) struct BadFilter {
    /// The position of the character, from 1.
    pub(crate) at: usize,
    /// What to change.
    pub(crate) problem: String,
}

impl BadFilter {
    pub(super) fn new(at: usize, problem: impl Into<String>) -> Self {
        Self { at, problem: problem.into() }
    }
}

pub(super) fn parse(text: &str) -> Result<Function, BadFilter> {
    if text.len() > LENGTH {
        return Err(BadFilter::new(1, format!("it is too long: {} bytes, at most {LENGTH}", text.len())));
    }
    let mut reader = Reader { rest: text.chars().collect::<Vec<_>>().into_iter().peekable(), at: 1, parts: 0 };
    let argument = reader.argument(1)?;
    reader.blanks();
    if let Some(c) = reader.peek() {
        return Err(BadFilter::new(reader.at, format!("{c:?} after the end of the first function; join several with and(…,…)")));
    }
    match argument {
        Argument::Function(function) => Ok(function),
        other => Err(BadFilter::new(other.at(), "a filter is a function, like eq(name,\"Public\")")),
    }
}

struct Reader {
    rest: std::iter::Peekable<std::vec::IntoIter<char>>,
    at: usize,
    parts: usize,
}

impl Reader {
    fn peek(&mut self) -> Option<char> {
        self.rest.peek().copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest.next()?;
        self.at += 1;
        Some(c)
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.next();
        }
    }

    fn argument(&mut self, depth: usize) -> Result<Argument, BadFilter> {
        self.blanks();
        let at = self.at;
        self.parts += 1;
        if self.parts > PARTS {
            return Err(BadFilter::new(at, format!("more than {PARTS} functions and values in all")));
        }
        if let Some(quote @ ('"' | '\'')) = self.peek() {
            self.next();
            return Ok(Argument::Quoted { text: self.quoted(quote, at)?, at });
        }
        let text = self.bare();
        if text.is_empty() {
            let found = self.peek().map_or("the end".to_owned(), |c| format!("{c:?}"));
            return Err(BadFilter::new(at, format!("{found}, where a function, a member or a value belongs")));
        }
        self.blanks();
        if self.peek() != Some('(') {
            return Ok(Argument::Bare { text, at });
        }
        if depth > DEPTH {
            return Err(BadFilter::new(at, format!("more than {DEPTH} functions within each other")));
        }
        self.next();
        Ok(Argument::Function(Function { name: text, at, arguments: self.arguments(depth, at)? }))
    }

    fn arguments(&mut self, depth: usize, opened: usize) -> Result<Vec<Argument>, BadFilter> {
        let mut arguments = vec![self.argument(depth + 1)?];
        loop {
            self.blanks();
            let at = self.at;
            match self.next() {
                Some(',') => arguments.push(self.argument(depth + 1)?),
                Some(')') => return Ok(arguments),
                Some(c) => return Err(BadFilter::new(at, format!("{c:?}, where a comma or a closing parenthesis belongs"))),
                None => return Err(BadFilter::new(opened, "the parenthesis of this function is never closed")),
            }
        }
    }

    fn bare(&mut self) -> String {
        let mut text = String::new();
        while let Some(c) = self.peek().filter(|c| !c.is_whitespace() && !c.is_control() && !"(),'\"".contains(*c)) {
            text.push(c);
            self.next();
        }
        text
    }

    fn quoted(&mut self, quote: char, opened: usize) -> Result<String, BadFilter> {
        let mut text = String::new();
        loop {
            let at = self.at;
            match self.next() {
                None => return Err(BadFilter::new(opened, "this quote is never closed")),
                // Neither database stores it.
                Some('\0') => return Err(BadFilter::new(at, "a NUL character")),
                Some(c) if c != quote => text.push(c),
                Some(_) if self.peek() == Some(quote) => {
                    self.next();
                    text.push(quote);
                }
                Some(_) => return Ok(text),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The tree as text, with one kind of quotes.
    fn shown(argument: &Argument) -> String {
        match argument {
            Argument::Bare { text, .. } => text.clone(),
            Argument::Quoted { text, .. } => format!("'{}'", text.replace('\'', "''")),
            Argument::Function(Function { name, arguments, .. }) => {
                format!("{name}({})", arguments.iter().map(shown).collect::<Vec<_>>().join(","))
            }
        }
    }

    fn read(text: &str) -> String {
        match parse(text) {
            Ok(function) => shown(&Argument::Function(function)),
            Err(bad) => bad.to_string(),
        }
    }

    #[test]
    fn each_form_that_clients_send_is_read() {
        for (text, tree) in [
            (r#"eq(name, "Public")"#, "eq(name,'Public')"),
            ("eq(name,'x')", "eq(name,'x')"),
            ("eq('name','x')", "eq('name','x')"),
            (r#"eq($primary,name,"Public")"#, "eq($primary,name,'Public')"),
            (r#" in ( name , "a" ,"b" ) "#, "in(name,'a','b')"),
            (r#"and(endsWith(name,"x"),not(contains(name,'y')))"#, "and(endsWith(name,'x'),not(contains(name,'y')))"),
            ("eq(type,read)", "eq(type,read)"),
            ("ge(createdTimestamp,2016-08-27T04:09:42.150Z)", "ge(createdTimestamp,2016-08-27T04:09:42.150Z)"),
        ] {
            assert_eq!(read(text), tree, "{text}");
        }
    }

    #[test]
    fn what_is_within_quotes_is_itself() {
        for (text, value) in [
            (r#"eq(name,"100%_\\")"#, r"100%_\\"),
            (r#"eq(name,"it's, (so) it is")"#, "it's, (so) it is"),
            ("eq(name,'it''s')", "it's"),
            (r#"eq(name,"say ""hi""")"#, r#"say "hi""#),
            (r"eq(name,'\')", r"\"),
            ("eq(name,'')", ""),
            ("eq(name,'''')", "'"),
            ("eq(name,' Zoë\u{202e}🦀 ')", " Zoë\u{202e}🦀 "),
            ("eq(name,'a\nb')", "a\nb"),
        ] {
            let function = parse(text).unwrap();
            assert_eq!(function.arguments[1].text(), Some(value), "{text}");
        }
    }

    #[test]
    fn what_is_no_filter_is_refused_with_its_place() {
        let nested = |levels: usize| format!("{}eq(name,'x'){}", "not(".repeat(levels - 1), ")".repeat(levels - 1));
        assert!(parse(&nested(DEPTH)).is_ok());
        assert_eq!(read(&nested(DEPTH + 1)), "at character 65: more than 16 functions within each other");
        let many = |values: usize| format!("in(name{})", ",''".repeat(values));
        assert!(parse(&many(PARTS - 2)).is_ok());
        assert_eq!(read(&many(PARTS - 1)), "at character 603: more than 200 functions and values in all");
        let long = |bytes: usize| format!("eq(name,'{}')", "x".repeat(bytes - 11));
        assert!(parse(&long(LENGTH)).is_ok());
        assert_eq!(read(&long(LENGTH + 1)), "at character 1: it is too long: 4001 bytes, at most 4000");
        let table: Vec<String> = [
            "",
            " ",
            "name",
            "'x'",
            "eq",
            "eq(",
            "eq()",
            "eq(name",
            "eq(name,",
            "eq(name,)",
            "eq(name,'x'",
            "eq(name,'x",
            "eq(name,'x'))",
            "eq(name,'x')eq(name,'y')",
            "eq(name,'x'),eq(name,'y')",
            "eq(name 'x')",
            "eq(name,'x'y)",
            "(eq(name,'x'))",
            "eq(name,'\0')",
            "eq(na\0me,'x')",
            "eq(,'x')",
        ]
        .iter()
        .map(|text| format!("{text:?} -> {}", read(text)))
        .collect();
        insta::assert_snapshot!(table.join("\n"), @r#"
        "" -> at character 1: the end, where a function, a member or a value belongs
        " " -> at character 2: the end, where a function, a member or a value belongs
        "name" -> at character 1: a filter is a function, like eq(name,"Public")
        "'x'" -> at character 1: a filter is a function, like eq(name,"Public")
        "eq" -> at character 1: a filter is a function, like eq(name,"Public")
        "eq(" -> at character 4: the end, where a function, a member or a value belongs
        "eq()" -> at character 4: ')', where a function, a member or a value belongs
        "eq(name" -> at character 1: the parenthesis of this function is never closed
        "eq(name," -> at character 9: the end, where a function, a member or a value belongs
        "eq(name,)" -> at character 9: ')', where a function, a member or a value belongs
        "eq(name,'x'" -> at character 1: the parenthesis of this function is never closed
        "eq(name,'x" -> at character 9: this quote is never closed
        "eq(name,'x'))" -> at character 13: ')' after the end of the first function; join several with and(…,…)
        "eq(name,'x')eq(name,'y')" -> at character 13: 'e' after the end of the first function; join several with and(…,…)
        "eq(name,'x'),eq(name,'y')" -> at character 13: ',' after the end of the first function; join several with and(…,…)
        "eq(name 'x')" -> at character 9: '\'', where a comma or a closing parenthesis belongs
        "eq(name,'x'y)" -> at character 12: 'y', where a comma or a closing parenthesis belongs
        "(eq(name,'x'))" -> at character 1: '(', where a function, a member or a value belongs
        "eq(name,'\0')" -> at character 10: a NUL character
        "eq(na\0me,'x')" -> at character 6: '\0', where a comma or a closing parenthesis belongs
        "eq(,'x')" -> at character 4: ',', where a function, a member or a value belongs
        "#);
    }

    fn argument() -> impl Strategy<Value = Argument> {
        let leaf = prop_oneof![
            "[$a-zA-Z0-9./:-]{1,8}".prop_map(|text| Argument::Bare { text, at: 0 }),
            "[^\0]{0,12}".prop_map(|text| Argument::Quoted { text, at: 0 }),
        ];
        leaf.prop_recursive(6, 40, 4, |inner| {
            ("[a-zA-Z]{1,6}", prop::collection::vec(inner, 1..4))
                .prop_map(|(name, arguments)| Argument::Function(Function { name, at: 0, arguments }))
        })
    }

    proptest! {
        #[test]
        fn a_text_is_read_or_refused(text in ".{0,200}") {
            if let Err(bad) = parse(&text) {
                prop_assert!((1..=text.chars().count() + 1).contains(&bad.at), "{bad}");
            }
        }

        #[test]
        fn a_text_of_the_grammars_own_characters_is_read_or_refused(text in r#"[eqandnot(),'" $]{0,200}"#) {
            let _ = parse(&text);
        }

        #[test]
        fn a_tree_that_is_written_is_read_again(arguments in prop::collection::vec(argument(), 1..4)) {
            let written = shown(&Argument::Function(Function { name: "and".into(), at: 0, arguments }));
            prop_assert_eq!(read(&written), written);
        }
    }
}
