use super::*;
use std::collections::BTreeSet;
use std::path::Path;
use unicode_normalization::UnicodeNormalization as _;

fn all() -> Vec<Citizen> {
    citizens(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../seeds"))).unwrap()
}

#[test]
fn there_is_somebody_for_every_case_that_the_flows_must_handle() {
    let all = all();
    assert!(all.len() >= 15);
    let someone = |what: &str, is: &dyn Fn(&Citizen) -> bool| assert!(all.iter().any(is), "nobody: {what}");
    let born = |citizen: &Citizen| match citizen.person.date_of_birth {
        BirthDate::Full(date) => date.year(),
        BirthDate::Year(year) => year,
    };
    someone("75 or over", &|c| (1923..=1951).contains(&born(c)) && c.card.defect == Defect::None);
    someone("over 100", &|c| born(c) < 1926);
    someone("under six, no photo", &|c| born(c) > 2020 && !c.card.photo);
    someone("a card of 2024 of an adult", &|c| c.card.kind == CardKind::CanCuoc2024 && born(c) < 2000);
    someone("expired", &|c| matches!(c.card.date_of_expiry, Expiry::On(date) if date.year() < 2026));
    someone("without expiry", &|c| c.card.date_of_expiry == Expiry::Never);
    someone("year only", &|c| matches!(c.person.date_of_birth, BirthDate::Year(_)));
    someone("BAC only", &|c| c.card.access == AccessProtocols::BacOnly);
    for defect in [
        Defect::ForgedDataGroup,
        Defect::ForgedSecurityObject,
        Defect::UnknownIssuer,
        Defect::ClonedChip,
        Defect::WithholdsProof,
    ] {
        someone(&format!("{defect:?}"), &|c| c.card.defect == defect);
    }
    for result in ["000", "003", "004", "010", "060", "070"] {
        someone(result, &|c| c.insurance.as_ref().is_some_and(|known| known.result == result));
    }
    someone("portal down", &|c| c.insurance.as_ref().is_some_and(|known| known.portal_down));
    someone("no insurance", &|c| c.insurance.is_none());
    someone("not in the population database", &|c| c.population.is_some_and(|known| !known.matches));
    assert!(all.iter().any(|citizen| citizen.slug == "nguyen-thi-hoa"));
}

#[test]
fn no_two_people_share_a_number_or_a_can() {
    let all = all();
    let numbers: BTreeSet<_> = all.iter().map(|c| c.person.personal_number.as_str()).collect();
    let cans: BTreeSet<_> = all.iter().map(|c| *c.person.personal_number.can().as_bytes()).collect();
    assert_eq!((numbers.len(), cans.len()), (all.len(), all.len()));
}

#[test]
fn the_numbers_hint_at_the_same_birth_year_and_sex_as_the_person() {
    for citizen in all() {
        let hints = citizen.person.personal_number.hints();
        let year = match citizen.person.date_of_birth {
            BirthDate::Full(date) => date.year(),
            BirthDate::Year(year) => year,
        };
        assert_eq!(i16::try_from(hints.birth_year).unwrap(), year, "{}", citizen.slug);
        assert_eq!(hints.female, citizen.person.sex == Sex::Female, "{}", citizen.slug);
    }
}

#[test]
fn between_them_the_names_hold_every_vietnamese_letter() {
    let used: BTreeSet<char> =
        all().iter().flat_map(|c| c.person.full_name.to_lowercase().nfc().collect::<Vec<_>>()).collect();
    let vowels = "aăâeêioôơuưy".chars();
    let tones = ["", "\u{300}", "\u{301}", "\u{309}", "\u{303}", "\u{323}"];
    let letters = vowels.flat_map(|vowel| tones.map(|tone| format!("{vowel}{tone}").nfc().next().unwrap()));
    let missing: String = letters.chain(['đ']).filter(|letter| !used.contains(letter)).collect();
    assert_eq!(missing, "");
}

#[test]
fn everybody_is_found_by_a_name_of_their_own_and_whoever_is_not_there_is_unknown() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../seeds"));
    let everybody = bearers(folder).unwrap();
    let slugs: BTreeSet<_> = everybody.iter().map(Bearer::slug).collect();
    assert_eq!(slugs.len(), everybody.len());
    for one in &everybody {
        let found = bearer(folder, one.slug()).unwrap();
        assert_eq!((found.slug(), found.about()), (one.slug(), one.about()));
    }
    assert!(matches!(bearer(folder, "niemand"), Err(SeedError::Unknown(slug)) if slug == "niemand"));
    assert!(matches!(bearer(folder, "../station"), Err(SeedError::Unknown(_))));
}

#[test]
fn there_is_a_foreigner_of_each_kind_that_a_passport_must_show() {
    let all = passports(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../seeds"))).unwrap();
    let length = |passport: &Passport| passport.person.surname.len() + passport.person.given_names.len();
    assert!(all.iter().any(|passport| length(passport) < 30 && passport.person.surname.is_ascii()));
    assert!(all.iter().any(|passport| length(passport) > 45), "a name that the lines cut");
    assert!(all.iter().any(|passport| passport.passport.access == AccessProtocols::BacOnly));
    for passport in &all {
        assert!(passport.person.nationality.is_listed() && passport.passport.issuing_state.is_listed());
        assert_eq!(
            passport.passport.issuing_state.as_str(),
            "D",
            "the state that the made-up issuer signs for"
        );
    }
}

#[test]
fn a_slug_cannot_lead_out_of_the_folder() {
    let seeds = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../seeds"));
    for bad in ["../station", "", "NGUYEN", "nguyen_thi", "/etc/passwd"] {
        assert!(matches!(citizen(seeds, bad), Err(SeedError::Unknown(_))), "{bad}");
    }
}

#[test]
fn a_wrong_field_is_named_and_the_rest_is_not_repeated() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("citizens")).unwrap();
    std::fs::write(
        folder.path().join("citizens/x.toml"),
        "about = \"x\"\n[person]\npersonal_number = \"12345678901x\"\n",
    )
    .unwrap();
    let error = citizens(folder.path()).unwrap_err().to_string();
    assert!(error.contains("x.toml") && error.contains("12 digits"), "{error}");
    assert!(!error.contains("1234567"), "{error}");
}

/// The day on which a card's validity ends by law: the age of 14 (since 2024), 25, 40 or 60, but one issued within
/// the two years before such an age is valid until the next.
fn lawful_expiry(citizen: &Citizen) -> Expiry {
    let birth = match citizen.person.date_of_birth {
        BirthDate::Full(date) => date,
        BirthDate::Year(year) => Date::new(year, 1, 1).unwrap(),
    };
    let ages: &[i16] = match citizen.card.kind {
        CardKind::Cccd2021 => &[25, 40, 60],
        CardKind::CanCuoc2024 => &[14, 25, 40, 60],
    };
    let years = |years: i16| jiff::Span::new().years(years);
    ages.iter()
        .find(|age| citizen.card.date_of_issue < birth + years(**age - 2))
        .map_or(Expiry::Never, |age| Expiry::On(birth + years(*age)))
}

#[test]
fn every_card_ends_at_the_age_that_the_law_names() {
    for citizen in all() {
        assert_eq!(citizen.card.date_of_expiry, lawful_expiry(&citizen), "{}", citizen.slug);
        let (first, last) = match citizen.card.kind {
            CardKind::Cccd2021 => ("2021-01-01", "2024-06-30"),
            CardKind::CanCuoc2024 => ("2024-07-01", "2026-09-15"),
        };
        let issued = citizen.card.date_of_issue.to_string();
        assert!((first..=last).contains(&issued.as_str()), "{}: no such card was made then", citizen.slug);
    }
}
