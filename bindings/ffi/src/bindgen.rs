//! The binding generator: `cargo xtask` builds it once and caches it.
fn main() {
    uniffi::uniffi_bindgen_main()
}
