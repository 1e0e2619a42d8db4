//! What single lines of a mail mean: the words that mail programs write above what they repeat.

/// A line with its place in the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) start: usize,
    /// Behind the line break.
    pub(super) end: usize,
    text: &'a str,
}

pub(super) fn split(text: &str) -> Vec<Line<'_>> {
    let mut start = 0;
    text.split_inclusive('\n')
        .map(|whole| {
            let line = Line {
                start,
                end: start + whole.len(),
                text: whole.trim_end_matches(['\n', '\r']),
            };
            start = line.end;
            line
        })
        .collect()
}

const ORIGINAL_MARKERS: [&str; 14] = [
    "original message",
    "original appointment",
    "ursprüngliche nachricht",
    "original-nachricht",
    "message d'origine",
    "message d’origine",
    "message original",
    "mensaje original",
    "wiadomość oryginalna",
    "исходное сообщение",
    "оригінальне повідомлення",
    "початкове повідомлення",
    "messaggio originale",
    "原始邮件",
];

const FORWARD_MARKERS: [&str; 18] = [
    "forwarded message",
    "begin forwarded message",
    "weitergeleitete nachricht",
    "anfang der weitergeleiteten nachricht",
    "message transféré",
    "début du message réexpédié",
    "mensaje reenviado",
    "wiadomość przekazana",
    "przekazana wiadomość",
    "treść przekazanej wiadomości",
    "пересланное сообщение",
    "пересылаемое сообщение",
    "начало переадресованного сообщения",
    "переслане повідомлення",
    "перенаправлене повідомлення",
    "початок переадресованого повідомлення",
    "messaggio inoltrato",
    "转发邮件信息",
];

/// "Sent from my …", as phones write it, in lower case.
const PHONE_SIGNATURES: [&str; 16] = [
    "sent from my ",
    "sent from mail for windows",
    "sent from outlook",
    "get outlook for ",
    "надіслано з ",
    "відправлено з ",
    "отправлено с ",
    "отправлено из ",
    "gesendet von ",
    "von meinem ",
    "envoyé de mon ",
    "enviado desde mi ",
    "inviato da ",
    "enviado do meu ",
    "verzonden vanaf ",
    "wysłane z ",
];

/// Who wrote what is quoted: words of an attribution line, in lower case.
const WROTE: [&str; 26] = [
    "wrote:",
    "пише:",
    "написав:",
    "написала:",
    "написав(ла):",
    "написав(-ла):",
    "пишет:",
    "написал:",
    "написала(а):",
    "написал(а):",
    "писал(а):",
    "писал:",
    "schrieb:",
    "schrieb ",
    "a écrit",
    "escribió:",
    "napisał:",
    "napisała:",
    "napisał(a):",
    "pisze:",
    "写道",
    "寫道",
    "ha scritto:",
    "escreveu:",
    "schreef",
    "skrev",
];

/// How an attribution begins that is broken over several lines, in lower case.
const STARTS: [&str; 12] = [
    "on ", "am ", "le ", "el ", "w dniu ", "dnia ", "в ", "у ", "il ", "op ", "em ", "в пт",
];

const FROM_LABELS: [&str; 11] = [
    "from",
    "від",
    "от",
    "von",
    "de",
    "od",
    "发件人",
    "от кого",
    "da",
    "van",
    "发送人",
];

const OTHER_LABELS: [&str; 43] = [
    "sent",
    "date",
    "to",
    "cc",
    "subject",
    "reply-to",
    "надіслано",
    "дата",
    "кому",
    "копія",
    "тема",
    "отправлено",
    "копия",
    "gesendet",
    "datum",
    "an",
    "betreff",
    "envoyé",
    "à",
    "objet",
    "enviado",
    "enviado el",
    "fecha",
    "para",
    "asunto",
    "wysłano",
    "data",
    "do",
    "dw",
    "temat",
    "发送时间",
    "收件人",
    "抄送",
    "主题",
    "відправлено",
    "inviato",
    "a",
    "oggetto",
    "enviada",
    "assunto",
    "verzonden",
    "aan",
    "onderwerp",
];

/// An attribution is no longer than this many bytes.
const LONGEST_ATTRIBUTION: usize = 400;
const LONGEST_HEADER_BLOCK: usize = 14;

impl Line<'_> {
    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Marked with `>`, but not a "From " that a mail store has escaped.
    pub(super) fn is_quoted(&self) -> bool {
        let text = self.text.trim_start();
        text.starts_with('>') && !text.starts_with(">From ")
    }

    pub(super) fn is_signature_marker(&self) -> bool {
        self.text == "-- " || self.text == "--"
    }

    /// A line of underscores or dashes, as Outlook draws it above a header block.
    pub(super) fn is_rule(&self) -> bool {
        let text = self.text.trim();
        text.len() >= 5 && text.chars().all(|c| "_-─—=".contains(c))
    }

    pub(super) fn is_original_marker(&self) -> bool {
        self.is_marker(&ORIGINAL_MARKERS)
    }

    pub(super) fn is_forward_marker(&self) -> bool {
        self.is_marker(&FORWARD_MARKERS)
    }

    pub(super) fn is_phone_signature(&self) -> bool {
        if self.text.len() > 160 {
            return false;
        }
        let lower = self.text.trim().to_lowercase();
        PHONE_SIGNATURES
            .iter()
            .any(|words| lower.starts_with(words))
    }

    /// Words between rows of dashes, or at least with a colon behind them.
    fn is_marker(&self, words: &[&str]) -> bool {
        if self.text.len() > 200 {
            return false;
        }
        let text = self.text.trim();
        let framed = text.starts_with("--") || text.starts_with("__") || text.ends_with(':');
        if !framed {
            return false;
        }
        let bare = text
            .trim_matches(|c: char| c.is_whitespace() || "-_:".contains(c))
            .to_lowercase();
        words.contains(&bare.as_str())
    }

    /// The header that the line shows, in lower case: "from" for `*From:* Ann`.
    fn label(&self) -> Option<String> {
        let text = self
            .text
            .trim_start_matches(|c: char| c.is_whitespace() || c == '*');
        let end = text.find([':', '：'])?;
        if end > 24 {
            return None;
        }
        let label = text
            .get(..end)?
            .trim_matches(|c: char| c.is_whitespace() || c == '*');
        (!label.is_empty()).then(|| label.to_lowercase())
    }
}

/// How many lines, from `at` on, say who wrote what follows.
pub(super) fn attribution(lines: &[Line<'_>], at: usize) -> Option<usize> {
    let mut joined = String::new();
    for count in 1..=3 {
        let line = lines.get(at + count - 1)?;
        if line.is_blank()
            || line.is_quoted()
            || joined.len() + line.text.len() > LONGEST_ATTRIBUTION
        {
            return None;
        }
        let text = line.text.trim();
        if count == 1 && !may_begin_attribution(text) {
            return None;
        }
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(text);
        if text.ends_with([':', '：']) {
            return says_who_wrote(&joined, count).then_some(count);
        }
    }
    None
}

/// A cheap look before any work: it ends with a colon, or begins as a broken attribution does.
fn may_begin_attribution(text: &str) -> bool {
    if text.ends_with([':', '：']) {
        return true;
    }
    let head: String = text.chars().take(8).collect::<String>().to_lowercase();
    STARTS.iter().any(|start| head.starts_with(start))
        || head.starts_with(|c: char| c.is_ascii_digit())
        || head
            .split_once(", ")
            .is_some_and(|(day, _)| day.chars().count() <= 3)
}

/// It must hold a date or an address too: "as Ann wrote:" is somebody's own sentence.
fn says_who_wrote(text: &str, count: usize) -> bool {
    let lower = text.to_lowercase();
    let digits = lower.bytes().filter(u8::is_ascii_digit).count();
    let dated = digits >= 3;
    let addressed = lower.contains('@');
    let begins = count == 1 || may_begin_attribution(&lower);
    let wrote = WROTE.iter().any(|words| lower.contains(words));
    begins
        && ((wrote && (dated || addressed)) || (lower.ends_with(">:") && addressed && digits >= 5))
}

/// How many lines, from `at` on, are the headers of an older mail: "From" first, then at least two others.
pub(super) fn header_block(lines: &[Line<'_>], at: usize) -> Option<usize> {
    let first = lines.get(at)?.label()?;
    if !FROM_LABELS.contains(&first.as_str()) {
        return None;
    }
    let mut others = 0;
    let mut count = 1;
    for line in lines.get(at + 1..)?.iter().take(LONGEST_HEADER_BLOCK) {
        if line.is_blank() {
            break;
        }
        match line.label() {
            Some(label) if OTHER_LABELS.contains(&label.as_str()) => others += 1,
            // A long list of recipients goes on in the next line.
            _ if others > 0 || count == 1 => {}
            _ => break,
        }
        count += 1;
    }
    (others >= 2).then_some(count)
}
