//! The text of `docs/law.md`.

use super::{
    PROCESSINGS, RETENTION, RequestKind, requests::ACKNOWLEDGE_WORKING_DAYS, requirements::REQUIREMENTS,
};

const HEAD: &str = "# The law, and where it is kept

Printed from `flows/src/law`; a test compares. For whoever runs a station, and for its data-protection officer.

The articles come from digests, not from the gazette: **check them there before relying on them**. What the digests leave open is said where it matters, with what we chose. This page is no legal advice.
";

/// The text of `docs/law.md`.
pub fn documentation() -> String {
    let mut lines = vec![HEAD.to_owned()];
    lines.push(
        "## Article by article\n\n| article | what it asks | code | test |\n|---|---|---|---|".to_owned(),
    );
    for requirement in &REQUIREMENTS {
        let code: Vec<_> = requirement.code.iter().map(|file| format!("`{file}`")).collect();
        let tests: Vec<_> = requirement.tests.iter().map(|test| format!("`{}`", test_name(test))).collect();
        lines.push(format!(
            "| {} | {} | {} | {} |",
            requirement.article,
            requirement.asks,
            code.join("<br>"),
            tests.join("<br>")
        ));
    }
    lines.push(
        "\n## Each processing and its basis\n\n| processing | basis | consent | articles | data | sensitive | kept as | who gets it |\n|---|---|---|---|---|---|---|---|"
            .to_owned(),
    );
    for processing in &PROCESSINGS {
        lines.push(format!(
            "| {} (`{}`) | {} | {} | {} | {} | {} | {} | {} |",
            processing.what,
            processing.id,
            processing.basis,
            processing.purpose().map_or_else(String::new, |purpose| format!("`{}`", purpose.as_str())),
            processing.articles,
            processing.data,
            if processing.sensitive { "yes" } else { "no" },
            processing
                .kept_as
                .map_or_else(|| "not kept".to_owned(), |record| format!("`{}`", record.as_str())),
            processing.recipients
        ));
    }
    lines.push(
        "\n## How long records are kept\n\nWhat is over is purged at the start of the server and once a day (`server/src/store/sqlite/purge`). Each purge leaves a proof: what kind, how many, older than when, and a digest of their ids, with a leaf in the audit log. What a person has restricted, and what is held for a dispute, stays until that ends.\n\n| record | kept for | since | then | required by | why so long |\n|---|---|---|---|---|---|"
            .to_owned(),
    );
    for rule in &RETENTION {
        lines.push(format!(
            "| `{}` | {} | {} | {} | {} | {} |",
            rule.record.as_str(),
            rule.period,
            rule.since,
            rule.ending.meaning(),
            rule.required.unwrap_or(""),
            rule.why
        ));
    }
    lines.push(format!(
        "\n## Until when a request is answered\n\nReceipt is acknowledged within {ACKNOWLEDGE_WORKING_DAYS} working days: not Saturday, not Sunday, none of the public holidays in the configuration, counted from the day after receipt, in Asia/Ho_Chi_Minh. The digest does not say of which days the other periods are made. We count the strict way: every day counts, and an end on a day off moves to the working day before it.\n\n| asked | days | with an extension |\n|---|---|---|"
    ));
    for kind in RequestKind::ALL {
        let (normal, extended) = kind.days();
        lines.push(format!("| {} (`{}`) | {normal} | {extended} |", kind.vietnamese(), kind.as_str()));
    }
    lines.join("\n") + "\n"
}

fn test_name(test: &str) -> &str {
    test.split_once("::").map_or(test, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_is_what_the_tables_say() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/law.md");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(path, documentation()).unwrap();
        }
        assert_eq!(
            std::fs::read_to_string(path).unwrap_or_default(),
            documentation(),
            "run UPDATE_DOCS=1 cargo test -p flows"
        );
    }
}
