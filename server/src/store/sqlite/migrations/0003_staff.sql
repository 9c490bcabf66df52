-- Staff: accounts, sign-in, sessions, and who saw which record.

CREATE TABLE staff (
    id TEXT PRIMARY KEY,
    user_name BLOB NOT NULL UNIQUE, -- keyed hash
    number BLOB UNIQUE, -- keyed hash of the personal number: who signs in by VNeID
    profile BLOB NOT NULL, -- sealed: user name and name
    posts TEXT NOT NULL, -- JSON: [{"place": "01999", "role": "reception"}]
    password BLOB, -- sealed: Argon2id, PHC string
    one_time BLOB, -- sealed: TOTP secret
    one_time_step INTEGER NOT NULL DEFAULT 0, -- the last step a code was taken of
    enrolment BLOB CHECK (length(enrolment) = 32), -- SHA-256 of a secret of 80 bits
    enrolment_until INTEGER,
    locked_at INTEGER,
    added_at INTEGER NOT NULL,
    CHECK ((enrolment IS NULL) = (enrolment_until IS NULL))
) STRICT;

CREATE TABLE recovery_codes (
    staff TEXT NOT NULL REFERENCES staff,
    code BLOB NOT NULL CHECK (length(code) = 32), -- SHA-256 of 80 bits
    used_at INTEGER,
    PRIMARY KEY (staff, code)
) STRICT, WITHOUT ROWID;

-- Keyed hashes of the user name as typed and of the place. An empty one stands for any.
CREATE TABLE sign_in_failures (
    account BLOB NOT NULL,
    source BLOB NOT NULL,
    failures INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    until INTEGER, -- no attempt before
    known_at INTEGER, -- when this account was last signed in to from there
    PRIMARY KEY (account, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE staff_sessions (
    id TEXT PRIMARY KEY,
    token BLOB NOT NULL UNIQUE, -- keyed hash: whoever writes to this file cannot make one up
    staff TEXT NOT NULL REFERENCES staff,
    stage TEXT NOT NULL CHECK (stage IN ('code', 'enrolment', 'local', 'vneid')),
    one_time BLOB, -- sealed: the TOTP secret of an enrolment
    opened_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    ended_at INTEGER,
    ending TEXT,
    CHECK ((ended_at IS NULL) = (ending IS NULL))
) STRICT;
CREATE INDEX staff_sessions_by_staff ON staff_sessions (staff) WHERE ended_at IS NULL;

-- Sign-ins by VNeID that are under way. A row is good once.
CREATE TABLE identity_attempts (
    state BLOB PRIMARY KEY, -- keyed hash
    browser BLOB NOT NULL, -- keyed hash of the cookie that the browser got
    attempt BLOB NOT NULL, -- sealed
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Rows are only added. Each has its leaf in `audit`.
CREATE TABLE accesses (
    id TEXT PRIMARY KEY,
    staff TEXT NOT NULL REFERENCES staff,
    session TEXT NOT NULL REFERENCES staff_sessions,
    visit TEXT NOT NULL REFERENCES visits,
    subject TEXT NOT NULL REFERENCES subjects,
    shown TEXT NOT NULL CHECK (shown IN ('list', 'record', 'export', 'asked')),
    purpose TEXT NOT NULL CHECK (purpose IN ('reception', 'care', 'reason')),
    reason BLOB, -- sealed
    at INTEGER NOT NULL,
    CHECK ((reason IS NOT NULL) = (shown = 'asked'))
) STRICT;
CREATE INDEX accesses_by_staff ON accesses (staff, at);
CREATE INDEX accesses_by_subject ON accesses (subject, at);
CREATE INDEX accesses_by_session ON accesses (session, visit);
CREATE INDEX accesses_by_age ON accesses (at);
