-- What happened to settings: only appended. Times are microseconds since 1970 in UTC.
CREATE TABLE setting_change (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    actor_id INTEGER,
    -- Through what, by whom and from where, as JSON.
    origin TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject INTEGER,
    subject_name TEXT NOT NULL,
    field TEXT NOT NULL,
    old TEXT,
    new TEXT
) STRICT;
CREATE INDEX setting_change_at ON setting_change (at);

-- When mail came: the traffic of a mailbox is counted by the hour.
CREATE INDEX message_came ON message (at) WHERE kind = 'incoming';
