//! The page: one HTML file put together from markup, style and script, all inside the binary.
//!
//! Invariant: it asks nobody but the server it came from; its policy names style and script by their hashes, so nothing else ever runs in it.

use std::sync::OnceLock;

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use hues_crypto::hash::sha256;

use super::view::topics;

/// The page and what it may do.
pub struct Page {
    /// The file.
    pub html: String,
    /// Its `Content-Security-Policy`.
    pub policy: String,
}

/// The page; put together once.
pub fn page() -> &'static Page {
    static PAGE: OnceLock<Page> = OnceLock::new();
    PAGE.get_or_init(|| {
        let style = include_str!("style.css");
        let script = concat!(include_str!("words.js"), include_str!("script.js"));
        // `<` cannot end the element it stands in.
        let data = topics().to_string().replace('<', "\\u003c");
        let html = include_str!("index.html")
            .replace("/*style*/", style)
            .replace("/*topics*/", &data)
            .replace("/*script*/", script);
        let policy = format!(
            "default-src 'none'; style-src '{}'; script-src '{}'; connect-src 'self'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
            hash(style),
            hash(script)
        );
        Page { html, policy }
    })
}

fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(sha256(text.as_bytes())))
}
