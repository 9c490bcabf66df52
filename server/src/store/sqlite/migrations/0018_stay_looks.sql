-- Who saw which stays, and why.

CREATE TABLE stay_looks (
    id TEXT PRIMARY KEY,
    staff TEXT NOT NULL REFERENCES staff,
    session TEXT NOT NULL, -- a bare id: these rows outlive the session
    place TEXT NOT NULL,
    looked TEXT NOT NULL CHECK (looked IN ('list', 'record', 'printed', 'asked')),
    stay TEXT, -- of 'record': a bare id
    subject TEXT, -- whose stay that is
    reason BLOB, -- sealed
    at INTEGER NOT NULL,
    CHECK ((stay IS NOT NULL) = (looked = 'record')),
    CHECK ((stay IS NULL) = (subject IS NULL)),
    CHECK ((reason IS NOT NULL) = (looked = 'asked'))
) STRICT;
CREATE INDEX stay_looks_by_place ON stay_looks (place, at);
CREATE INDEX stay_looks_by_session ON stay_looks (session, place, at);
CREATE INDEX stay_looks_by_subject ON stay_looks (subject);
CREATE INDEX stay_looks_by_age ON stay_looks (at);
