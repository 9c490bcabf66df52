//! Fuzz targets: one plain function for each thing that takes bytes from outside. None may panic, whatever
//! the bytes are.
//!
//! The tests run every target over its corpus, `fuzz/corpus/NAME/`, and over mutations of it; `make fuzz` runs
//! them with libFuzzer, which finds new files for the corpus.

mod chip;
mod documents;
mod qr;

/// Something that takes bytes from outside.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name and that of its corpus.
    pub name: &'static str,
    /// Feeds it.
    pub run: fn(&[u8]),
}

/// Every target.
pub const TARGETS: &[&[Target]] = &[chip::TARGETS, documents::TARGETS, qr::TARGETS];

/// The target with `name`.
pub fn target(name: &str) -> Option<Target> {
    TARGETS.iter().copied().flatten().copied().find(|target| target.name == name)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    /// Where each target's files lie.
    fn corpus() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus"))
    }

    /// Truncations, changed bytes, cut and doubled pieces; the same every time.
    fn mutations(seed: &[u8]) -> impl Iterator<Item = Vec<u8>> {
        // Headers are at the beginning; of what follows, samples.
        let step = (seed.len() / 100).max(1);
        let positions = move || (0..seed.len().min(32)).chain((32..seed.len()).step_by(step));
        let truncated = positions().map(|length| seed[..length].to_vec());
        let changed = positions().flat_map(|position| {
            [0x01, 0x80, 0xFF].map(|bits| {
                let mut bytes = seed.to_vec();
                bytes[position] ^= bits;
                bytes
            })
        });
        let cut = (0..seed.len().min(32)).map(|position| [&seed[..position], &seed[position + 1..]].concat());
        let doubled = (0..seed.len().min(32)).map(|position| [&seed[..position], seed].concat());
        truncated.chain(changed).chain(cut).chain(doubled)
    }

    #[test]
    fn no_target_panics_on_its_corpus_or_mutations_of_it() {
        for target in TARGETS.iter().copied().flatten() {
            let folder = corpus().join(target.name);
            let mut files = 0;
            for file in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
            {
                let seed = fs::read(file.unwrap().path()).unwrap();
                (target.run)(&seed);
                mutations(&seed).for_each(|bytes| (target.run)(&bytes));
                files += 1;
            }
            assert!(files > 0, "{} has no corpus", target.name);
        }
    }

    #[test]
    fn every_corpus_has_a_target_and_names_are_unique() {
        let names: Vec<_> = TARGETS.iter().copied().flatten().map(|target| target.name).collect();
        let unique: BTreeSet<_> = names.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(unique.len(), names.len());
        let folders: BTreeSet<_> = fs::read_dir(corpus())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert_eq!(folders, unique);
    }
}
