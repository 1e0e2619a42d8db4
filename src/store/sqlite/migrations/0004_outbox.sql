-- What is on its way or waits for a person; the desk lists it at every change, however much was ever sent.
CREATE INDEX outbox_open ON outbox (id)
    WHERE state ->> 'state' NOT IN ('sent', 'cancelled');
