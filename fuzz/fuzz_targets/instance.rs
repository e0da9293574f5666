//! An instance directory with one file replaced by any bytes: refused, or solved with a proof over all pairs.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use passerelle::matching::engine::{Options, Settings, directory, sample::Sample, solve};

fn sound() -> &'static directory::Files {
    static FILES: OnceLock<directory::Files> = OnceLock::new();
    FILES.get_or_init(|| {
        let sample = Sample {
            seed: 1,
            mentees: 12,
            mentors: 8,
            regimes: 2,
        };
        let instance = sample
            .instance(Settings::default())
            .expect("the sample is valid");
        directory::write(&instance)
    })
}

fuzz_target!(|input: (u8, u16, Vec<u8>)| {
    let (which, at, bytes) = input;
    let mut files = sound().clone();
    let name = files
        .keys()
        .nth(usize::from(which) % files.len())
        .cloned()
        .unwrap_or_default();
    if let Some(file) = files.get_mut(&name) {
        // Replaced from some byte on, so that headers often stay whole.
        let from = usize::from(at) % (file.len() + 1);
        let to = (from + bytes.len()).min(file.len());
        file.splice(from..to, bytes);
    }
    if let Ok(instance) = directory::read(&files) {
        let outcome = solve(
            &instance,
            &Options {
                audit: true,
                ..Options::default()
            },
        )
        .expect("proved");
        assert_eq!(outcome.certificate.violations, 0);
    }
});
