-- The law's base: consent texts, requests about data, incidents, purges.

-- Each text that consent was answered to, once.
CREATE TABLE consent_texts (
    sha256 BLOB PRIMARY KEY CHECK (length(sha256) = 32),
    purpose TEXT NOT NULL,
    language TEXT NOT NULL,
    version INTEGER NOT NULL,
    text TEXT NOT NULL
) STRICT;

-- Whose a conversation's consents were, written with the check-in. Deleted with the consent.
CREATE TABLE consent_subjects (
    consent TEXT PRIMARY KEY REFERENCES consents,
    subject TEXT NOT NULL REFERENCES subjects,
    visit TEXT NOT NULL REFERENCES visits,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX consent_subjects_by_subject ON consent_subjects (subject);
CREATE INDEX consent_subjects_by_visit ON consent_subjects (visit);

CREATE TABLE subject_requests (
    id TEXT PRIMARY KEY,
    subject TEXT REFERENCES subjects, -- none where nobody like that is kept
    kind TEXT NOT NULL,
    acknowledge_by TEXT NOT NULL,
    finish_by TEXT NOT NULL,
    extended_by TEXT NOT NULL,
    asked BLOB NOT NULL, -- sealed under the request's own key
    received_at INTEGER NOT NULL
) STRICT;
CREATE INDEX subject_requests_by_subject ON subject_requests (subject);

CREATE TABLE subject_request_steps (
    id TEXT PRIMARY KEY,
    request TEXT NOT NULL REFERENCES subject_requests,
    event TEXT NOT NULL CHECK (event IN ('acknowledged', 'extended', 'done', 'refused')),
    article TEXT,
    decision BLOB NOT NULL, -- sealed under the request's own key
    at INTEGER NOT NULL,
    CHECK ((event = 'refused') = (article IS NOT NULL))
) STRICT;
CREATE INDEX subject_request_steps_by_request ON subject_request_steps (request);

-- The newer data of a visit's patient. The old ones stay in the visit.
CREATE TABLE patient_corrections (
    id TEXT PRIMARY KEY,
    visit TEXT NOT NULL REFERENCES visits,
    request TEXT REFERENCES subject_requests,
    patient BLOB NOT NULL, -- sealed
    decision BLOB NOT NULL, -- sealed
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX patient_corrections_by_visit ON patient_corrections (visit);

-- The last row of a subject and kind counts.
CREATE TABLE subject_marks (
    id TEXT PRIMARY KEY,
    subject TEXT NOT NULL REFERENCES subjects,
    kind TEXT NOT NULL CHECK (kind IN ('restricted', 'held')),
    placed INTEGER NOT NULL CHECK (placed IN (0, 1)),
    decision BLOB NOT NULL, -- sealed
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX subject_marks_by_subject ON subject_marks (subject, kind);

CREATE VIEW marked_subjects AS
    SELECT subject, kind FROM subject_marks AS mark
    WHERE placed = 1 AND NOT EXISTS (
        SELECT 1 FROM subject_marks AS later
        WHERE later.subject = mark.subject AND later.kind = mark.kind AND later.rowid > mark.rowid);

CREATE TABLE incidents (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    noticed_at INTEGER NOT NULL,
    report BLOB NOT NULL, -- sealed under the incident's own key
    at INTEGER NOT NULL
) STRICT;

CREATE TABLE incident_steps (
    id TEXT PRIMARY KEY,
    incident TEXT NOT NULL REFERENCES incidents,
    event TEXT NOT NULL CHECK (event IN ('measure', 'authority_told', 'subjects_told', 'no_notice', 'closed')),
    decision BLOB NOT NULL, -- sealed under the incident's own key
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX incident_steps_by_incident ON incident_steps (incident);

CREATE TABLE purges (
    id TEXT PRIMARY KEY,
    record TEXT NOT NULL,
    ending TEXT NOT NULL,
    count INTEGER NOT NULL CHECK (count > 0),
    logged INTEGER NOT NULL CHECK (logged IN (0, 1)), -- whether each row has a leaf of its own, directly before
    older_than INTEGER NOT NULL,
    ids_sha256 BLOB NOT NULL CHECK (length(ids_sha256) = 32),
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX purges_by_age ON purges (at);
