-- The sender whose flood a ticket is folded into, in lists; set from the ticket's events.
ALTER TABLE ticket ADD COLUMN flood INTEGER;

-- Lists are counted and paged inside these, so they hold what folding asks for too.
DROP INDEX ticket_listed;
CREATE INDEX ticket_listed ON ticket (
    updated_at, number, status, assignee, mailbox, unread, snoozed_until,
    first_reply_due, first_replied_at, priority, created_at, with_attachments, flood
);
DROP INDEX ticket_open;
CREATE INDEX ticket_open ON ticket (
    updated_at, number, status, assignee, mailbox, unread, snoozed_until,
    first_reply_due, first_replied_at, priority, created_at, with_attachments, flood
) WHERE status <> 3;
-- The floods themselves: their tickets are counted here, and nowhere else looked at.
CREATE INDEX ticket_flood ON ticket (
    flood, number, status, assignee, mailbox, unread, snoozed_until,
    first_reply_due, first_replied_at, priority, created_at, with_attachments, updated_at
) WHERE flood IS NOT NULL;
