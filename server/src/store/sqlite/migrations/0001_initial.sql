-- Times are Unix milliseconds, ids are UUIDs as text. A column marked "sealed" holds AES-256-GCM under the key of
-- its owner in `keys`, bound to this table, column and row.

CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;

-- Keys of subjects, sessions, calls and the server, wrapped by the master key. A row that is gone is an erasure.
CREATE TABLE keys (owner TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT;

CREATE TABLE kiosks (
    id TEXT PRIMARY KEY,
    public_key BLOB NOT NULL CHECK (length(public_key) = 32),
    place TEXT NOT NULL,
    enrolled_at INTEGER NOT NULL,
    withdrawn_at INTEGER -- since when it may not call
) STRICT;

CREATE TABLE request_nonces (
    kiosk TEXT NOT NULL REFERENCES kiosks,
    nonce TEXT NOT NULL,
    used_at INTEGER NOT NULL,
    PRIMARY KEY (kiosk, nonce)
) STRICT, WITHOUT ROWID;
CREATE INDEX request_nonces_by_age ON request_nonces (used_at);

-- Idempotency: a row without a response is a claim.
CREATE TABLE requests (
    kiosk TEXT NOT NULL REFERENCES kiosks,
    key TEXT NOT NULL,
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32), -- keyed hash
    claimed_at INTEGER NOT NULL,
    owner TEXT,
    response BLOB, -- sealed
    PRIMARY KEY (kiosk, key),
    CHECK ((owner IS NULL) = (response IS NULL))
) STRICT;
CREATE INDEX requests_by_age ON requests (claimed_at);
CREATE INDEX requests_by_owner ON requests (owner);

CREATE TABLE subjects (
    id TEXT PRIMARY KEY,
    look_up BLOB UNIQUE, -- keyed hash of the personal number; none where it is not known or the subject was erased
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    kiosk TEXT NOT NULL REFERENCES kiosks,
    service TEXT NOT NULL,
    language TEXT NOT NULL,
    version INTEGER NOT NULL,
    state BLOB NOT NULL, -- sealed under the session's own key
    visit TEXT REFERENCES visits,
    opened_at INTEGER NOT NULL,
    turned_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_age ON sessions (turned_at);
CREATE INDEX sessions_by_visit ON sessions (visit);

CREATE TABLE challenges (
    id TEXT PRIMARY KEY,
    session TEXT NOT NULL REFERENCES sessions,
    nonce BLOB NOT NULL CHECK (length(nonce) = 8),
    issued_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;
CREATE INDEX challenges_by_age ON challenges (issued_at);
CREATE INDEX challenges_by_session ON challenges (session);

-- From here on rows are only added. Their leaves in `audit` hold their digests.

CREATE TABLE consents (
    id TEXT PRIMARY KEY,
    session TEXT REFERENCES sessions, -- at a kiosk
    subject TEXT REFERENCES subjects, -- at the desk; a conversation's is written down once it is known
    purpose TEXT NOT NULL,
    answer TEXT NOT NULL CHECK (answer IN ('given', 'refused', 'withdrawn')),
    language TEXT NOT NULL,
    text_sha256 BLOB NOT NULL CHECK (length(text_sha256) = 32),
    text_known INTEGER NOT NULL CHECK (text_known IN (0, 1)),
    channel TEXT NOT NULL CHECK (channel IN ('kiosk', 'desk')),
    kiosk TEXT REFERENCES kiosks,
    relation TEXT, -- what the representative is to the person
    by_hand BLOB, -- sealed: who wrote it down, who spoke for the person
    withdraws TEXT REFERENCES consents,
    at INTEGER NOT NULL,
    CHECK ((channel = 'kiosk') = (kiosk IS NOT NULL)),
    CHECK ((answer = 'withdrawn') = (withdraws IS NOT NULL)),
    CHECK ((session IS NULL) <> (subject IS NULL))
) STRICT;
CREATE INDEX consents_by_session ON consents (session);
CREATE INDEX consents_by_subject ON consents (subject);
CREATE INDEX consents_by_withdrawal ON consents (withdraws);
CREATE INDEX consents_by_age ON consents (at);

CREATE TABLE calls (
    id TEXT PRIMARY KEY,
    kiosk TEXT NOT NULL REFERENCES kiosks,
    session TEXT REFERENCES sessions,
    step TEXT NOT NULL,
    code TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX calls_by_session ON calls (session);

CREATE TABLE call_endings (
    call TEXT PRIMARY KEY REFERENCES calls,
    visit TEXT REFERENCES visits,
    owner TEXT NOT NULL,
    decision BLOB NOT NULL, -- sealed
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX call_endings_by_visit ON call_endings (visit);

CREATE TABLE visits (
    id TEXT PRIMARY KEY,
    subject TEXT NOT NULL REFERENCES subjects,
    session TEXT REFERENCES sessions,
    station TEXT NOT NULL,
    day TEXT NOT NULL,
    queue TEXT NOT NULL CHECK (queue IN ('emergency', 'priority', 'normal')),
    number INTEGER NOT NULL CHECK (number > 0),
    room TEXT NOT NULL,
    phuong_thuc_dinh_danh TEXT NOT NULL CHECK (phuong_thuc_dinh_danh IN ('QR_CCCD', 'CHIP_CCCD', 'VNEID_APP',
        'DICH_VU_XAC_THUC', 'TRA_CUU_BHXH', 'NHAP_TAY', 'CHUA_XAC_DINH')),
    strength TEXT NOT NULL,
    legal_basis TEXT NOT NULL CHECK (legal_basis IN ('consent', 'law', 'contract', 'emergency')), -- of the visit
    evidence_basis TEXT CHECK (evidence_basis IN ('consent')), -- of verdict and proof
    insurance TEXT NOT NULL,
    insurance_result TEXT,
    insurance_card BLOB, -- sealed
    patient BLOB NOT NULL, -- sealed
    verdict TEXT,
    access TEXT,
    challenge TEXT,
    signer_sha256 BLOB,
    proof BLOB, -- sealed
    submission BLOB, -- sealed
    at INTEGER NOT NULL,
    UNIQUE (station, day, queue, number)
) STRICT;
CREATE INDEX visits_by_subject ON visits (subject, station, day);

CREATE TABLE queues (
    station TEXT NOT NULL,
    day TEXT NOT NULL,
    queue TEXT NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (station, day, queue)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    operation TEXT NOT NULL,
    record TEXT NOT NULL,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    previous BLOB NOT NULL CHECK (length(previous) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
