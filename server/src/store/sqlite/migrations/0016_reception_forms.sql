-- A form of the reception's page that was sent: sent again it is the same visit. Kept for a day.
CREATE TABLE reception_forms (
    form TEXT PRIMARY KEY, -- drawn when the page was shown
    visit TEXT NOT NULL REFERENCES visits,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX reception_forms_by_age ON reception_forms (at);
