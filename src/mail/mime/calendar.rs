//! An invitation (RFC 5545) as lines that a person reads: what, when, where, who.

/// No invitation needs more; the rest stays in the attachment.
const MOST_EVENTS: usize = 10;
const MOST_LINES: usize = 20_000;

#[derive(Default)]
struct Event {
    summary: String,
    start: String,
    end: String,
    place: String,
    organiser: String,
}

/// The events of a calendar part, or nothing if it holds none.
pub(super) fn readable(source: &str) -> Option<String> {
    let mut method = String::new();
    let mut events: Vec<Event> = Vec::new();
    let mut inside = false;
    for line in unfolded(source).lines().take(MOST_LINES) {
        let Some((name, parameters, value)) = property(line) else {
            continue;
        };
        match (name.as_str(), inside) {
            ("BEGIN", _) if value.eq_ignore_ascii_case("VEVENT") => {
                if events.len() == MOST_EVENTS {
                    break;
                }
                events.push(Event::default());
                inside = true;
            }
            ("END", true) if value.eq_ignore_ascii_case("VEVENT") => inside = false,
            // Alarms have a summary of their own.
            ("BEGIN", true) => inside = false,
            ("METHOD", _) => method = value.to_ascii_uppercase(),
            (_, true) => {
                if let Some(event) = events.last_mut() {
                    event.take(&name, &parameters, value);
                }
            }
            _ => {}
        }
    }
    let shown: Vec<String> = events.iter().map(|event| event.lines(&method)).collect();
    (!shown.is_empty()).then(|| shown.join("\n"))
}

impl Event {
    fn take(&mut self, name: &str, parameters: &str, value: &str) {
        match name {
            "SUMMARY" => self.summary = unescaped(value),
            "LOCATION" => self.place = unescaped(value),
            "DTSTART" => self.start = moment(value, parameters),
            "DTEND" => self.end = moment(value, parameters),
            "ORGANIZER" => {
                let address = value
                    .get(..7)
                    .filter(|scheme| scheme.eq_ignore_ascii_case("mailto:"))
                    .and_then(|_| value.get(7..))
                    .unwrap_or(value);
                let name = parameter(parameters, "CN").unwrap_or_default();
                self.organiser = if name.is_empty() {
                    address.to_owned()
                } else {
                    format!("{name} <{address}>")
                };
            }
            _ => {}
        }
    }

    fn lines(&self, method: &str) -> String {
        let title = match method {
            "CANCEL" => "Cancelled event",
            "REPLY" => "Answer to an invitation",
            _ => "Invitation",
        };
        let when = match (self.start.as_str(), self.end.as_str()) {
            (start, "") => start.to_owned(),
            (start, end) => format!("{start} – {end}"),
        };
        [
            (title, &self.summary),
            ("When", &when),
            ("Where", &self.place),
            ("Organiser", &self.organiser),
        ]
        .iter()
        .filter(|(label, value)| !value.is_empty() || *label == title)
        .map(|(label, value)| format!("{label}: {value}\n"))
        .collect()
    }
}

/// Lines broken after 75 bytes go on behind a space (RFC 5545 §3.1).
fn unfolded(source: &str) -> String {
    source
        .replace("\r\n", "\n")
        .replace("\n ", "")
        .replace("\n\t", "")
}

/// `NAME;PARAMETERS:value`, where a quoted parameter may hold a colon.
fn property(line: &str) -> Option<(String, String, &str)> {
    let mut quoted = false;
    let colon = line.char_indices().find_map(|(at, character)| {
        if character == '"' {
            quoted = !quoted;
        }
        (character == ':' && !quoted).then_some(at)
    })?;
    let (head, value) = line.split_at(colon);
    let (name, parameters) = head.split_once(';').unwrap_or((head, ""));
    Some((
        name.to_ascii_uppercase(),
        parameters.to_owned(),
        value.strip_prefix(':').unwrap_or(value).trim(),
    ))
}

fn parameter(parameters: &str, wanted: &str) -> Option<String> {
    parameters.split(';').find_map(|one| {
        let (name, value) = one.split_once('=')?;
        name.eq_ignore_ascii_case(wanted)
            .then(|| value.trim_matches('"').to_owned())
    })
}

fn unescaped(value: &str) -> String {
    value
        .replace("\\n", " ")
        .replace("\\N", " ")
        .replace("\\,", ",")
        .replace("\\;", ";")
        .replace("\\\\", "\\")
}

/// `20261120T100000Z` as `2026-11-20 10:00 UTC`; what is not a date stays as it is.
fn moment(value: &str, parameters: &str) -> String {
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    let field = |from: usize, to: usize| digits.get(from..to);
    let zone = if value.ends_with('Z') {
        Some("UTC".to_owned())
    } else {
        parameter(parameters, "TZID")
    };
    let date = match (field(0, 4), field(4, 6), field(6, 8)) {
        (Some(year), Some(month), Some(day)) => format!("{year}-{month}-{day}"),
        _ => return value.to_owned(),
    };
    match (field(8, 10), field(10, 12), zone) {
        (Some(hour), Some(minute), Some(zone)) => format!("{date} {hour}:{minute} {zone}"),
        (Some(hour), Some(minute), None) => format!("{date} {hour}:{minute}"),
        _ => date,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::readable;

    #[test]
    fn an_invitation_is_read() {
        let source = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Planning\\, part\r\n  two\r\n\
                      DTSTART;TZID=Europe/Kyiv:20261120T100000\r\nDTEND;TZID=Europe/Kyiv:20261120T110000\r\n\
                      LOCATION:Room 5\r\nORGANIZER;CN=\"Lee: Ann\":mailto:ann@example.test\r\n\
                      BEGIN:VALARM\r\nSUMMARY:alarm\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        assert_eq!(
            readable(source).unwrap(),
            "Invitation: Planning, part two\nWhen: 2026-11-20 10:00 Europe/Kyiv – 2026-11-20 11:00 Europe/Kyiv\n\
             Where: Room 5\nOrganiser: Lee: Ann <ann@example.test>\n"
        );
    }

    #[test]
    fn whole_days_and_nonsense_are_shown_as_they_are() {
        let day = "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261120\nEND:VEVENT\n";
        assert_eq!(readable(day).unwrap(), "Invitation: \nWhen: 2026-11-20\n");
        let odd = "BEGIN:VEVENT\nDTSTART:soon\nEND:VEVENT\n";
        assert_eq!(readable(odd).unwrap(), "Invitation: \nWhen: soon\n");
        assert_eq!(readable("no calendar"), None);
    }
}
