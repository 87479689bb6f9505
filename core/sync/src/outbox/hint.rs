//! Why an op did not leave yet, as a word beside it: not the city's verdict, only what the last try met.
//!
//! Invariant: a closed list; the core has words in every language for each of them, by test.

use hues_protocol::classify::Setback;

macro_rules! hints {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// What the last try of an op met.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Hint {
            $($(#[$doc])* $variant,)*
        }

        impl Hint {
            /// All of them.
            pub const ALL: &'static [Hint] = &[$(Hint::$variant,)*];

            /// Its name, as in [`super::OpView::error`].
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Hint::$variant => $name,)* }
            }
        }
    };
}

hints! {
    /// No answer came.
    Network = "network",
    /// Somebody else answered: a captive portal, a proxy, a forgery.
    NotTheCity = "not-the-city",
    /// The city failed.
    CityFault = "city-fault",
    /// The city asks for patience.
    CityBusy = "city-busy",
    /// The session is over.
    SignIn = "sign-in",
    /// The city does not speak this release's protocol any more.
    Update = "update",
    /// The city's newer keys come first.
    Keys = "keys",
    /// The city never got what must not be sent twice by itself: the person decides.
    NotArrived = "not-arrived",
}

impl Hint {
    /// The hint for a setback; none where the city named a rule.
    #[must_use]
    pub fn of(setback: &Setback) -> Option<Hint> {
        Some(match setback {
            Setback::Refused { .. } => return None,
            Setback::Transport(_) => Hint::Network,
            Setback::Alien(_) => Hint::NotTheCity,
            Setback::Fault(_) => Hint::CityFault,
            Setback::RetryAt { .. } => Hint::CityBusy,
            Setback::SignIn => Hint::SignIn,
            Setback::Update => Hint::Update,
            Setback::KeysNeeded => Hint::Keys,
        })
    }
}
