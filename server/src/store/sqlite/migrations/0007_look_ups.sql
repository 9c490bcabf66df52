-- Look-ups of people who had proved nothing, by keyed hash; forgotten after an hour.
CREATE TABLE look_ups (
    kiosk TEXT NOT NULL REFERENCES kiosks,
    key BLOB NOT NULL CHECK (length(key) = 32),
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX look_ups_by_kiosk ON look_ups (kiosk, at);
CREATE INDEX look_ups_by_key ON look_ups (key, at);
CREATE INDEX look_ups_by_age ON look_ups (at);
