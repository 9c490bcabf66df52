-- An export needs a reason and a recipient, sealed together in `reason`; reading everything that is kept of a person needs
-- a reason that can be read again. The columns of `accesses` and of the rows that are there stay as they are, so their
-- leaves in `audit` still hold.

CREATE TABLE accesses_kept (
    id TEXT PRIMARY KEY,
    staff TEXT NOT NULL REFERENCES staff,
    session TEXT NOT NULL,
    visit TEXT NOT NULL REFERENCES visits,
    subject TEXT NOT NULL REFERENCES subjects,
    shown TEXT NOT NULL CHECK (shown IN ('list', 'record', 'export', 'asked', 'history', 'export_asked')),
    purpose TEXT NOT NULL CHECK (purpose IN ('reception', 'care', 'reason')),
    reason BLOB, -- sealed; with 'export_asked' who gets the file as well
    at INTEGER NOT NULL,
    CHECK ((reason IS NOT NULL) = (shown IN ('asked', 'history', 'export_asked')))
) STRICT;
INSERT INTO accesses_kept SELECT * FROM accesses ORDER BY rowid;
DROP TABLE accesses;
ALTER TABLE accesses_kept RENAME TO accesses;
CREATE INDEX accesses_by_staff ON accesses (staff, at);
CREATE INDEX accesses_by_subject ON accesses (subject, at);
CREATE INDEX accesses_by_session ON accesses (session, visit);
CREATE INDEX accesses_by_age ON accesses (at);

-- `everything` has a leaf of its own kind, over every column; the leaf of any other row is over the columns before `reason`.
CREATE TABLE file_accesses_kept (
    id TEXT PRIMARY KEY,
    staff TEXT NOT NULL REFERENCES staff,
    session TEXT NOT NULL, -- a bare id: these rows outlive the session
    kind TEXT NOT NULL CHECK (kind IN ('call', 'request')),
    file TEXT NOT NULL, -- the id of the call or request, which may be purged before this row
    subject TEXT, -- whom it is about, where that is known
    shown TEXT NOT NULL CHECK (shown IN ('record', 'export', 'everything')),
    at INTEGER NOT NULL,
    reason BLOB, -- sealed
    CHECK ((reason IS NOT NULL) = (shown = 'everything'))
) STRICT;
INSERT INTO file_accesses_kept SELECT *, NULL FROM file_accesses ORDER BY rowid;
DROP TABLE file_accesses;
ALTER TABLE file_accesses_kept RENAME TO file_accesses;
CREATE INDEX file_accesses_by_staff ON file_accesses (staff, at);
CREATE INDEX file_accesses_by_subject ON file_accesses (subject, at);
CREATE INDEX file_accesses_by_age ON file_accesses (at);
