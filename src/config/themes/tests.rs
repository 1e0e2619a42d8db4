use super::*;

const SURFACES: [Surface; 8] = [
    Surface::Ground,
    Surface::Selection,
    Surface::SelectionIdle,
    Surface::Bar,
    Surface::Note,
    Surface::Field,
    Surface::FieldFocus,
    Surface::Overlay,
];
const INKS: [Ink; 10] = [
    Ink::Text,
    Ink::Dim,
    Ink::Strong,
    Ink::Unread,
    Ink::Link,
    Ink::Quote,
    Ink::Key,
    Ink::Title,
    Ink::Rule,
    Ink::Name,
];
const SIGNALS: [Signal; 8] = [
    Signal::Good,
    Signal::Busy,
    Signal::Warning,
    Signal::Trouble,
    Signal::Overdue,
    Signal::Urgent,
    Signal::Mark,
    Signal::Match,
];

fn nowhere() -> &'static Path {
    Path::new("/nowhere")
}

#[test]
fn every_built_in_theme_says_every_role_and_its_own_name() {
    for (name, text) in BUILT_IN {
        let file: ThemeFile = toml::from_str(text).unwrap();
        assert_eq!(file.name.as_deref(), Some(name));
        for role in SURFACES {
            assert!(file.surface.contains_key(&role), "{name}: surface {role:?}");
        }
        for role in INKS {
            assert!(file.ink.contains_key(&role), "{name}: ink {role:?}");
        }
        for role in SIGNALS {
            assert!(file.signal.contains_key(&role), "{name}: signal {role:?}");
        }
        find(name, nowhere()).unwrap();
    }
}

#[test]
fn selection_and_note_cannot_be_mistaken_for_the_ground() {
    for name in built_in_names() {
        let theme = find(name, nowhere()).unwrap();
        let ground = theme.surface[&Surface::Ground].clone();
        for role in [Surface::Selection, Surface::SelectionIdle, Surface::Note] {
            assert_ne!(theme.surface[&role], ground, "{name}: {role:?}");
        }
        assert_ne!(
            theme.surface[&Surface::Selection],
            theme.surface[&Surface::Note],
            "{name}"
        );
        assert_ne!(
            theme.surface[&Surface::Selection],
            theme.surface[&Surface::SelectionIdle],
            "{name}"
        );
    }
}

#[test]
fn text_can_be_read_on_every_ground() {
    for name in built_in_names() {
        let theme = find(name, nowhere()).unwrap();
        let default_fg = theme.surface[&Surface::Ground].fg.clone();
        for role in SURFACES {
            let paint = &theme.surface[&role];
            let fg = paint.fg.as_ref().or(default_fg.as_ref());
            let (Some(fg), Some(bg)) = (
                fg.and_then(|c| rgb(c)),
                paint.bg.as_ref().and_then(|c| rgb(c)),
            ) else {
                continue;
            };
            let ratio = contrast(fg, bg);
            assert!(
                ratio >= 4.5,
                "{name}: {role:?} has a contrast of {ratio:.1}"
            );
        }
    }
}

#[test]
fn inks_and_signals_can_be_read_on_the_ground_of_their_theme() {
    for name in built_in_names() {
        let theme = find(name, nowhere()).unwrap();
        let Some(ground) = theme.surface[&Surface::Ground]
            .bg
            .as_ref()
            .and_then(|c| rgb(c))
        else {
            continue;
        };
        let inks = theme
            .ink
            .iter()
            .filter(|(ink, _)| **ink != Ink::Rule)
            .map(|(ink, paint)| (format!("{ink:?}"), paint));
        let signals = theme
            .signal
            .iter()
            .map(|(signal, paint)| (format!("{signal:?}"), paint));
        for (role, paint) in inks.chain(signals) {
            let bg = paint.bg.as_ref().and_then(|c| rgb(c)).unwrap_or(ground);
            let Some(fg) = paint.fg.as_ref().and_then(|c| rgb(c)) else {
                continue;
            };
            let ratio = contrast(fg, bg);
            assert!(ratio >= 4.0, "{name}: {role} has a contrast of {ratio:.1}");
        }
    }
}

#[test]
fn the_plain_theme_has_no_colour_and_sixteen_has_only_names() {
    for (name, allowed) in [("plain", &[][..]), ("sixteen", &NAMED_COLOURS[..])] {
        let theme = find(name, nowhere()).unwrap();
        let paints = theme
            .surface
            .values()
            .chain(theme.ink.values())
            .chain(theme.signal.values());
        for colour in paints.flat_map(|paint| [&paint.fg, &paint.bg]).flatten() {
            assert!(allowed.contains(&colour.as_str()), "{name}: {colour}");
        }
    }
}

#[test]
fn a_theme_of_three_lines_is_a_whole_theme() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(
        home.path().join("mine.toml"),
        "dark = false\n[ink]\nlink = { fg = \"#0000aa\", underline = true }\n",
    )
    .unwrap();
    let theme = find("mine", home.path()).unwrap();
    let light = find("light", nowhere()).unwrap();
    assert_eq!(theme.name, "mine");
    assert_eq!(theme.ink[&Ink::Link].fg.as_deref(), Some("#0000aa"));
    assert_eq!(theme.surface, light.surface);
    assert_eq!(theme.ink[&Ink::Text], light.ink[&Ink::Text]);
    let by_path = home.path().join("mine.toml");
    assert_eq!(find(by_path.to_str().unwrap(), nowhere()).unwrap(), theme);
}

#[test]
fn mistakes_in_a_theme_are_named_with_their_place() {
    let home = tempfile::tempdir().unwrap();
    let cases = [
        (
            "dark = true\n[ink]\nlnk = {}\n",
            "mine.toml:3:1: unknown variant `lnk`",
            "did you mean `link`?",
        ),
        (
            "dark = true\n[ink]\nlink = { fg = \"lihgt-red\" }\n",
            "mine.toml:3:15: `lihgt-red` is not a colour",
            "did you mean `light-red`?",
        ),
        (
            "dark = true\n[ink]\nlink = { fg = \"#12345\" }\n",
            "mine.toml:3:15:",
            "#rrggbb",
        ),
        (
            "dark = true\n[ink]\nlink = { bolt = true }\n",
            "mine.toml:3:10: unknown field `bolt`",
            "did you mean `bold`?",
        ),
        ("[ink]\n", "missing field `dark`", "mine.toml:1:1"),
    ];
    for (text, place, hint) in cases {
        std::fs::write(home.path().join("mine.toml"), text).unwrap();
        let said = find("mine", home.path()).unwrap_err().to_string();
        assert!(said.contains(place), "{said}");
        assert!(said.contains(hint), "{said}");
    }
}

#[test]
fn an_unknown_theme_names_the_nearest() {
    let trouble = find("drak", nowhere()).unwrap_err();
    assert!(trouble.hint.unwrap().starts_with("did you mean `dark`?"));
}

fn rgb(colour: &str) -> Option<[f64; 3]> {
    let digits = colour.strip_prefix('#')?;
    let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).map(f64::from);
    Some([part(0).ok()?, part(2).ok()?, part(4).ok()?])
}

/// WCAG 2.1 §1.4.3.
fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let light = |rgb: [f64; 3]| {
        let linear = rgb.map(|part| {
            let part = part / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    };
    let (one, other) = (light(one), light(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}
