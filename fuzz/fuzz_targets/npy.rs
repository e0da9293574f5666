//! Any bytes as a `.npy` file: read or refused, and what was read is written and read the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use passerelle::matching::engine::npy::Array;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(array) = Array::<i64>::from_bytes(bytes) {
        assert_eq!(Array::from_bytes(&array.to_bytes()), Ok(array));
    }
});
