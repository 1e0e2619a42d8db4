-- Whom a signature belongs to, and whether it is Markdown.
ALTER TABLE signature ADD COLUMN operator INTEGER REFERENCES operator (id);
ALTER TABLE signature ADD COLUMN is_markdown INTEGER NOT NULL DEFAULT 1;

-- Mail that nobody wrote has the null sender and one recipient. How much of it went to an address, and how much
-- into a ticket, is asked before more of it is written.
CREATE INDEX outbox_automatic_to ON outbox (lower(envelope_to), queued_at) WHERE envelope_from IS NULL;
CREATE INDEX outbox_automatic_of ON outbox (ticket) WHERE envelope_from IS NULL;
