//! Fuzzes `receipt`: everything the city signs.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    use hues_protocol::city::Parsed;
    let _ = Parsed::<hues_protocol::receipt::Receipt>::parse(data);
    let _ = Parsed::<hues_protocol::refusal::Refusal>::parse(data);
    let _ = Parsed::<hues_protocol::fork::Fork>::parse(data);
    let _ = Parsed::<hues_protocol::beacon::Beacon>::parse(data);
    let _ = Parsed::<hues_protocol::device::DeviceCertificate>::parse(data);
    let _ = Parsed::<hues_protocol::notice::Notice>::parse(data);
});
