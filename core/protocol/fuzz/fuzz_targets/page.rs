//! Fuzzes `page`: pages.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(page) = hues_protocol::page::Page::parse(data) {
        let _ = page.check("mine", None, 0);
        page.rows
            .iter()
            .filter_map(|row| row.body.as_ref())
            .for_each(|body| {
                let _ = hues_protocol::rows::read::<hues_protocol::rows::ReportRow>(body);
            });
    }
});
