-- Whose records are whose where a visit's data were corrected; and how a second check-in of a day is noticed.

-- Subjects under which a person was kept before a visit of theirs was corrected: while nobody knew who they were, or under
-- a number that was typed wrongly. Only where nothing else is kept under that subject, and no document proved who it is:
-- else it is somebody of its own.
CREATE VIEW earlier_records AS
    WITH corrected AS (
        SELECT visit, subject FROM visit_versions AS last WHERE NOT EXISTS (
            SELECT 1 FROM visit_versions AS later
            WHERE later.visit = last.visit AND later.version > last.version)),
    named AS (
        SELECT visits.id AS visit, 1 AS version, visits.subject, phuong_thuc_dinh_danh AS method
            FROM corrected JOIN visits ON visits.id = corrected.visit
        UNION ALL SELECT visit, version, subject, phuong_thuc_dinh_danh FROM visit_versions)
    SELECT DISTINCT corrected.subject, named.subject AS before
    FROM corrected JOIN named ON named.visit = corrected.visit AND named.subject <> corrected.subject
    WHERE (named.method = 'CHUA_XAC_DINH' OR NOT EXISTS (
            SELECT 1 FROM visit_versions AS later
            WHERE later.visit = named.visit AND later.version > named.version AND later.wrong = 'person'))
        AND NOT EXISTS (
            SELECT 1 FROM subject_numbers
            WHERE subject_numbers.subject = named.subject AND kind = 'personal' AND standing = 'proved')
        AND NOT EXISTS (
            SELECT 1 FROM visits AS other JOIN current_subjects ON current_subjects.visit = other.id
            WHERE other.subject = named.subject AND current_subjects.subject <> corrected.subject)
        AND NOT EXISTS (
            SELECT 1 FROM visit_versions AS other JOIN current_subjects ON current_subjects.visit = other.visit
            WHERE other.subject = named.subject AND current_subjects.subject <> corrected.subject);

-- Who is one person: each with themselves, and with whoever is reached over what staff merged and over earlier records.
DROP VIEW same_person;
CREATE VIEW same_person AS
    WITH RECURSIVE links (one, other) AS (
        SELECT subject, other FROM subject_decisions WHERE outcome = 'merged'
        UNION SELECT other, subject FROM subject_decisions WHERE outcome = 'merged'
        UNION SELECT subject, before FROM earlier_records
        UNION SELECT before, subject FROM earlier_records),
    reached (subject, same) AS (
        SELECT one, other FROM links
        UNION SELECT reached.subject, links.other FROM reached JOIN links ON links.one = reached.same)
    SELECT id AS subject, id AS same FROM subjects
    UNION SELECT subject, same FROM reached;

-- Whose what was said and proved in a visit's conversation is: whose the visit is now, unless somebody else came.
CREATE VIEW conversation_subjects AS
    SELECT visits.id AS visit, iif(
        EXISTS (SELECT 1 FROM visit_versions WHERE visit_versions.visit = visits.id AND wrong = 'person'),
        visits.subject, current_subjects.subject) AS subject
    FROM visits JOIN current_subjects ON current_subjects.visit = visits.id;

-- A keyed hash of station, day, name, birth and numbers of whoever checked in: the same again, while the first number
-- still waits, goes to staff. Of no use after the day, and gone then.
CREATE TABLE same_day (
    visit TEXT PRIMARY KEY REFERENCES visits,
    look_up BLOB NOT NULL CHECK (length(look_up) = 32),
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX same_day_by_look_up ON same_day (look_up);
CREATE INDEX same_day_by_age ON same_day (at);
