//! What a reader noticed without refusing: one enum for each format, made by one macro.
//!
//! Invariant: a warning has a stable id and words in Vietnamese and English; it never carries the input.

/// Declares the warnings of one format: name, id, words in Vietnamese and in English.
macro_rules! warnings {
    ($(#[$outer:meta])* $enum:ident $(as $foreign:literal)? { $($(#[$doc:meta])* $name:ident, $id:literal, $vi:literal, $en:literal;)* }) => {
        $(#[$outer])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
        $(#[cfg_attr(feature = "uniffi", uniffi(name = $foreign))])?
        #[non_exhaustive]
        pub enum $enum {
            $($(#[$doc])* $name,)*
        }

        impl $enum {
            /// All warnings of this format, in the order of their declaration.
            pub const ALL: &'static [$enum] = &[$($enum::$name,)*];

            /// The stable id, as terminals and vectors print it.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $($enum::$name => $id,)* }
            }

            /// What it means, for people.
            #[must_use]
            pub const fn text(self, language: $crate::Language) -> &'static str {
                match (self, language) {
                    $(($enum::$name, $crate::Language::Vi) => $vi, ($enum::$name, $crate::Language::En) => $en,)*
                }
            }
        }

        #[cfg(feature = "uniffi")]
        #[uniffi::export$((name = $foreign))?]
        impl $enum {
            /// The stable id.
            pub fn code(&self) -> String {
                self.id().to_owned()
            }

            /// What it means, for people.
            pub fn words(&self, language: $crate::Language) -> String {
                self.text(language).to_owned()
            }
        }

        impl serde::Serialize for $enum {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.id())
            }
        }
    };
}

pub(crate) use warnings;
