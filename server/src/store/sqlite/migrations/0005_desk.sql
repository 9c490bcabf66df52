-- What staff did about calls. Rows are only added; their leaves in `audit` hold their digests.

CREATE TABLE call_events (
    id TEXT PRIMARY KEY,
    call TEXT NOT NULL REFERENCES calls,
    seq INTEGER NOT NULL CHECK (seq > 0), -- within the call
    what TEXT NOT NULL CHECK (what IN ('repeated', 'acknowledged', 'taken_over', 'handed_back')),
    member BLOB, -- sealed under the call's key
    at INTEGER NOT NULL,
    UNIQUE (call, seq),
    CHECK ((what = 'repeated') = (member IS NULL))
) STRICT;

CREATE TABLE receptions (
    visit TEXT PRIMARY KEY REFERENCES visits,
    occasion TEXT NOT NULL CHECK (occasion IN ('no_document', 'newborn', 'emergency')),
    temporary_id TEXT UNIQUE CHECK (temporary_id LIKE 'TAM-%'),
    circumstances BLOB NOT NULL, -- sealed under the subject's key
    at INTEGER NOT NULL
) STRICT;

CREATE TABLE tasks (
    id TEXT PRIMARY KEY,
    duty TEXT NOT NULL CHECK (duty IN ('tell_commune')),
    visit TEXT NOT NULL REFERENCES visits,
    due_at INTEGER NOT NULL,
    at INTEGER NOT NULL,
    UNIQUE (visit, duty)
) STRICT;

CREATE TABLE task_endings (
    task TEXT PRIMARY KEY REFERENCES tasks,
    decision BLOB NOT NULL, -- sealed under the key of the visit's subject
    at INTEGER NOT NULL
) STRICT;

-- A visit's own row is its first version; the last version counts.
CREATE TABLE visit_versions (
    id TEXT PRIMARY KEY,
    visit TEXT NOT NULL REFERENCES visits,
    version INTEGER NOT NULL CHECK (version > 1),
    wrong TEXT NOT NULL CHECK (wrong IN ('data', 'person', 'place', 'insurance', 'identified')),
    subject TEXT NOT NULL REFERENCES subjects, -- whose visit it is from here on
    phuong_thuc_dinh_danh TEXT NOT NULL,
    strength TEXT NOT NULL,
    room TEXT NOT NULL,
    insurance TEXT NOT NULL,
    patient BLOB NOT NULL, -- sealed under the subject's key, as the next two
    coverage BLOB NOT NULL,
    decision BLOB NOT NULL,
    at INTEGER NOT NULL,
    UNIQUE (visit, version)
) STRICT;
CREATE INDEX visit_versions_by_subject ON visit_versions (subject);
