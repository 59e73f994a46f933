//! Checks that an SVG logo is a picture and nothing else: no script, no other document, nothing from outside. Pages also serve
//! it with a policy that forbids all of this.

use std::collections::BTreeSet;

use roxmltree::{Document, Node, NodeType, ParsingOptions};

const SVG: &str = "http://www.w3.org/2000/svg";
const XHTML: &str = "http://www.w3.org/1999/xhtml";
/// The limit of elements and texts.
const MOST_NODES: u32 = 10_000;

/// The elements that draw. Any other one is refused, so that a new element of SVG needs a decision of ours.
const ELEMENTS: [&str; 51] = [
    "circle",
    "clipPath",
    "defs",
    "desc",
    "ellipse",
    "feBlend",
    "feColorMatrix",
    "feComponentTransfer",
    "feComposite",
    "feConvolveMatrix",
    "feDiffuseLighting",
    "feDisplacementMap",
    "feDistantLight",
    "feDropShadow",
    "feFlood",
    "feFuncA",
    "feFuncB",
    "feFuncG",
    "feFuncR",
    "feGaussianBlur",
    "feMerge",
    "feMergeNode",
    "feMorphology",
    "feOffset",
    "fePointLight",
    "feSpecularLighting",
    "feSpotLight",
    "feTile",
    "feTurbulence",
    "filter",
    "g",
    "line",
    "linearGradient",
    "marker",
    "mask",
    "metadata",
    "path",
    "pattern",
    "polygon",
    "polyline",
    "radialGradient",
    "rect",
    "stop",
    "style",
    "svg",
    "symbol",
    "text",
    "textPath",
    "title",
    "tspan",
    "use",
];

/// Why an SVG file is refused, and what to change.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSvg {
    /// Not well-formed XML.
    #[error("the file is neither PNG nor well-formed SVG: {0}")]
    Xml(String),
    /// The outermost element is another one.
    #[error("the file is XML but not SVG: its outermost element must be <svg xmlns=\"http://www.w3.org/2000/svg\">")]
    Root,
    /// A document type, which can declare entities.
    #[error("the SVG has a DOCTYPE; remove it, or save the logo as plain SVG")]
    Doctype,
    #[error("the SVG is declared as {0}; save it in UTF-8")]
    Encoding(String),
    #[error("the SVG has <?{0}?>; remove it")]
    Instruction(String),
    /// An element that does more than draw.
    #[error("the SVG has <{0}>; remove it: a logo has only shapes, text, gradients and filters")]
    Element(String),
    /// An event handler, or `xml:base`.
    #[error("the SVG has the attribute {0}; remove it")]
    Attribute(String),
    #[error("the SVG refers to {0:?}; only references within the file, like \"#shape\", are accepted")]
    Reference(String),
    /// CSS that can load something, or hide that it does.
    #[error("the SVG has CSS with {0}; remove it: only url(#…) within the file is accepted")]
    Css(&'static str),
    /// Copies of copies, which can be exponentially many.
    #[error("the SVG has a <use> within something that is itself used; save it with its copies resolved")]
    Copies,
}

/// Checks the text of an SVG file.
pub(super) fn check(text: &str) -> Result<(), BadSvg> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    check_encoding(text)?;
    // The reader accepts an empty document type.
    if text.contains("<!DOCTYPE") {
        return Err(BadSvg::Doctype);
    }
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| BadSvg::Xml(error.to_string()))?;
    let root = document.root_element();
    if root.tag_name().name() != "svg" || root.tag_name().namespace() != Some(SVG) {
        return Err(BadSvg::Root);
    }
    for node in document.root().descendants() {
        match node.node_type() {
            NodeType::PI => {
                return Err(BadSvg::Instruction(node.pi().map(|pi| pi.target.to_owned()).unwrap_or_default()));
            }
            NodeType::Element => check_element(node)?,
            NodeType::Root | NodeType::Comment | NodeType::Text => {}
        }
    }
    check_copies(&document)
}

/// A browser would decode another encoding differently from us, and could read something else.
fn check_encoding(text: &str) -> Result<(), BadSvg> {
    let declaration =
        text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")).map_or("", |(declaration, _)| declaration);
    let Some((_, rest)) = declaration.split_once("encoding") else { return Ok(()) };
    let name = rest.trim_start_matches([' ', '\t', '\r', '\n', '=']).trim_start_matches(['"', '\'']);
    let name = name.split(['"', '\'']).next().unwrap_or_default();
    if name.eq_ignore_ascii_case("utf-8") { Ok(()) } else { Err(BadSvg::Encoding(name.to_owned())) }
}

fn check_element(element: Node<'_, '_>) -> Result<(), BadSvg> {
    let (name, namespace) = (element.tag_name().name(), element.tag_name().namespace());
    // Drawing programs store their own data in namespaces of their own, which browsers ignore.
    let is_accepted = match namespace {
        Some(SVG) => ELEMENTS.contains(&name),
        Some(XHTML | "") | None => false,
        Some(_) => true,
    };
    if !is_accepted {
        return Err(BadSvg::Element(name.to_owned()));
    }
    for attribute in element.attributes() {
        let (name, value) = (attribute.name().to_ascii_lowercase(), attribute.value());
        if name.starts_with("on") || name == "base" {
            return Err(BadSvg::Attribute(attribute.name().to_owned()));
        }
        if matches!(name.as_str(), "href" | "src") && !value.trim().starts_with('#') {
            return Err(BadSvg::Reference(value.chars().take(60).collect()));
        }
        if attribute.namespace().is_none() {
            check_css(value)?;
        }
    }
    if name == "style" {
        // Browsers join the texts around comments.
        let texts = element.descendants().filter(Node::is_text).filter_map(|node| node.text());
        check_css(&texts.collect::<String>())?;
    }
    Ok(())
}

/// CSS, in a style sheet or in any attribute, since most of them are properties too.
fn check_css(css: &str) -> Result<(), BadSvg> {
    let css = css.to_ascii_lowercase();
    if css.contains('\\') {
        return Err(BadSvg::Css("a backslash"));
    }
    for loading in ["@import", "@font-face", "image-set(", "image(", "src(", "cross-fade(", "javascript:"] {
        if css.contains(loading) {
            return Err(BadSvg::Css(loading));
        }
    }
    for argument in css.split("url(").skip(1) {
        if !argument.trim_start().trim_start_matches(['"', '\'']).starts_with('#') {
            return Err(BadSvg::Css("url()"));
        }
    }
    Ok(())
}

/// Refuses a `<use>` within an element that another one can refer to: ten of them in each of ten levels draw 10,000,000,000
/// shapes.
fn check_copies(document: &Document<'_>) -> Result<(), BadSvg> {
    let uses = || document.descendants().filter(|node| node.is_element() && node.tag_name().name() == "use");
    let references = |node: Node<'_, '_>| {
        let targets = node.attributes().filter(|attribute| attribute.name() == "href");
        targets.map(|attribute| attribute.value().trim().trim_start_matches('#').to_owned()).collect::<Vec<_>>()
    };
    let targets: BTreeSet<String> = uses().flat_map(references).collect();
    let is_used =
        |node: Node<'_, '_>| node.attributes().any(|attribute| attribute.name() == "id" && targets.contains(attribute.value()));
    if uses().any(|node| node.ancestors().any(is_used)) { Err(BadSvg::Copies) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(body: &str) -> Result<(), BadSvg> {
        check(&format!(r#"<svg xmlns="{SVG}" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">{body}</svg>"#))
    }

    #[test]
    fn a_picture_is_accepted() {
        for body in [
            "",
            r##"<path d="M0 0h9" fill="none" stroke="#0b5d57"/>"##,
            r#"<defs><linearGradient id="a"><stop offset="1" stop-color="red"/></linearGradient></defs><rect fill="url(#a)"/>"#,
            r#"<rect style="fill: url( '#a' )"/>"#,
            r##"<g id="a"><circle r="2"/></g><use href="#a"/><use xlink:href="#a"/>"##,
            "<style>.a { fill: teal } @media (prefers-color-scheme: dark) { .a { fill: white } }</style>",
            r#"<title>One &amp; two</title><metadata><r:RDF xmlns:r="urn:r"><r:li r:resource="http://a.example"/></r:RDF></metadata>"#,
            "<!-- onload= --><text>onload=alert(1)</text>",
        ] {
            assert_eq!(within(body), Ok(()), "{body}");
        }
        let declared = format!("\u{FEFF}<?xml version=\"1.0\" encoding='UTF-8' standalone=\"no\"?>\n<svg xmlns=\"{SVG}\"/>");
        assert_eq!(check(&declared), Ok(()));
    }

    #[test]
    fn an_element_that_does_more_than_draw_is_refused() {
        for (body, name) in [
            ("<script>alert(1)</script>", "script"),
            ("<script/>", "script"),
            ("<foreignObject><p xmlns=\"http://www.w3.org/1999/xhtml\">x</p></foreignObject>", "foreignObject"),
            ("<p xmlns=\"http://www.w3.org/1999/xhtml\">x</p>", "p"),
            ("<x:script xmlns:x=\"http://www.w3.org/1999/xhtml\">x</x:script>", "script"),
            ("<x:script xmlns:x=\"http://www.w3.org/2000/svg\">x</x:script>", "script"),
            ("<image href=\"#a\"/>", "image"),
            ("<feImage href=\"#a\"/>", "feImage"),
            ("<a href=\"#a\"/>", "a"),
            ("<set attributeName=\"href\" to=\"http://a.example\"/>", "set"),
            ("<animate attributeName=\"href\" to=\"http://a.example\"/>", "animate"),
            ("<SCRIPT/>", "SCRIPT"),
            ("<iframe/>", "iframe"),
            ("<p xmlns=\"\"/>", "p"),
        ] {
            assert_eq!(within(body), Err(BadSvg::Element(name.into())), "{body}");
        }
    }

    #[test]
    fn an_event_handler_or_another_base_is_refused() {
        for (body, name) in [
            ("<rect onload=\"alert(1)\"/>", "onload"),
            ("<rect ONCLICK=\"alert(1)\"/>", "ONCLICK"),
            ("<rect onwhatever=\"\"/>", "onwhatever"),
            ("<g xml:base=\"http://a.example/\"/>", "base"),
        ] {
            assert_eq!(within(body), Err(BadSvg::Attribute(name.into())), "{body}");
        }
        let root = format!("<svg xmlns=\"{SVG}\" onload=\"alert(1)\"/>");
        assert_eq!(check(&root), Err(BadSvg::Attribute("onload".into())));
    }

    #[test]
    fn a_reference_to_outside_is_refused() {
        for to in ["http://a.example/x.svg#a", "//a.example", "x.svg", "data:image/svg+xml,x", "javascript:alert(1)", "", " \n/x"]
        {
            for attribute in ["href", "xlink:href"] {
                let refused = within(&format!("<use {attribute}=\"{to}\"/>"));
                assert!(matches!(refused, Err(BadSvg::Reference(_))), "{to:?}: {refused:?}");
            }
        }
    }

    #[test]
    fn css_that_loads_something_is_refused() {
        for css in [
            "@import 'http://a.example/x.css';",
            "@IMPORT url(#a);",
            ".a { fill: url(http://a.example/#a) }",
            ".a { fill: URL( 'x.svg#a' ) }",
            ".a { fill: url(#a); stroke: url(data:x) }",
            ".a { fill: \\75rl(http://a.example) }",
            "@font-face { font-family: a; src: local(a) }",
            ".a { background: image-set('http://a.example' 1x) }",
        ] {
            assert!(matches!(within(&format!("<style>{css}</style>")), Err(BadSvg::Css(_))), "{css}");
            assert!(matches!(within(&format!("<style><![CDATA[{css}]]></style>")), Err(BadSvg::Css(_))), "{css}");
        }
        for body in [
            "<rect style=\"fill:url(http://a.example)\"/>",
            "<rect fill=\"url(http://a.example#a)\"/>",
            "<rect filter=\"url( &quot;http://a.example#a&quot;)\"/>",
            "<rect cursor=\"&#x75;rl(x.svg#a)\"/>",
            "<style>@im<!-- -->port 'x.css';</style>",
            "<style>.a { fill: ur<![CDATA[l(x)]]> }</style>",
        ] {
            assert!(matches!(within(body), Err(BadSvg::Css(_))), "{body}");
        }
    }

    #[test]
    fn a_document_type_or_a_processing_instruction_is_refused() {
        let bomb = format!(
            "<!DOCTYPE svg [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">]>\
             <svg xmlns=\"{SVG}\"><text>&c;</text></svg>"
        );
        let outside =
            format!("<!DOCTYPE svg [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><svg xmlns=\"{SVG}\"><text>&a;</text></svg>");
        for text in [bomb, outside, format!("<!DOCTYPE svg><svg xmlns=\"{SVG}\"/>")] {
            assert_eq!(check(&text), Err(BadSvg::Doctype));
        }
        let styled = format!("<?xml-stylesheet href=\"http://a.example/x.css\"?><svg xmlns=\"{SVG}\"/>");
        assert_eq!(check(&styled), Err(BadSvg::Instruction("xml-stylesheet".into())));
        assert_eq!(within("<?php phpinfo() ?>"), Err(BadSvg::Instruction("php".into())));
        assert!(matches!(within("<text>&c;</text>"), Err(BadSvg::Xml(_))));
    }

    #[test]
    fn what_is_not_svg_is_refused() {
        for text in ["", "<svg>", "<svg/>", "<html><body/></html>", "<svg xmlns=\"http://www.w3.org/1999/xhtml\"/>", "just text"]
        {
            assert!(matches!(check(text), Err(BadSvg::Xml(_) | BadSvg::Root)), "{text}");
        }
        for name in ["UTF-7", "ISO-2022-JP", "utf-16"] {
            let text = format!("<?xml version=\"1.0\" encoding=\"{name}\"?><svg xmlns=\"{SVG}\"/>");
            assert_eq!(check(&text), Err(BadSvg::Encoding(name.into())));
        }
    }

    #[test]
    fn many_nodes_and_copies_of_copies_are_refused() {
        assert!(matches!(within(&"<g/>".repeat(10_001)), Err(BadSvg::Xml(_))));
        assert!(matches!(within(&("<g>".repeat(10_001) + &"</g>".repeat(10_001))), Err(BadSvg::Xml(_))));
        let level = |n: usize| format!("<g id=\"l{n}\">{}</g>", format!("<use href=\"#l{}\"/>", n + 1).repeat(10));
        let bomb: String = (0..10).map(level).collect();
        assert_eq!(within(&bomb), Err(BadSvg::Copies));
        assert_eq!(within("<symbol id=\"a\"><path id=\"b\"/><use href=\"#b\"/></symbol><use href=\"#a\"/>"), Err(BadSvg::Copies));
    }
}
