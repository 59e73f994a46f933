//! The files that pages refer to: the stylesheets, the icon and the instance's logo. Each path contains its content's hash, so
//! that browsers cache it for ever and a changed one has a new path.

use std::fmt::Write;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue};
use actix_web::web::{self, Bytes, ServiceConfig};
use actix_web::{HttpResponse, guard, middleware};
use askama::Template;

use super::headers::security_headers;
use crate::config::{Instance, LogoKind};
use crate::secret::digest;
use crate::theme::Theme;

const SHEET: &str = include_str!("../../templates/pages/style.css");
/// The administrators' own, so that people who come from an email need not download it.
const ADMIN_SHEET: &str =
    concat!(include_str!("../../templates/pages/admin.css"), include_str!("../../templates/pages/previews.css"));
/// The icon with 16 and 32 pixels in our own colour, for browsers that show no SVG in a tab.
const FAVICON: &[u8] = include_bytes!("../../templates/favicon.ico");
/// A logo opened by itself is a document: it may do nothing.
const LOGO_POLICY: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'";
const A_YEAR: &str = "public, max-age=31536000, immutable";
const A_DAY: &str = "public, max-age=86400";

/// A file with its path.
#[derive(Clone, Debug)]
pub(super) struct Asset {
    path: String,
    kind: &'static str,
    caching: &'static str,
    policy: Option<&'static str>,
    content: Bytes,
}

/// The instance as pages show it, and the files of its pages.
#[derive(Clone, Debug)]
pub(super) struct Assets {
    pub(super) instance: Instance,
    sheet: Asset,
    admin_sheet: Asset,
    icon: Asset,
    logo: Option<Asset>,
}

#[derive(Template)]
#[template(path = "pages/icon.svg")]
struct Icon<'a> {
    theme: &'a Theme,
}

impl Asset {
    fn new(name: &str, ending: &str, kind: &'static str, content: Bytes) -> Self {
        let hash = digest(&[&content]);
        let mut path = hash.iter().take(8).fold(format!("/{name}-"), |mut path, byte| {
            let _ = write!(path, "{byte:02x}");
            path
        });
        path.push('.');
        path.push_str(ending);
        Self { path, kind, caching: A_YEAR, policy: None, content }
    }

    fn response(&self) -> HttpResponse {
        let mut response = HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, self.kind))
            .insert_header((CACHE_CONTROL, self.caching))
            .body(self.content.clone());
        if let Some(policy) = self.policy {
            response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
        }
        response
    }
}

/// A stylesheet without comments, line ends and blanks that have no meaning in ours.
fn minified(css: &str) -> String {
    let (mut rest, mut code) = (css, String::with_capacity(css.len()));
    while let Some((before, after)) = rest.split_once("/*") {
        code.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    code.push_str(rest);
    let lines: String = code.lines().map(str::trim).collect();
    let shorter = [(": ", ":"), (", ", ","), ("; ", ";"), (" {", "{"), ("{ ", "{"), (" }", "}"), (";}", "}")];
    shorter.iter().fold(lines, |css, (long, short)| css.replace(long, short))
}

impl Assets {
    pub(super) fn new(instance: &Instance) -> Self {
        const CSS: &str = "text/css; charset=utf-8";
        const SVG: &str = "image/svg+xml; charset=utf-8";
        let colours = instance.theme.css();
        // The template has no condition, so it cannot fail.
        let icon = Icon { theme: &instance.theme }.render().unwrap_or_default();
        let logo = instance.logo.as_ref().map(|logo| {
            let (ending, kind) = match logo.kind() {
                LogoKind::Svg => ("svg", SVG),
                LogoKind::Png(..) => ("png", "image/png"),
            };
            let asset = Asset::new("logo", ending, kind, Bytes::copy_from_slice(logo.bytes()));
            Asset { policy: Some(LOGO_POLICY), ..asset }
        });
        Self {
            instance: instance.clone(),
            sheet: Asset::new("style", "css", CSS, minified(&format!("{colours}{SHEET}")).into()),
            admin_sheet: Asset::new("admin", "css", CSS, minified(&format!("{colours}{SHEET}{ADMIN_SHEET}")).into()),
            icon: Asset::new("icon", "svg", SVG, icon.into()),
            logo,
        }
    }

    /// The stylesheet's path.
    pub(super) fn sheet(&self) -> &str {
        &self.sheet.path
    }

    /// The administrators' stylesheet's path.
    pub(super) fn admin_sheet(&self) -> &str {
        &self.admin_sheet.path
    }

    /// The icon's path.
    pub(super) fn icon(&self) -> &str {
        &self.icon.path
    }

    /// The logo's path.
    pub(super) fn logo(&self) -> Option<&str> {
        self.logo.as_ref().map(|logo| logo.path.as_str())
    }

    pub(super) fn routes(&self, routes: &mut ServiceConfig) {
        // Browsers ask for this path by themselves.
        let favicon = Asset {
            path: "/favicon.ico".to_owned(),
            kind: "image/x-icon",
            caching: A_DAY,
            policy: None,
            content: Bytes::from_static(FAVICON),
        };
        let all = [&self.sheet, &self.admin_sheet, &self.icon, &favicon];
        for asset in all.into_iter().chain(&self.logo).cloned() {
            let safe = guard::Any(guard::Get()).or(guard::Head());
            let resource = web::resource(&asset.path);
            let route = web::route().guard(safe).to(move || std::future::ready(asset.response()));
            routes.service(resource.route(route).wrap(middleware::from_fn(security_headers)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stylesheet_is_served_without_comments_and_needless_blanks() {
        let css = "/* one\n   two */\na, b > c { color: var(--x); margin: calc(1rem - 2px) 0; }\n\n@media (min-width: 1rem) {\n  a { b: c; }\n}\n";
        assert_eq!(minified(css), "a,b > c{color:var(--x);margin:calc(1rem - 2px) 0}@media (min-width:1rem){a{b:c}}");
        let sheet = minified(SHEET);
        assert_eq!(sheet.matches(['{', '}']).count(), SHEET.matches(['{', '}']).count(), "braces in comments would be lost");
        assert!(sheet.len() < SHEET.len() && !sheet.contains("/*"));
    }
}
