-- In which role each consent was answered, once that is known: at a kiosk it is asked before anybody knows who the
-- person is. `consents.relation` was used before and is read where there is no row here.
CREATE TABLE consent_roles (
    consent TEXT PRIMARY KEY REFERENCES consents,
    role TEXT NOT NULL CHECK (role IN ('person', 'child', 'representative')),
    relation TEXT, -- what the representative is to the person
    at INTEGER NOT NULL,
    CHECK (relation IS NULL OR role = 'representative')
) STRICT;

-- A visit is corrected in one way: a version of it. Where this table still holds something, nothing is lost: the
-- migration stops here.
CREATE TABLE guard (rows INTEGER CONSTRAINT patient_corrections_are_not_empty CHECK (rows = 0));
INSERT INTO guard SELECT count(*) FROM patient_corrections;
DROP TABLE guard;
DROP TABLE patient_corrections;

-- The access log outlives the sessions in which records were seen: `session` is a bare id from here on. A clinician's look
-- at the visits elsewhere carries its reason. The rows stay as they are, so their leaves in `audit` still hold.
CREATE TABLE accesses_kept (
    id TEXT PRIMARY KEY,
    staff TEXT NOT NULL REFERENCES staff,
    session TEXT NOT NULL,
    visit TEXT NOT NULL REFERENCES visits,
    subject TEXT NOT NULL REFERENCES subjects,
    shown TEXT NOT NULL CHECK (shown IN ('list', 'record', 'export', 'asked', 'history')),
    purpose TEXT NOT NULL CHECK (purpose IN ('reception', 'care', 'reason')),
    reason BLOB, -- sealed
    at INTEGER NOT NULL,
    CHECK ((reason IS NOT NULL) = (shown IN ('asked', 'history')))
) STRICT;
INSERT INTO accesses_kept SELECT * FROM accesses ORDER BY rowid;
DROP TABLE accesses;
ALTER TABLE accesses_kept RENAME TO accesses;
CREATE INDEX accesses_by_staff ON accesses (staff, at);
CREATE INDEX accesses_by_subject ON accesses (subject, at);
CREATE INDEX accesses_by_session ON accesses (session, visit);
CREATE INDEX accesses_by_age ON accesses (at);

CREATE INDEX queue_events_by_age ON queue_events (at);
CREATE INDEX outbox_ended ON outbox (ended_at) WHERE payload IS NOT NULL;
CREATE INDEX staff_sessions_ended ON staff_sessions (ended_at) WHERE ended_at IS NOT NULL;

-- Who is one person, as staff said: each with themselves, with whom they were merged into, and with whoever else was.
CREATE VIEW same_person AS
    SELECT id AS subject, id AS same FROM subjects
    UNION SELECT subject, root FROM merged_subjects
    UNION SELECT root, subject FROM merged_subjects
    UNION SELECT one.subject, other.subject FROM merged_subjects AS one JOIN merged_subjects AS other ON other.root = one.root;
