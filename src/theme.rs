//! The colours of pages and emails, in a light and a dark scheme. Stylesheets and emails take every colour from here, and an
//! instance's accent replaces ours in both schemes.

#![expect(clippy::unreadable_literal, reason = "a colour is written as rrggbb everywhere")]

use std::fmt;

/// The contrast that text needs on its ground (WCAG 2.2, success criterion 1.4.3).
pub const TEXT_CONTRAST: f64 = 4.5;
/// The contrast of the accent in the dark scheme, well above the minimum because thin light text on dark looks weaker.
const DARK_CONTRAST: f64 = 8.0;
/// A lightened accent with more saturation glares on a dark ground.
const DARK_SATURATION: f64 = 0.52;

const WHITE: Colour = Colour::new(0xffffff);
const BLACK: Colour = Colour::new(0x000000);
/// Our own accent.
const ACCENT: Colour = Colour::new(0x0b5d57);

/// An sRGB colour, written `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour([u8; 3]);

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl Colour {
    const fn new(rgb: u32) -> Self {
        let [_, red, green, blue] = rgb.to_be_bytes();
        Self([red, green, blue])
    }

    /// Reads `#rrggbb`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        u32::from_str_radix(digits, 16).ok().filter(|_| is_hex).map(Self::new)
    }

    /// The contrast ratio of two colours, 1 to 21 (WCAG 2.2).
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// This colour with so many per mille of another one.
    fn mixed(self, other: Self, per_mille: u32) -> Self {
        let (mut mixed, other) = (self.0, other.0);
        for (part, other) in mixed.iter_mut().zip(other) {
            let sum = u32::from(*part) * (1000 - per_mille) + u32::from(other) * per_mille;
            *part = u8::try_from((sum + 500) / 1000).unwrap_or(u8::MAX);
        }
        Self(mixed)
    }

    /// Hue in degrees, and saturation of 0 to 1 (HSL).
    fn hue_and_saturation(self) -> (f64, f64) {
        let [red, green, blue] = self.0.map(|part| f64::from(part) / 255.0);
        let (most, least) = (red.max(green).max(blue), red.min(green).min(blue));
        let span = most - least;
        if self.0.iter().all(|part| self.0.first() == Some(part)) {
            return (0.0, 0.0);
        }
        let hue = match self.0.iter().max() {
            top if top == self.0.first() => (green - blue) / span,
            top if top == self.0.get(1) => (blue - red) / span + 2.0,
            _ => (red - green) / span + 4.0,
        };
        ((hue * 60.0).rem_euclid(360.0), span / (1.0 - (most + least - 1.0).abs()))
    }

    /// The colour of a hue, a saturation and a lightness (HSL).
    fn from_hsl(hue: f64, saturation: f64, lightness: f64) -> Self {
        let reach = saturation * lightness.min(1.0 - lightness);
        Self([0.0, 8.0, 4.0].map(|offset: f64| {
            let turn = (offset + hue / 30.0).rem_euclid(12.0);
            let part = lightness - reach * (turn - 3.0).min(9.0 - turn).clamp(-1.0, 1.0);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the range of a byte")]
            let byte = (part * 255.0).round().clamp(0.0, 255.0) as u8;
            byte
        }))
    }
}

/// The colours of one scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    /// Behind everything.
    pub background: Colour,
    /// Cards, the bar and the body of an email.
    pub surface: Colour,
    /// Text.
    pub text: Colour,
    /// Secondary text.
    pub muted: Colour,
    /// Lines.
    pub border: Colour,
    /// The edges of fields and buttons, 3:1 on the surface.
    pub control: Colour,
    /// Links and the buttons that go forward.
    pub accent: Colour,
    /// The same under the pointer.
    pub accent_hover: Colour,
    /// Text on the accent.
    pub on_accent: Colour,
    /// The ground of a selected choice.
    pub accent_tint: Colour,
    /// What is approved or done.
    pub success: Colour,
    /// Its ground.
    pub success_tint: Colour,
    /// What waits, and risks.
    pub warning: Colour,
    /// Its ground.
    pub warning_tint: Colour,
    /// Errors, and buttons that destroy.
    pub danger: Colour,
    /// Its ground.
    pub danger_tint: Colour,
    /// The ground of what is over.
    pub neutral_tint: Colour,
}

const LIGHT: Palette = Palette {
    background: Colour::new(0xf3f5f3),
    surface: WHITE,
    text: Colour::new(0x182023),
    muted: Colour::new(0x515c61),
    border: Colour::new(0xdde2de),
    control: Colour::new(0x78858a),
    accent: ACCENT,
    accent_hover: ACCENT,
    on_accent: WHITE,
    accent_tint: WHITE,
    success: Colour::new(0x14663a),
    success_tint: Colour::new(0xe6f4ea),
    warning: Colour::new(0x7c4a03),
    warning_tint: Colour::new(0xfcf1dc),
    danger: Colour::new(0xa3171f),
    danger_tint: Colour::new(0xfdefee),
    neutral_tint: Colour::new(0xeceff0),
};

const DARK: Palette = Palette {
    background: Colour::new(0x101415),
    surface: Colour::new(0x191f21),
    text: Colour::new(0xe8edee),
    muted: Colour::new(0xa8b4b8),
    border: Colour::new(0x2e373a),
    control: Colour::new(0x849196),
    accent: ACCENT,
    accent_hover: ACCENT,
    on_accent: BLACK,
    accent_tint: BLACK,
    success: Colour::new(0x8fdba9),
    success_tint: Colour::new(0x173023),
    warning: Colour::new(0xf0c67a),
    warning_tint: Colour::new(0x322812),
    danger: Colour::new(0xffaaa5),
    danger_tint: Colour::new(0x371f1e),
    neutral_tint: Colour::new(0x262d30),
};

impl Palette {
    fn light(accent: Colour) -> Self {
        Self { accent, accent_hover: accent.mixed(BLACK, 250), accent_tint: LIGHT.surface.mixed(accent, 80), ..LIGHT }
    }

    /// The dark scheme with this accent, lightened until it can be read there.
    fn dark(accent: Colour) -> Self {
        let (hue, saturation) = accent.hue_and_saturation();
        let lightened = |percent: u32| Colour::from_hsl(hue, saturation.min(DARK_SATURATION), f64::from(percent) / 100.0);
        let accent = (0..=100).map(lightened).find(|light| light.contrast(DARK.surface) >= DARK_CONTRAST).unwrap_or(WHITE);
        Self {
            accent,
            accent_hover: accent.mixed(WHITE, 400),
            on_accent: BLACK.mixed(accent, 220),
            accent_tint: DARK.surface.mixed(accent, 130),
            ..DARK
        }
    }

    /// The lowest contrast of the accent as text, and of text on it.
    fn accent_contrast(&self) -> f64 {
        let grounds = [self.on_accent, self.surface, self.background, self.accent_tint];
        grounds.into_iter().map(|ground| self.accent.contrast(ground)).fold(21.0, f64::min)
    }

    /// The custom properties of a stylesheet.
    fn css(&self) -> String {
        let tokens = [
            ("background", self.background),
            ("surface", self.surface),
            ("text", self.text),
            ("muted", self.muted),
            ("border", self.border),
            ("control", self.control),
            ("accent", self.accent),
            ("accent-hover", self.accent_hover),
            ("on-accent", self.on_accent),
            ("accent-tint", self.accent_tint),
            ("success", self.success),
            ("success-tint", self.success_tint),
            ("warning", self.warning),
            ("warning-tint", self.warning_tint),
            ("danger", self.danger),
            ("danger-tint", self.danger_tint),
            ("neutral-tint", self.neutral_tint),
        ];
        tokens.map(|(name, colour)| format!("--{name}:{colour};")).concat()
    }
}

/// The colours of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// For the light scheme.
    pub light: Palette,
    /// For the dark scheme.
    pub dark: Palette,
}

impl Default for Theme {
    fn default() -> Self {
        Self::of(ACCENT)
    }
}

/// An accent that is too faint.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TooFaint {
    /// The accent's lowest contrast.
    pub contrast: f64,
    /// The nearest colour that can be read.
    pub nearest: Colour,
}

impl Theme {
    fn of(accent: Colour) -> Self {
        Self { light: Palette::light(accent), dark: Palette::dark(accent) }
    }

    /// Our colours with another accent. Refuses one that cannot be read as text, or below text, in one of the schemes.
    pub fn with_accent(accent: Colour) -> Result<Self, TooFaint> {
        let (theme, contrast) = (Self::of(accent), Self::of(accent).accent_contrast());
        if contrast >= TEXT_CONTRAST {
            return Ok(theme);
        }
        let darker = (1..=1000).map(|per_mille| accent.mixed(BLACK, per_mille));
        let nearest = darker.into_iter().find(|darker| Self::of(*darker).accent_contrast() >= TEXT_CONTRAST);
        Err(TooFaint { contrast, nearest: nearest.unwrap_or(ACCENT) })
    }

    fn accent_contrast(&self) -> f64 {
        self.light.accent_contrast().min(self.dark.accent_contrast())
    }

    /// The colours of both schemes as custom properties, for the head of a stylesheet.
    pub fn css(&self) -> String {
        format!(":root{{{}}}@media(prefers-color-scheme:dark){{:root{{{}}}}}\n", self.light.css(), self.dark.css())
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert, proptest};

    use super::*;

    #[test]
    fn contrast_is_that_of_wcag() {
        for (one, two, expected) in [(0xffffff, 0x000000, 21.0), (0x767676, 0xffffff, 4.54), (0x0000ff, 0xffffff, 8.59)] {
            let contrast = Colour::new(one).contrast(Colour::new(two));
            assert!((contrast - expected).abs() < 0.01, "{one:06x} on {two:06x}: {contrast}");
        }
    }

    #[test]
    fn a_colour_is_a_hash_sign_and_six_digits() {
        assert_eq!(Colour::parse("#0B5d57").map(|colour| colour.to_string()).as_deref(), Some("#0b5d57"));
        for wrong in ["", "#", "0b5d57", "#0b5", "#0b5d5", "#0b5d577", "#+b5d57", "#gggggg", "teal", "#é5d57"] {
            assert_eq!(Colour::parse(wrong), None, "{wrong}");
        }
    }

    /// The text colours of a palette, each with the grounds it is used on.
    fn pairs(palette: &Palette) -> Vec<(Colour, Colour)> {
        let Palette { background, surface, .. } = *palette;
        let everywhere = [palette.text, palette.muted, palette.success, palette.warning, palette.danger, palette.accent];
        let mut pairs: Vec<_> = everywhere.iter().flat_map(|text| [(*text, background), (*text, surface)]).collect();
        pairs.extend([
            (palette.on_accent, palette.accent),
            (palette.on_accent, palette.accent_hover),
            (palette.accent, palette.accent_tint),
            (palette.accent_hover, surface),
            (palette.success, palette.success_tint),
            (palette.warning, palette.warning_tint),
            (palette.danger, palette.danger_tint),
            (palette.muted, palette.neutral_tint),
        ]);
        pairs
    }

    #[test]
    fn every_text_of_ours_can_be_read_on_its_ground() {
        let theme = Theme::default();
        for palette in [theme.light, theme.dark] {
            for (text, ground) in pairs(&palette) {
                assert!(text.contrast(ground) >= TEXT_CONTRAST, "{text} on {ground}: {}", text.contrast(ground));
            }
            assert!(palette.control.contrast(palette.surface) >= 3.0);
        }
        assert_eq!(Theme::with_accent(ACCENT), Ok(theme));
    }

    #[test]
    fn a_faint_accent_is_refused_with_the_nearest_that_can_be_read() {
        for faint in ["#ffffff", "#ffcc00", "#5bc0de", "#808080", "#e8590c"] {
            let refused = Theme::with_accent(Colour::parse(faint).unwrap()).unwrap_err();
            assert!(refused.contrast < TEXT_CONTRAST, "{faint}: {}", refused.contrast);
            assert!(Theme::with_accent(refused.nearest).is_ok(), "{faint}: {}", refused.nearest);
            // One step lighter is refused again.
            let lighter = refused.nearest.mixed(WHITE, 12);
            assert!(Theme::with_accent(lighter).is_err(), "{faint}: {} could be {lighter}", refused.nearest);
        }
    }

    proptest! {
        #[test]
        fn each_accent_that_is_accepted_can_be_read_in_both_schemes(red: u8, green: u8, blue: u8) {
            let accent = Colour([red, green, blue]);
            let theme = Theme::with_accent(accent).unwrap_or_else(|refused| Theme::with_accent(refused.nearest).unwrap());
            for (text, ground) in pairs(&theme.light).into_iter().chain(pairs(&theme.dark)) {
                prop_assert!(text.contrast(ground) >= TEXT_CONTRAST, "{accent}: {text} on {ground}");
            }
        }
    }
}
