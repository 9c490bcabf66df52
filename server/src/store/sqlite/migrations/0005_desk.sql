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
