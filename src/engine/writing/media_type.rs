//! What kind of file an attachment is, by its name. Only a hint for the reader's program: nothing is decided by it.

/// By extension, in lower case. Not a full registry: the files that support people send.
const TYPES: [(&str, &str); 40] = [
    ("7z", "application/x-7z-compressed"),
    ("avif", "image/avif"),
    ("bmp", "image/bmp"),
    ("bz2", "application/x-bzip2"),
    ("csv", "text/csv"),
    ("doc", "application/msword"),
    (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    ("eml", "message/rfc822"),
    ("gif", "image/gif"),
    ("gz", "application/gzip"),
    ("heic", "image/heic"),
    ("htm", "text/html"),
    ("html", "text/html"),
    ("ics", "text/calendar"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("json", "application/json"),
    ("log", "text/plain"),
    ("md", "text/markdown"),
    ("mov", "video/quicktime"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("odp", "application/vnd.oasis.opendocument.presentation"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("ogg", "audio/ogg"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("ppt", "application/vnd.ms-powerpoint"),
    (
        "pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    ("rtf", "application/rtf"),
    ("svg", "image/svg+xml"),
    ("tar", "application/x-tar"),
    ("txt", "text/plain"),
    ("wav", "audio/wav"),
    ("webp", "image/webp"),
    ("xls", "application/vnd.ms-excel"),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    ("xml", "application/xml"),
    ("zip", "application/zip"),
];

/// The media type of a file. Names for text are believed only where the bytes are text.
pub(super) fn of(name: &str, bytes: &[u8]) -> &'static str {
    const UNKNOWN: &str = "application/octet-stream";
    let Some((_, extension)) = name.rsplit_once('.') else {
        return UNKNOWN;
    };
    let extension = extension.to_lowercase();
    let named = TYPES
        .iter()
        .find(|(known, _)| *known == extension)
        .map_or(UNKNOWN, |(_, media_type)| media_type);
    if named.starts_with("text/") && std::str::from_utf8(bytes).is_err() {
        return UNKNOWN;
    }
    // A composite type must not be encoded (RFC 2045 §6.4), and a mail may hold anything.
    if named == "message/rfc822" {
        return UNKNOWN;
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_name_says_unless_its_bytes_say_no() {
        let table: [(&str, &[u8], &str); 5] = [
            ("Rechnung.PDF", b"%PDF", "application/pdf"),
            ("notes.txt", "naïve".as_bytes(), "text/plain"),
            ("notes.txt", b"na\xefve", "application/octet-stream"),
            ("mail.eml", b"From: a", "application/octet-stream"),
            ("Makefile", b"all:", "application/octet-stream"),
        ];
        for (name, bytes, expected) in table {
            assert_eq!(of(name, bytes), expected, "{name}");
        }
    }
}
