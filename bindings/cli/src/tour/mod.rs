//! `hues tour`: the flood day of 28 October 2025, played on this machine.

pub mod page;
pub mod record;

use std::sync::Arc;

use crate::args::TourArgs;
use crate::exit::{Exit, Failure};
use crate::output::Sink;

pub async fn run(_: &TourArgs, _: Arc<dyn Sink>) -> Result<Exit, Failure> {
    Ok(Exit::Done)
}
