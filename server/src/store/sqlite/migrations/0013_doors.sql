-- Sign-ins of citizens at VNeID that are under way. A row is good once, for one conversation.
CREATE TABLE sign_ins (
    state BLOB PRIMARY KEY CHECK (length(state) = 32), -- keyed hash
    session TEXT NOT NULL REFERENCES sessions,
    attempt BLOB NOT NULL, -- sealed with the conversation's key
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_ins_by_session ON sign_ins (session);
CREATE INDEX sign_ins_by_age ON sign_ins (at);
