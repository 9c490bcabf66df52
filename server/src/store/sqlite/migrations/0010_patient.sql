-- What a person is known by, the register's answers as they arrived, and alerts.

-- Numbers of a subject. Deleted when the subject is erased: the hash would link whoever comes back to them.
CREATE TABLE subject_numbers (
    id TEXT PRIMARY KEY,
    subject TEXT NOT NULL REFERENCES subjects,
    kind TEXT NOT NULL CHECK (kind IN ('personal', 'old_card', 'cancelled', 'insured')),
    look_up BLOB NOT NULL CHECK (length(look_up) = 32), -- keyed hash; the same for a personal number that is cancelled
    number BLOB NOT NULL, -- sealed
    standing TEXT NOT NULL CHECK (standing IN ('stated', 'registered', 'proved')),
    at INTEGER NOT NULL,
    UNIQUE (subject, kind, look_up, standing)
) STRICT;
CREATE INDEX subject_numbers_by_look_up ON subject_numbers (look_up);

-- From here on rows are only added. Their leaves in `audit` hold their digests.

-- Whether two subjects are one person, as staff said. The records of the one that was merged stay its own.
CREATE TABLE subject_decisions (
    id TEXT PRIMARY KEY,
    subject TEXT NOT NULL REFERENCES subjects,
    other TEXT NOT NULL REFERENCES subjects, -- merged: whose it is from here on
    outcome TEXT NOT NULL CHECK (outcome IN ('merged', 'apart')),
    decision BLOB NOT NULL, -- sealed under the key of `other`
    at INTEGER NOT NULL,
    CHECK (subject <> other)
) STRICT;
CREATE UNIQUE INDEX subject_merged_once ON subject_decisions (subject) WHERE outcome = 'merged';
CREATE INDEX subject_decisions_by_other ON subject_decisions (other, outcome);

-- Whom the merged ones lead to, over every step.
CREATE VIEW merged_subjects AS
    WITH RECURSIVE merged(subject, root) AS (
        SELECT subject, other FROM subject_decisions WHERE outcome = 'merged'
        UNION SELECT merged.subject, other FROM merged JOIN subject_decisions AS next ON next.subject = merged.root
            WHERE next.outcome = 'merged')
    SELECT subject, root FROM merged;

-- A mark on a person holds for what was merged into them.
DROP VIEW marked_subjects;
CREATE VIEW marked_subjects AS
    WITH marked AS (
        SELECT subject, kind FROM subject_marks AS mark
        WHERE placed = 1 AND NOT EXISTS (
            SELECT 1 FROM subject_marks AS later
            WHERE later.subject = mark.subject AND later.kind = mark.kind AND later.rowid > mark.rowid))
    SELECT subject, kind FROM marked
    UNION SELECT merged_subjects.subject, kind FROM marked JOIN merged_subjects ON merged_subjects.root = marked.subject;

-- The insurance register's answers as they arrived. The person's visits elsewhere are in none but those that a
-- clinician asked for.
CREATE TABLE insurance_answers (
    id TEXT PRIMARY KEY,
    visit TEXT NOT NULL REFERENCES visits,
    subject TEXT NOT NULL REFERENCES subjects, -- whose key seals it
    asked_by TEXT NOT NULL,
    answer BLOB NOT NULL, -- sealed
    decision BLOB, -- sealed: which clinician asked for the visits elsewhere, and why
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX insurance_answers_by_visit ON insurance_answers (visit);
CREATE INDEX insurance_answers_by_subject ON insurance_answers (subject);
CREATE INDEX insurance_answers_by_age ON insurance_answers (at);

CREATE TABLE alerts (
    id TEXT PRIMARY KEY,
    system TEXT NOT NULL,
    code TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE TABLE alert_endings (
    alert TEXT PRIMARY KEY REFERENCES alerts,
    decision BLOB NOT NULL, -- sealed under the server's key
    at INTEGER NOT NULL
) STRICT;
