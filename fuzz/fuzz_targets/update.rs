#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| samleng_fuzz::update(bytes));
