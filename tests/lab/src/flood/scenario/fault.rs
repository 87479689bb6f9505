//! The faults a scenario can name: which there are, what each needs, and when it strikes.

/// What breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A carrier is out.
    Outage,
    /// The phone shows bars, and nothing passes.
    DeadLink,
    /// The link carries few bytes a second.
    Slow,
    /// Every exchange takes longer.
    Latency,
    /// A portal answers in the city's place until somebody signs in to it.
    Portal,
    /// The request never arrives.
    LostRequest,
    /// The city acts, its answer never comes back.
    LostAnswer,
    /// The request arrives twice.
    Doubled,
    /// The request dawdles, so that a later one overtakes it.
    Late,
    /// The answer dawdles.
    LateAnswer,
    /// The connection breaks after so many bytes of the request.
    Cut,
    /// 500 before the city acted.
    ErrorBefore,
    /// 500 after it committed.
    ErrorAfter,
    /// Half an answer.
    Truncated,
    /// An answer that is not the city's.
    Alien,
    /// An answer made to harm: another op's receipt, a broken signature, an endless nest.
    Hostile,
    /// A page made to harm: rows of nobody, a cursor from nowhere, a watermark of the future.
    HostilePage,
    /// The process of a phone dies between any two of its writes.
    Kill,
    /// The battery dies: torn writes, and perhaps a clock at 2010 after the boot.
    Battery,
    /// The disk is full for a while.
    DiskFull,
    /// A page of the database is destroyed while the phone is off.
    BadPage,
    /// The clock jumps.
    ClockJump,
    /// Power is low for a while: the phone saves what it can.
    LowPower,
    /// The phone is put back to an older copy of itself.
    OldCopy,
    /// The app is updated while acts wait.
    Update,
    /// The city no longer speaks the phone's protocol, until somebody updates the app.
    TooOld,
    /// The gateway's process dies with all it was about to answer.
    GatewayKilled,
    /// The city goes back to its last backup.
    Restore,
}

/// How a kind strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// For a stretch of time, over phones of a carrier and their wards.
    Weather,
    /// A percentage of all exchanges.
    Exchange,
    /// So many times, on phones drawn by the seed.
    Phone,
    /// So many times, in the city.
    City,
}

/// A stretch of the storm, milliseconds from its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Where it begins.
    pub from: u64,
    /// Where it ends.
    pub to: u64,
}

/// Where weather is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Where {
    /// The carrier; none: all.
    pub carrier: Option<String>,
    /// Percent of the wards, drawn by the seed; 100: all.
    pub wards: u64,
}

/// One fault of a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What breaks.
    pub kind: Kind,
    /// When it may.
    pub span: Span,
    /// Where (weather).
    pub place: Where,
    /// Bytes a second, milliseconds, or bytes after which a request is cut: whatever the kind has a size of.
    pub size: u64,
    /// Percent of exchanges, or how many times.
    pub number: u64,
}

impl Kind {
    /// All of them, with the names that files use.
    pub const ALL: [(Kind, &'static str); 28] = [
        (Kind::Outage, "outage"),
        (Kind::DeadLink, "dead-link"),
        (Kind::Slow, "slow"),
        (Kind::Latency, "latency"),
        (Kind::Portal, "portal"),
        (Kind::LostRequest, "lost-request"),
        (Kind::LostAnswer, "lost-answer"),
        (Kind::Doubled, "doubled"),
        (Kind::Late, "late"),
        (Kind::LateAnswer, "late-answer"),
        (Kind::Cut, "cut"),
        (Kind::ErrorBefore, "error-before"),
        (Kind::ErrorAfter, "error-after"),
        (Kind::Truncated, "truncated"),
        (Kind::Alien, "alien"),
        (Kind::Hostile, "hostile"),
        (Kind::HostilePage, "hostile-page"),
        (Kind::Kill, "kill"),
        (Kind::Battery, "battery"),
        (Kind::DiskFull, "disk-full"),
        (Kind::BadPage, "bad-page"),
        (Kind::ClockJump, "clock-jump"),
        (Kind::LowPower, "low-power"),
        (Kind::OldCopy, "old-copy"),
        (Kind::Update, "update"),
        (Kind::TooOld, "too-old"),
        (Kind::GatewayKilled, "gateway-killed"),
        (Kind::Restore, "restore"),
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Kind::ALL
            .iter()
            .find(|(kind, _)| *kind == self)
            .map_or("", |(_, name)| name)
    }

    /// The kind of a name.
    #[must_use]
    pub fn of(name: &str) -> Option<Kind> {
        Kind::ALL
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(kind, _)| *kind)
    }

    /// How it strikes.
    #[must_use]
    pub fn shape(self) -> Shape {
        match self {
            Kind::Outage | Kind::DeadLink | Kind::Slow | Kind::Latency | Kind::Portal => {
                Shape::Weather
            }
            Kind::Kill
            | Kind::Battery
            | Kind::DiskFull
            | Kind::BadPage
            | Kind::ClockJump
            | Kind::LowPower
            | Kind::OldCopy
            | Kind::Update
            | Kind::TooOld => Shape::Phone,
            Kind::GatewayKilled | Kind::Restore => Shape::City,
            _ => Shape::Exchange,
        }
    }

    /// The name of its size, and the bounds of it; `None` where it has none.
    #[must_use]
    pub fn size(self) -> Option<(&'static str, u64, u64)> {
        match self {
            Kind::Slow => Some(("rate", 100, 10_000_000)),
            Kind::Latency => Some(("ms", 1, 120_000)),
            Kind::Cut => Some(("bytes", 1, 10_000_000)),
            _ => None,
        }
    }
}

impl Span {
    /// Whether a moment lies in it.
    #[must_use]
    pub fn holds(&self, at: u64) -> bool {
        (self.from..self.to).contains(&at)
    }
}
