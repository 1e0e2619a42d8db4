use proptest::prelude::*;

use super::*;

const GMAIL: &str = r##"<div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature"><div dir="ltr"><b>Anna Lee</b><div>Support, <font color="#666666">Acme&nbsp;Ltd</font></div><div><a href="https://acme.test" target="_blank">acme.test</a> | <a href="mailto:anna@acme.test">anna@acme.test</a></div><div><img src="https://ci3.googleusercontent.com/mail-sig/x" width="96" height="33"></div></div></div>"##;

const OUTLOOK: &str = r#"<html xmlns:o="urn:schemas-microsoft-com:office:office">
<head><meta http-equiv=Content-Type content="text/html; charset=utf-8"><style><!-- p.MsoNormal {margin:0cm;} --></style>
<!--[if gte mso 9]><xml><o:OfficeDocumentSettings><o:AllowPNG/></o:OfficeDocumentSettings></xml><![endif]--></head>
<body lang=EN-GB><div class=WordSection1>
<p class=MsoNormal><b><span style='color:#1F497D'>Anna Lee</span></b><o:p></o:p></p>
<p class=MsoNormal><span style='color:#1F497D'>Acme Ltd<o:p></o:p></span></p>
<p class=MsoNormal><a href="tel:+4412345">+44 12345</a>, <a href="https://acme.test/help?a=1&amp;b=2">Help</a><o:p></o:p></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<script>alert(1)</script></div></body></html>"#;

const APPLE: &str = r#"<meta charset="UTF-8"><div style="caret-color: rgb(0, 0, 0);"><div>--&nbsp;</div><div>Anna Lee</div><div><br></div><ul><li>Mon–Fri</li><li>9–17&nbsp;h</li></ul></div>"#;

const TABLE: &str = r#"<table cellpadding="0"><tr><td><img src="https://x.test/logo.png"></td><td><p>Anna <i>Lee</i></p></td></tr><tr><td>Phone</td><td>12345</td></tr></table>"#;

#[test]
fn signatures_of_mail_programs_become_clean_markdown() {
    let table = [
        (
            GMAIL,
            "**Anna Lee**\n\nSupport, Acme Ltd\n\n[acme.test](https://acme.test) | anna@acme.test",
        ),
        (
            OUTLOOK,
            "**Anna Lee**\n\nAcme Ltd\n\n+44 12345, [Help](https://acme.test/help?a=1&b=2)",
        ),
        (APPLE, "Anna Lee\n\n- Mon–Fri\n- 9–17 h"),
        (TABLE, "Anna *Lee*\nPhone 12345"),
        (
            "<p>x</p><p style=\"display: none\">counted</p><a href=\"javascript:alert(1)\">click</a>",
            "x\n\nclick",
        ),
        (
            "Version:0.9\r\nStartHTML:00000097\r\n<html><body><!--StartFragment--><b>Anna</b><!--EndFragment--></body></html>",
            "**Anna**",
        ),
    ];
    for (html, expected) in table {
        assert_eq!(markdown(html).as_deref(), Some(expected), "{html}");
    }
}

#[test]
fn what_only_begins_with_a_bracket_is_no_html() {
    for text in [
        "",
        "Best regards,\nAnna",
        "<anna@acme.test>",
        "<https://acme.test>",
        "<- look here",
        "<xml><a></a></xml>",
        "if a <b> then",
        "a <div>in the middle</div>",
        "<div without an end",
        "<script>alert(1)</script>",
    ] {
        assert_eq!(markdown(text), None, "{text}");
    }
}

#[test]
fn too_deep_or_too_large_is_left_as_it_is() {
    let deep = |n: usize| format!("{}x{}", "<div>".repeat(n), "</div>".repeat(n));
    assert_eq!(markdown(&deep(100)).as_deref(), Some("x"));
    assert_eq!(markdown(&deep(2_900)), None);
    assert_eq!(
        markdown(&format!("{}</p>", "<b><div></b>".repeat(1_900))),
        None
    );
    assert_eq!(markdown(&format!("<p>{}</p>", "x".repeat(300_000))), None);
    assert_eq!(
        markdown(&format!("<p>{}</p>", "<b></b>".repeat(4_000))),
        None
    );
}

proptest! {
    #[test]
    fn whatever_is_pasted_leaves_no_running_thing(
        html in "(<(div|p|b|a href=\"javascript:x\"|script|img src=x|table|td)>|</(div|p|b|a|script|table)>|[a-z<>&\" ]{1,5}){0,40}"
    ) {
        if let Some(made) = markdown(&format!("<div>{html}</div>")) {
            prop_assert!(!made.contains("](javascript:"), "{}", made);
            prop_assert!(!made.contains("<script"), "{}", made);
        }
    }
}
