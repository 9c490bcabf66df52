-- Who saw what is kept about a person outside of a visit. Rows are only added; their leaves in `audit` hold their
-- digests.

CREATE TABLE file_accesses (
    id TEXT PRIMARY KEY,
    staff TEXT NOT NULL REFERENCES staff,
    session TEXT NOT NULL, -- a bare id: these rows outlive the session
    kind TEXT NOT NULL CHECK (kind IN ('call', 'request')),
    file TEXT NOT NULL, -- the id of the call or request, which may be purged before this row
    subject TEXT, -- whom it is about, where that is known
    shown TEXT NOT NULL CHECK (shown IN ('record', 'export')),
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX file_accesses_by_staff ON file_accesses (staff, at);
CREATE INDEX file_accesses_by_subject ON file_accesses (subject, at);
CREATE INDEX file_accesses_by_age ON file_accesses (at);
