//! The binding generator, as UniFFI ships it.

fn main() {
    uniffi::uniffi_bindgen_main()
}
