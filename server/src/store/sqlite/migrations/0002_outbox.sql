-- Software of the station may call as well, for its own operations.
ALTER TABLE kiosks ADD COLUMN kind TEXT NOT NULL DEFAULT 'kiosk' CHECK (kind IN ('kiosk', 'software'));

-- What must reach a national system. The ordering key is lane and subject.
CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    lane TEXT NOT NULL,
    subject TEXT NOT NULL REFERENCES subjects,
    visit TEXT NOT NULL REFERENCES visits,
    part TEXT NOT NULL,
    payload BLOB, -- sealed; once a receipt came, the document as it was sent; else none once the message has ended
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'dead', 'set_aside', 'erased')),
    queued_at INTEGER NOT NULL,
    since INTEGER NOT NULL, -- when it was queued, or staff had it tried again
    not_before INTEGER NOT NULL,
    leased_until INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    tried INTEGER NOT NULL DEFAULT 0, -- attempts since `since`
    error TEXT, -- a word, never content
    ended_at INTEGER, -- also when it became a dead letter
    UNIQUE (kind, visit, part)
) STRICT;
CREATE INDEX outbox_in_order ON outbox (lane, subject, seq) WHERE state IN ('waiting', 'dead');
CREATE INDEX outbox_due ON outbox (not_before) WHERE state = 'waiting';
CREATE INDEX outbox_by_subject ON outbox (subject);
CREATE INDEX outbox_by_visit ON outbox (visit);

-- From here on rows are only added. Their leaves in `audit` hold their digests.

CREATE TABLE outbox_decisions (
    id TEXT PRIMARY KEY,
    message TEXT NOT NULL REFERENCES outbox (id),
    outcome TEXT NOT NULL CHECK (outcome IN ('retry', 'set_aside')),
    decision BLOB NOT NULL, -- sealed
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_decisions_by_message ON outbox_decisions (message);

CREATE TABLE outbox_receipts (
    message TEXT PRIMARY KEY REFERENCES outbox (id),
    visit TEXT NOT NULL REFERENCES visits,
    receipt TEXT NOT NULL, -- the other side's number for it (maGiaoDich)
    received_at INTEGER NOT NULL, -- as it says
    answer BLOB NOT NULL, -- sealed
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_receipts_by_visit ON outbox_receipts (visit);
CREATE INDEX outbox_receipts_by_age ON outbox_receipts (at);

CREATE TABLE insurance_checks (
    id TEXT PRIMARY KEY,
    visit TEXT NOT NULL REFERENCES visits,
    insurance TEXT NOT NULL,
    result TEXT, -- maKetQua
    card BLOB, -- sealed
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX insurance_checks_by_visit ON insurance_checks (visit);

CREATE TABLE population_checks (
    id TEXT PRIMARY KEY,
    visit TEXT NOT NULL REFERENCES visits,
    outcome TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX population_checks_by_visit ON population_checks (visit);
