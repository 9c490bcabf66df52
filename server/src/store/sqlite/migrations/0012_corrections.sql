-- Whose each visit is by its last version. Whoever it was recorded for first keeps what is theirs of it, and nothing more.
CREATE VIEW current_subjects AS
    SELECT visits.id AS visit, coalesce(
        (SELECT visit_versions.subject FROM visit_versions WHERE visit_versions.visit = visits.id
         ORDER BY visit_versions.version DESC LIMIT 1),
        visits.subject) AS subject
    FROM visits;
