//! Some hundred power-loss histories, and mistakes made on purpose that they must find.
#![allow(clippy::unwrap_used, clippy::panic)] // a test

use hues_lab::power::{history, Mistake, Tally};

#[test]
fn what_was_promised_durable_survives_and_what_may_roll_back_rolls_back_whole() {
    let mut all = Tally::default();
    for seed in 1..=300 {
        match history(seed, Mistake::None) {
            Ok(tally) => all += tally,
            Err(broken) => panic!("{broken}"),
        }
    }
    // The darkness bites: in every way it can, and not always.
    let bites = [
        all.losses,
        all.kills,
        all.full,
        all.normal,
        all.rolled_back,
        all.cut_undone,
        all.cut_open,
        all.sealed,
        all.checkpoints,
        all.city_kept,
    ];
    assert!(bites.iter().all(|n| *n > 0), "{all:?}");
    assert!(
        all.rolled_back < all.normal && all.checks == all.losses + all.kills,
        "{all:?}"
    );
}

#[test]
fn a_folder_whose_maker_died_before_its_name_was_durable_keeps_what_is_promised_in_it() {
    // The history that once lost a whole account so.
    if let Err(broken) = history(548, Mistake::None) {
        panic!("{broken}");
    }
}

#[test]
fn a_seed_replays_its_history() {
    for seed in [3, 8, 21, 34] {
        assert_eq!(history(seed, Mistake::None), history(seed, Mistake::None));
    }
}

#[test]
fn mistakes_made_on_purpose_are_found() {
    for mistake in [
        Mistake::ActsNotSynced,
        Mistake::CursorFirst,
        Mistake::IndexLater,
        Mistake::PhotoLater,
    ] {
        let found = (1..=400).find_map(|seed| history(seed, mistake).err());
        assert!(found.is_some(), "{mistake:?} is never found");
    }
}
