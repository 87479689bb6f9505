//! Planted bugs: defects that a build of their own carries and one thread at a time can switch on, so that the laboratory can show that it finds them.
//!
//! Invariant: without `--cfg hues_planted` (never a Cargo feature, never in an app) [`planted!`](macro@crate::planted) is `false` and its name is nowhere in the library.

#[cfg(hues_planted)]
use std::cell::Cell;

/// Whether the planted bug of this name is switched on, in this thread.
#[macro_export]
macro_rules! planted {
    ($name:literal) => {{
        #[cfg(hues_planted)]
        let on = $crate::planted::is_on($name);
        #[cfg(not(hues_planted))]
        let on = false;
        on
    }};
}

#[cfg(hues_planted)]
thread_local! {
    static ON: Cell<Option<&'static str>> = const { Cell::new(None) };
}

/// Whether this one is on.
#[cfg(hues_planted)]
#[must_use]
pub fn is_on(name: &str) -> bool {
    ON.with(|on| on.get() == Some(name))
}

/// Runs `f` with the bug `name` switched on.
#[cfg(hues_planted)]
pub fn with<R>(name: &'static str, f: impl FnOnce() -> R) -> R {
    struct Off;
    impl Drop for Off {
        fn drop(&mut self) {
            ON.with(|on| on.set(None));
        }
    }
    ON.with(|on| on.set(Some(name)));
    let _off = Off;
    f()
}
