-- The words of every message; the texts themselves are not stored twice. A row's id is its message's.
CREATE VIRTUAL TABLE message_words USING fts5 (
    subject, sender, receivers, body,
    content = '', contentless_delete = 1,
    tokenize = 'unicode61 remove_diacritics 2'
);
-- Words are gathered in memory up to this many bytes, and segments are merged eight at a time: a first sync
-- brings thousands of mails, and each merge writes them again.
INSERT INTO message_words (message_words, rank) VALUES ('hashsize', 8388608);
INSERT INTO message_words (message_words, rank) VALUES ('automerge', 8);
