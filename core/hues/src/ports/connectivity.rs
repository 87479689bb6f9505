//! What the host knows of network and battery. The host pushes changes (`network_changed`, `power_changed`): it has the callbacks already.

/// How good the link is, in the only steps that change what the core does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Link {
    /// No network at all.
    None,
    /// A network that wants something first (hotel, bus station); the core probes it.
    Captive,
    /// Slow or metered: words and small pages go, photos wait for better or go in small pieces.
    Slow,
    /// Good: everything goes.
    #[default]
    Good,
}

/// The battery as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum PowerState {
    /// Enough, or charging.
    #[default]
    Normal,
    /// Under 15 %: words only.
    Low,
}

impl From<Link> for hues_sync::machine::Link {
    fn from(link: Link) -> Self {
        match link {
            Link::None => hues_sync::machine::Link::None,
            Link::Captive => hues_sync::machine::Link::Captive,
            Link::Slow => hues_sync::machine::Link::Slow,
            Link::Good => hues_sync::machine::Link::Good,
        }
    }
}
