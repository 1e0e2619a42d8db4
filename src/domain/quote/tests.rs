#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use super::*;

/// One letter a block: what is shown of a mail, as a test can read it.
fn shape(text: &str) -> String {
    blocks(text)
        .iter()
        .map(|block| {
            let letter = match block.kind {
                BlockKind::Text => 't',
                BlockKind::Quote => 'q',
                BlockKind::Signature => 's',
                BlockKind::Original => 'o',
                BlockKind::ForwardedHeader => 'f',
            };
            format!("{letter}{}", block.lines)
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// Mails as programs write them, and their shapes.
const MAILS: &[(&str, &str)] = &[
    (
        "Ясно\n\nПятница, 20 ноября 2026, 10:00 +03:00 от Ann Lee <a@example.test>:\n>старое\n",
        "t2 q2",
    ),
    (
        "Ясно\n\n20 листопада 2026, 10:00:00, від \"Ann Lee\" <a@example.test>:\n\n> старе\n",
        "t2 q3",
    ),
    (
        "Ясно\n\nОт кого: Ann <a@example.test>\nКому: Bob\nДата: 20.11.2026\nТема: Счёт\n\nстарое\n",
        "t2 o6",
    ),
    (
        "Grazie\n\nIl giorno ven 20 nov 2026 alle ore 10:00 Ann <a@example.test> ha\nscritto:\n\n> vecchio\n",
        "t2 q4",
    ),
    (
        "Grazie\n\nDa: Ann\nInviato: venerdì\nA: Bob\nOggetto: Ciao\n\nvecchio\n",
        "t2 o6",
    ),
    (
        "Dank\n\nOp vr 20 nov. 2026 om 10:00 schreef Ann <a@example.test>:\n> oud\n",
        "t2 q2",
    ),
    (
        "Dank\n\nVan: Ann\nVerzonden: vrijdag\nAan: Bob\nOnderwerp: Hallo\n\noud\n",
        "t2 o6",
    ),
    (
        "Obrigado\n\nEm sex., 20 de nov. de 2026 às 10:00, Ann <a@example.test> escreveu:\n\n> velho\n",
        "t2 q3",
    ),
    ("Hello\nthere\n", "t2"),
    ("", ""),
    ("Thanks!\n\n> old\n> lines\n\n>> older\n", "t2 q4"),
    (
        "Thanks!\n\nOn Fri, 20 Nov 2026 at 10:00, Ann Lee <ann@example.test> wrote:\n\n> old\n",
        "t2 q3",
    ),
    (
        "Thanks!\n\nOn Fri, 20 Nov 2026 at 10:00, Ann Lee\n<ann@example.test> wrote:\n> old\nbelow\n",
        "t2 q3 t1",
    ),
    (
        "Дякую\n\nпт, 20 лист. 2026 р. о 10:00 Олена <o@example.test> пише:\n\n> старе\n",
        "t2 q3",
    ),
    (
        "Дякую\n\n20.11.2026 10:00, Олена Коваленко написав(ла):\n> старе\n",
        "t2 q2",
    ),
    (
        "Спасибо\n\nпт, 20 нояб. 2026 г. в 10:00, Иван <i@example.test>:\n\n> старое\n",
        "t2 q3",
    ),
    (
        "Danke\n\nAm 20.11.2026 um 10:00 schrieb Ann Lee <a@example.test>:\n> alt\n",
        "t2 q2",
    ),
    (
        "Merci\n\nLe ven. 20 nov. 2026 à 10:00, Ann <a@example.test> a écrit :\n\n> vieux\n",
        "t2 q3",
    ),
    (
        "Gracias\n\nEl vie, 20 nov 2026 a las 10:00, Ann (<a@example.test>)\nescribió:\n\n> viejo\n",
        "t2 q4",
    ),
    (
        "Dzięki\n\nW dniu 20.11.2026 o 10:00, Ann pisze:\n> stare\n",
        "t2 q2",
    ),
    (
        "Dzięki\n\npt., 20 lis 2026 o 10:00 Ann <a@example.test> napisał(a):\n\n> stare\n",
        "t2 q3",
    ),
    (
        "谢谢\n\nAnn <a@example.test> 于2026年11月20日周五 10:00写道：\n\n> 旧\n",
        "t2 q3",
    ),
    (
        "ok\n\n-----Original Message-----\nFrom: Ann\nSent: Friday\nTo: Bob\nSubject: Hi\n\nold\n",
        "t2 o7",
    ),
    (
        "ok\n\n________________________________\nFrom: Ann <a@example.test>\nSent: Friday\nTo: Bob\nSubject: Hi\n\nold\n",
        "t2 o7",
    ),
    (
        "Добре\n\nВід: Олена\nНадіслано: пʼятниця\nКому: Іван\nТема: Рахунок\n\nстаре\n",
        "t2 o6",
    ),
    (
        "Хорошо\n\nОт: Иван\nОтправлено: пятница\nКому: Анна\nТема: Счёт\n\nстарое\n",
        "t2 o6",
    ),
    (
        "Gut\n\nVon: Ann\nGesendet: Freitag\nAn: Bob\nBetreff: Hallo\n\nalt\n",
        "t2 o6",
    ),
    (
        "Bien\n\nDe : Ann\nEnvoyé : vendredi\nÀ : Bob\nObjet : Salut\n\nvieux\n",
        "t2 o6",
    ),
    (
        "Bien\n\nDe: Ann\nEnviado: viernes\nPara: Bob\nAsunto: Hola\n\nviejo\n",
        "t2 o6",
    ),
    (
        "Dobrze\n\nOd: Ann\nWysłano: piątek\nDo: Bob\nTemat: Witaj\n\nstare\n",
        "t2 o6",
    ),
    (
        "ok\n\n*From:* Ann\n*Sent:* Friday\n*To:* Bob, Carol,\n  Dave\n*Subject:* Hi\n\nold\n",
        "t2 o7",
    ),
    (
        "See below\n\n---------- Forwarded message ---------\nFrom: Ann\nDate: Fri\nSubject: Hi\nTo: Bob\n\nnews\n",
        "t2 f5 t2",
    ),
    (
        "From: Ann\nSent: Friday\nTo: Bob\nSubject: Hi\n\nthe mail itself\n",
        "f4 t2",
    ),
    ("Hi\n-- \nAnn Lee\nAcme\n", "t1 s3"),
    ("Hi\n\nSent from my iPhone\n\n> old\n", "t2 s2 q1"),
    ("Вітаю\n\nНадіслано з iPhone\n", "t2 s1"),
    (
        "Hi\n-- \nAnn\n\nOn 2026-11-20 10:00, Bob wrote:\n> old\n",
        "t1 s3 q2",
    ),
    ("As Ann wrote:\nall is well\n", "t2"),
    ("Three steps:\n1. open\n2. close\n", "t3"),
    (">From here on it works\n", "t1"),
    ("From: is a word\nthat I like\n", "t2"),
    (
        "On 20.11.2026, Ann Lee <a@example.test> wrote:\nunmarked old text\nmore\n",
        "q3",
    ),
    (
        "first\n> asked\nanswer\n> asked again\nanswer again\n",
        "t1 q1 t1 q1 t1",
    ),
];

#[test]
fn real_mails_are_taken_apart() {
    for (text, expected) in MAILS {
        assert_eq!(shape(text), *expected, "{text}");
    }
}

#[test]
fn a_preview_is_the_writers_own_words() {
    let mail = "Works now, thank you!\n\n-- \nAnn\n\nOn 2026-11-20 10:00, Bob wrote:\n> did it?\n";
    assert_eq!(visible_reply(mail), "Works now, thank you!");
    assert_eq!(visible_reply("> only\n> quoted\n"), "");
}

#[test]
fn folding_is_told_by_the_kind() {
    let all = blocks("mine\n> theirs\n");
    assert_eq!(
        all.iter().map(Block::is_folded).collect::<Vec<_>>(),
        [false, true]
    );
    assert_eq!(all[1].text("mine\n> theirs\n"), "> theirs\n");
}

fn mail_lines() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        Just("> quoted".to_owned()),
        Just(String::new()),
        Just("-- ".to_owned()),
        Just("From: a".to_owned()),
        Just("To: b".to_owned()),
        Just("Subject: c".to_owned()),
        Just("-----Original Message-----".to_owned()),
        Just("On 2026-11-20, Ann <a@b.c> wrote:".to_owned()),
        "\\PC{0,20}",
    ];
    proptest::collection::vec(line, 0..25).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #[test]
    fn no_byte_of_a_mail_is_left_out(text in mail_lines()) {
        let whole: String = blocks(&text).iter().map(|block| block.text(&text)).collect();
        prop_assert_eq!(whole, text);
    }
}
