-- What C06 said of the card that a visit was recorded with. Its answer as it came is sealed with the visit's proof.
CREATE TABLE card_checks (
    visit TEXT PRIMARY KEY REFERENCES visits,
    standing TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
