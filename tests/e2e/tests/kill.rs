//! A hundred rounds of SIGKILL over the whole journey lose nothing and make nothing twice.
#![allow(clippy::unwrap_used, clippy::print_stdout)] // a test that takes its time says what it does

use std::path::Path;

use hues_e2e::kill::{run, Plan};
use hues_e2e::process::program;

const ROUNDS: u64 = 100;
const SEED: u64 = 20_251_028;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the program hues: cargo xtask test --only kill"]
async fn a_hundred_rounds_lose_nothing_and_make_nothing_twice() {
    // SIGKILL asks nothing of a disk that memory would not give; the soak runs on the real one.
    let memory = Path::new("/dev/shm");
    let folder = match memory.is_dir() {
        true => tempfile::tempdir_in(memory).unwrap(),
        false => tempfile::tempdir().unwrap(),
    };
    let plan = Plan {
        program: program().unwrap(),
        rounds: ROUNDS,
        seed: SEED,
        folder: folder.path().to_owned(),
    };
    let tally = match run(&plan, |line| println!("{line}")).await {
        Ok(tally) => tally,
        Err(trouble) => {
            let kept = folder.keep(); // for whoever looks into it
            panic!("{trouble}\n  kept: {}", kept.display())
        }
    };
    println!("{}", tally.table());
    assert_eq!((tally.rounds, tally.lost, tally.double), (ROUNDS, 0, 0));
    assert!(tally.kills() >= ROUNDS);
    assert_eq!(tally.missing(), Vec::<&str>::new(), "no kill hit there");
}
