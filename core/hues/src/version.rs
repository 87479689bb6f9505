//! Which core this is: what an app shows in its about screen and a help desk asks for first.

/// The version of the core that an app carries: `MAJOR.MINOR.PATCH` as in Semantic Versioning 2.0.0.
#[cfg_attr(feature = "uniffi", uniffi::export)]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn has_three_numbers() {
        let numbers: Vec<u32> = version()
            .split('.')
            .filter_map(|part| part.parse().ok())
            .collect();
        assert_eq!(numbers.len(), 3, "{}", version());
    }
}
