-- Times are microseconds since 1970 in UTC. Lists that no query looks into are JSON text.

CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE fact (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE mailbox (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    name_key TEXT NOT NULL,
    address_key TEXT NOT NULL,
    name TEXT NOT NULL,
    settings TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    removed INTEGER NOT NULL,
    connected_at INTEGER NOT NULL
) STRICT;

CREATE TABLE lease (
    mailbox INTEGER PRIMARY KEY REFERENCES mailbox (id),
    holder TEXT,
    epoch INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT;

CREATE TABLE folder (
    id INTEGER PRIMARY KEY,
    mailbox INTEGER NOT NULL REFERENCES mailbox (id),
    name TEXT NOT NULL,
    wire_name TEXT NOT NULL,
    role TEXT NOT NULL,
    uid_validity INTEGER NOT NULL,
    cursor INTEGER NOT NULL,
    highest_mod_seq INTEGER NOT NULL,
    wanted_since INTEGER,
    current INTEGER NOT NULL,
    UNIQUE (mailbox, wire_name, uid_validity)
) STRICT;

-- What became of every UID that the server listed; `hole` has those of which nothing became yet.
CREATE TABLE ledger (
    folder INTEGER NOT NULL REFERENCES folder (id),
    uid INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    words TEXT,
    content BLOB,
    size_bytes INTEGER NOT NULL,
    internal_date INTEGER,
    recorded_at INTEGER NOT NULL,
    PRIMARY KEY (folder, uid)
) STRICT, WITHOUT ROWID;

CREATE TABLE hole (
    folder INTEGER NOT NULL REFERENCES folder (id),
    uid INTEGER NOT NULL,
    PRIMARY KEY (folder, uid)
) STRICT, WITHOUT ROWID;

-- Raw bytes, packed with zstd, once for each SHA-256.
CREATE TABLE raw (
    id INTEGER PRIMARY KEY,
    content BLOB NOT NULL UNIQUE,
    size_bytes INTEGER NOT NULL,
    packed BLOB NOT NULL
) STRICT;

CREATE TABLE contact (
    id INTEGER PRIMARY KEY,
    address_key TEXT NOT NULL UNIQUE,
    address TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    seen INTEGER NOT NULL
) STRICT;

CREATE TABLE contact_word (
    word TEXT NOT NULL,
    contact INTEGER NOT NULL REFERENCES contact (id),
    PRIMARY KEY (word, contact)
) STRICT, WITHOUT ROWID;

CREATE TABLE operator (
    id INTEGER PRIMARY KEY,
    login_key TEXT NOT NULL UNIQUE,
    login TEXT NOT NULL,
    display_name TEXT NOT NULL
) STRICT;

CREATE TABLE signature (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    markdown TEXT NOT NULL,
    mailbox INTEGER REFERENCES mailbox (id)
) STRICT;

CREATE TABLE view (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    position INTEGER NOT NULL
) STRICT;

-- The projection of the events. Status: 0 new, 1 open, 2 pending, 3 closed. Priority: 0 low to 3 urgent.
CREATE TABLE ticket (
    number INTEGER PRIMARY KEY,
    subject TEXT NOT NULL,
    status INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    mailbox INTEGER NOT NULL REFERENCES mailbox (id),
    contact INTEGER REFERENCES contact (id),
    assignee INTEGER REFERENCES operator (id),
    tags TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    messages INTEGER NOT NULL,
    with_attachments INTEGER NOT NULL,
    last_class TEXT,
    unread INTEGER NOT NULL,
    first_reply_due INTEGER,
    first_replied_at INTEGER,
    snoozed_until INTEGER,
    closed_at INTEGER,
    merged_into INTEGER,
    marks TEXT NOT NULL
) STRICT;

-- Lists go by the last update. These two hold every column that a condition can ask for, so that a long list is
-- counted and paged without a look at the tickets themselves.
CREATE INDEX ticket_listed ON ticket (
    updated_at, number, status, assignee, mailbox, unread, snoozed_until,
    first_reply_due, first_replied_at, priority, created_at, with_attachments
);
CREATE INDEX ticket_open ON ticket (
    updated_at, number, status, assignee, mailbox, unread, snoozed_until,
    first_reply_due, first_replied_at, priority, created_at, with_attachments
) WHERE status <> 3;
CREATE INDEX ticket_contact ON ticket (contact, mailbox, updated_at) WHERE contact IS NOT NULL;
CREATE INDEX ticket_snoozed ON ticket (snoozed_until) WHERE snoozed_until IS NOT NULL;

CREATE TABLE ticket_tag (
    tag TEXT NOT NULL,
    ticket INTEGER NOT NULL REFERENCES ticket (number),
    PRIMARY KEY (tag, ticket)
) STRICT, WITHOUT ROWID;

-- Who wrote or received in a ticket, in lower case.
CREATE TABLE participant (
    ticket INTEGER NOT NULL,
    address TEXT NOT NULL,
    PRIMARY KEY (ticket, address)
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
    id INTEGER PRIMARY KEY,
    ticket INTEGER NOT NULL REFERENCES ticket (number),
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    actor_id INTEGER,
    step INTEGER NOT NULL,
    what TEXT NOT NULL,
    takes_back INTEGER
) STRICT;
CREATE INDEX event_ticket ON event (ticket, id);

CREATE TABLE message (
    id INTEGER PRIMARY KEY,
    ticket INTEGER NOT NULL REFERENCES ticket (number) DEFERRABLE INITIALLY DEFERRED,
    kind TEXT NOT NULL,
    class TEXT NOT NULL,
    at INTEGER NOT NULL,
    author INTEGER REFERENCES operator (id),
    message_id TEXT,
    content BLOB,
    subject TEXT NOT NULL
) STRICT;
CREATE INDEX message_ticket ON message (ticket, at, id);
CREATE INDEX message_message_id ON message (message_id) WHERE message_id IS NOT NULL;

CREATE INDEX message_content ON message (content) WHERE content IS NOT NULL;

-- What messages refer to: a mail that comes after its own answer belongs to the same ticket.
CREATE TABLE message_reference (
    reference TEXT NOT NULL,
    message INTEGER NOT NULL REFERENCES message (id),
    PRIMARY KEY (reference, message)
) STRICT, WITHOUT ROWID;

-- The long part of a message, apart so that searches walk over short rows.
CREATE TABLE message_text (
    message INTEGER PRIMARY KEY REFERENCES message (id),
    preview TEXT NOT NULL,
    text TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;

CREATE TABLE draft (
    id INTEGER PRIMARY KEY,
    operator INTEGER NOT NULL REFERENCES operator (id),
    ticket INTEGER,
    saved_at INTEGER NOT NULL,
    draft TEXT NOT NULL
) STRICT;
CREATE INDEX draft_operator ON draft (operator, saved_at);

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    message INTEGER NOT NULL,
    ticket INTEGER NOT NULL,
    mailbox INTEGER NOT NULL REFERENCES mailbox (id),
    message_id TEXT NOT NULL,
    envelope_from TEXT,
    envelope_to TEXT NOT NULL,
    content BLOB NOT NULL,
    state TEXT NOT NULL,
    finished INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    queued_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    sent_copy TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_unfinished ON outbox (mailbox, queued_at, id) WHERE finished = 0;
CREATE INDEX outbox_message ON outbox (message);
CREATE INDEX outbox_message_id ON outbox (message_id);
