//! Every seed of the fuzz targets, and what fuzzing once found, through the readers of this build.

use std::path::Path;

#[path = "../fuzz/entries.rs"]
mod entries;

#[test]
fn no_reader_is_harmed_by_its_seeds() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/seeds");
    for (name, read) in entries::ALL {
        let mut count = 0;
        for seed in std::fs::read_dir(seeds.join(name)).unwrap() {
            let path = seed.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            let read = std::panic::catch_unwind(|| read(&bytes));
            assert!(read.is_ok(), "{} breaks a rule", path.display());
            count += 1;
        }
        assert!(count >= 8, "{name} has {count} seeds");
    }
}
