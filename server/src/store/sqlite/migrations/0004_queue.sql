-- What happens to places in the queue. Rows are only added; what they come to is computed by the rules. Their leaves
-- in `audit` hold their digests.

CREATE TABLE queue_events (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    station TEXT NOT NULL,
    day TEXT NOT NULL,
    visit TEXT NOT NULL REFERENCES visits,
    event TEXT NOT NULL CHECK (event IN ('joined', 'called', 'recalled', 'absent', 'returned', 'started', 'finished',
        'moved', 'reranked', 'cancelled', 'merged')),
    room TEXT, -- joined, moved
    queue TEXT CHECK (queue IN ('emergency', 'priority', 'normal')), -- joined, reranked
    other TEXT REFERENCES visits, -- merged: the visit that goes on
    decision BLOB, -- sealed: who, and why; none where nobody decided, or the subject had been erased
    code_look_up BLOB UNIQUE, -- joined: keyed hash of the ticket's code
    code BLOB, -- joined: sealed, for a ticket that is printed again
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX queue_events_by_day ON queue_events (station, day, seq);
CREATE INDEX queue_events_by_visit ON queue_events (visit);
