-- Stays: a row that never changes, versions of the data, and what happened.

CREATE TABLE stays (
    id TEXT PRIMARY KEY,
    subject TEXT NOT NULL UNIQUE REFERENCES subjects, -- of its own: nothing links one person's stays
    place TEXT NOT NULL,
    path TEXT NOT NULL CHECK (path IN ('portal', 'file', 'paper')), -- how the place told the police then
    party TEXT NOT NULL REFERENCES stays, -- the first of the group or family
    visit TEXT REFERENCES visits, -- in a medical facility
    session TEXT REFERENCES sessions,
    day TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    phuong_thuc_dinh_danh TEXT NOT NULL,
    strength TEXT NOT NULL,
    legal_basis TEXT NOT NULL CHECK (legal_basis = 'law'),
    evidence_basis TEXT CHECK (evidence_basis = 'consent'),
    verdict TEXT,
    access TEXT,
    challenge TEXT,
    signer_sha256 BLOB,
    proof BLOB, -- sealed
    submission BLOB, -- sealed
    at INTEGER NOT NULL,
    UNIQUE (place, day, number)
) STRICT;
CREATE INDEX stays_by_party ON stays (party);
CREATE INDEX stays_by_visit ON stays (visit);
CREATE INDEX stays_by_session ON stays (session);

CREATE TABLE stay_versions (
    id TEXT PRIMARY KEY,
    stay TEXT NOT NULL REFERENCES stays,
    version INTEGER NOT NULL CHECK (version > 0),
    arrival INTEGER NOT NULL,
    arrival_day TEXT NOT NULL,
    departure INTEGER, -- as it was planned
    nationality TEXT, -- its code, for counts
    document BLOB, -- keyed hash of place, kind and number
    draft BLOB NOT NULL, -- sealed
    decision BLOB, -- sealed; none for a guest at a kiosk
    at INTEGER NOT NULL,
    UNIQUE (stay, version)
) STRICT;
CREATE INDEX stay_versions_by_document ON stay_versions (document);
CREATE INDEX stay_versions_by_day ON stay_versions (arrival_day);

CREATE TABLE stay_events (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    stay TEXT NOT NULL REFERENCES stays,
    event TEXT NOT NULL, -- its word
    data TEXT NOT NULL, -- JSON: the event without what may be personal
    reason BLOB, -- sealed: the portal's words
    decision BLOB, -- sealed
    told BLOB, -- sealed: whom, and how
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX stay_events_by_stay ON stay_events (stay, seq);

-- Files for the portal's pages. They are not kept: who is in them is.
CREATE TABLE stay_files (
    id TEXT PRIMARY KEY,
    place TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('excel', 'xml')),
    rows INTEGER NOT NULL CHECK (rows > 0),
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
    decision BLOB NOT NULL, -- sealed under the file's own key
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX stay_files_by_place ON stay_files (place, at);

CREATE TABLE stay_file_rows (
    file TEXT NOT NULL REFERENCES stay_files,
    position INTEGER NOT NULL,
    stay TEXT NOT NULL REFERENCES stays,
    PRIMARY KEY (file, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX stay_file_rows_by_stay ON stay_file_rows (stay);

CREATE TABLE stay_file_counts (
    id TEXT PRIMARY KEY,
    file TEXT NOT NULL REFERENCES stay_files,
    counted INTEGER NOT NULL,
    decision BLOB NOT NULL, -- sealed under the file's own key
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX stay_file_counts_by_file ON stay_file_counts (file, at);

-- Whose stay a conversation's consents were about.
CREATE TABLE consent_stays (
    consent TEXT PRIMARY KEY REFERENCES consents,
    subject TEXT NOT NULL REFERENCES subjects,
    stay TEXT NOT NULL REFERENCES stays,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX consent_stays_by_subject ON consent_stays (subject);

-- A message speaks of a visit or of a stay: the table is made anew, with every row as it was.
CREATE TABLE new_outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    lane TEXT NOT NULL,
    subject TEXT NOT NULL REFERENCES subjects,
    visit TEXT REFERENCES visits,
    stay TEXT REFERENCES stays,
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
    batch TEXT, -- what may go out in one call with it: others with the same
    alone INTEGER NOT NULL DEFAULT 0 CHECK (alone IN (0, 1)), -- it goes out by itself
    unclear INTEGER NOT NULL DEFAULT 0 CHECK (unclear IN (0, 1)), -- an attempt may have arrived, and nobody knows
    CHECK ((visit IS NULL) <> (stay IS NULL)),
    UNIQUE (kind, visit, part),
    UNIQUE (kind, stay, part)
) STRICT;
INSERT INTO new_outbox (seq, id, kind, lane, subject, visit, part, payload, state, queued_at, since, not_before,
        leased_until, attempts, tried, error, ended_at)
    SELECT seq, id, kind, lane, subject, visit, part, payload, state, queued_at, since, not_before,
        leased_until, attempts, tried, error, ended_at FROM outbox;
DROP TABLE outbox;
ALTER TABLE new_outbox RENAME TO outbox;
CREATE INDEX outbox_in_order ON outbox (lane, subject, seq) WHERE state IN ('waiting', 'dead');
CREATE INDEX outbox_due ON outbox (not_before) WHERE state = 'waiting';
CREATE INDEX outbox_by_subject ON outbox (subject);
CREATE INDEX outbox_by_visit ON outbox (visit);
CREATE INDEX outbox_by_stay ON outbox (stay);
CREATE INDEX outbox_ended ON outbox (ended_at) WHERE payload IS NOT NULL;
