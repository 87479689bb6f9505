//! All promises in the order they are tried: what is trusted first, what disturbs the server last, what the traffic showed at the end.

use std::future::Future;
use std::pin::Pin;

use super::attacker::Attacker;
use super::model::{Checked, Promise};
use super::{
    hostile, lanes, life, ops, pages, readers, refusals, session, trust, upload_ends, uploads,
};

type Work<'a> = Pin<Box<dyn Future<Output = Checked> + 'a>>;

/// A promise and how it is tried.
pub(super) struct Check {
    pub(super) promise: Promise,
    pub(super) run: for<'a> fn(&'a mut Attacker) -> Work<'a>,
}

macro_rules! checks {
    ($($name:literal, $clause:literal, $says:literal => $work:path;)*) => {
        /// Every check.
        pub(super) const ALL: &[Check] = &[$(Check {
            promise: Promise { name: $name, clause: $clause, says: $says },
            run: |attacker| Box::pin($work(attacker)),
        }),*];
    };
}

checks! {
    "hello", "§6 GET /hello", "hello states versions, limits and numbers that fit what is signed" => trust::hello;
    "key-list", "§2 Trust", "the key list is signed by the root, not expired, and never goes back" => trust::keys;
    "beacon", "§2 Beacon", "a beacon verifies, fits hello, and is not older than the one before" => trust::beacon;
    "beacon-same", "§2 Beacon", "beacons are the same bytes for everyone, fetched without credentials" => trust::beacon_same;
    "config-pack", "§2 Pack, §7", "the config pack is signed, good, and of the version that hello states" => trust::pack;
    "protocol-range", "§6 Hues-Protocol", "a version too low is told to update, one that is unknown is refused" => trust::range;
    "receipt", "§4 hues.receipt.v1", "a receipt verifies under the key list and is about the op that was sent" => ops::receipt;
    "epoch", "§4 Epoch and watermark", "receipts state hello's epoch, an index within its head, a watermark that fits" => ops::epoch;
    "proof", "§5 Proof", "op, receipt and beacon make a proof that verifies" => trust::whole_proof;
    "op-twice", "§4, §6 Submitting", "an op sent again gets the same receipt and has one effect" => ops::twice;
    "op-raced", "§6 Submitting", "an op raced on several connections is applied once" => ops::raced;
    "op-answer-lost", "§6 GET /ops/{op id}", "an op whose answer was lost is found by asking" => ops::answer_lost;
    "op-cut", "§6 Submitting", "an op cut inside its body was never committed, and is taken whole" => ops::cut;
    "op-slow", "§6 Submitting", "an op at 300 bytes a second is taken" => ops::slow;
    "op-id-reused", "§6 Submitting", "the same op id with other bytes is refused; the first stays" => ops::id_reused;
    "op-query", "§6 GET /ops/{op id}", "unknown is 404, refused is the refusal" => ops::query;
    "lane-gap", "§3 Lanes, §4 fork", "ops of a lane are taken in order only; the head is told" => lanes::gap;
    "lane-chain", "§3 Lanes, §4 fork", "a wrong chain hash is a fork" => lanes::chain;
    "lane-old-copy", "§4 fork", "a place that is taken is a fork, and the lane goes on after its head" => lanes::old_copy;
    "lane-raced", "§3 Lanes", "of two ops raced for one place one is taken" => lanes::raced;
    "replacement", "§3 Editing what is wrong", "refused stays refused; a replacement or a tombstone takes its place" => lanes::replaced;
    "damaged-bundle", "§6 Submitting", "an op whose parts were damaged on the way is judged anew when whole" => lanes::damaged;
    "refusal-signature", "§3 Header, §6 Submitting", "a bad signature is refused, and settles nothing" => refusals::signature;
    "refusal-grant", "§3 Header", "the reserved grant is refused" => refusals::grant;
    "refusal-label", "§1, §3 Header", "another label is no op" => refusals::label;
    "refusal-author", "§3 Parts", "an author that is none, reserved, or certifies another lane is refused" => refusals::author;
    "refusal-kind", "§3 Kinds", "an unknown kind or version is refused as such" => refusals::kind;
    "refusal-parts", "§3 Parts, Kinds", "missing, changed and misshapen parts are refused by name" => refusals::parts;
    "refusal-lists", "§3 Kinds, §7", "what the config pack does not have is refused by name" => refusals::lists;
    "refusal-whose", "§6 Submitting", "another's report, no report, another state are refused by name" => refusals::whose;
    "refusal-staff", "§6 Submitting", "an officer's act by a citizen is refused" => refusals::staff;
    "log-rises", "§4 Epoch and watermark", "log indexes grow, none is given twice, signed time never goes back" => ops::log_rises;
    "session", "§6 sign-in", "what needs a session says so, whatever stands in Authorization" => session::needed;
    "enrol", "§2 hues.device.v1, §6", "a device certificate is for that key, for at most 90 days, for one account" => session::enrol;
    "signout", "§6 POST /signout", "signing out ends that session" => session::signout;
    "page", "§6 Pulling", "pages of any size bring the same rows, with the right count and checksum" => pages::whole;
    "page-cursor", "§6 Pulling", "a cursor brings the same again, then what changed after it" => pages::cursor;
    "page-alien-cursor", "§6 Pulling", "an alien cursor is refused, or resets the scope" => pages::alien_cursor;
    "page-deletes", "§6 Pulling", "what leaves a scope is told as a delete" => pages::deletes;
    "wake", "§6 GET /wake", "the long poll tells the head once the log grew" => pages::wake;
    "reader-account", "§6 Pulling", "nobody reads another account's rows" => readers::other_account;
    "reader-parts", "§3 Parts, §6 Bodies of rows", "no row holds a part that is not for its reader" => readers::parts;
    "anonymous", "§3 author, §6 POST /ops", "anonymous lanes need no credentials, and no answer names the sender" => readers::anonymous;
    "anonymous-scope", "§6 Pulling lane:ID", "only the lane key, over a fresh beacon, opens its scope" => readers::lane_scope;
    "upload-create", "§6 Files", "an upload belongs to a committed op, and is named again while unfinished" => uploads::creation;
    "upload-account", "§6 Files", "another account's upload is not there" => uploads::other_account;
    "upload-cut", "§6 Files", "after a cut the offset tells what arrived, and the rest completes it" => uploads::cut;
    "upload-offset", "§6 Files", "a PATCH at another offset is 409 and changes nothing" => uploads::wrong_offset;
    "upload-checksum", "§6 Files", "a PATCH whose checksum does not match is 460 and changes nothing" => uploads::checksum;
    "upload-hash", "§6 Files", "a whole file of another hash is 460 and starts over" => uploads::whole_hash;
    "upload-length", "§6 Files", "more than was announced is refused" => uploads::length;
    "upload-complete", "§6 Files", "a complete file has an index and an epoch, and repeats them" => upload_ends::complete;
    "upload-raced", "§6 Files", "a piece raced on two connections is kept once" => uploads::doubled;
    "upload-half-open", "§6 Files", "a dead connection does not lock an upload" => uploads::half_open;
    "upload-unclean", "§6 Files", "what is no clean JPEG is refused and erased" => upload_ends::unclean;
    "upload-terminate", "§6 Files", "an upload that was ended is gone" => upload_ends::termination;
    "upload-abandoned", "§6 Files", "an abandoned upload says until when it is kept" => upload_ends::abandoned;
    "upload-anonymous", "§6 Files", "an anonymous lane's files need no credentials" => uploads::anonymous;
    "too-large", "§1 limits, §6", "too large is a typed refusal, and the server goes on" => hostile::too_large;
    "hostile-bodies", "§1 Encoding, §6", "bodies that mean no good are refused" => hostile::bodies;
    "hostile-bytes", "§1, §3 Header", "no byte of a bundle can be changed unnoticed" => hostile::changed;
    "hostile-requests", "§6", "paths and queries that mean no good are refused" => hostile::requests;
    "hostile-connections", "§6", "bytes that are no HTTP do not stop the server" => hostile::garbage;
    "half-open", "§6", "requests that never end do not keep others out" => hostile::half_open;
    "rate-limit", "§6 retry-at", "too much is answered with a time to come back, which holds" => hostile::limits;
    "restart", "§4 Receipts", "after a restart every receipted op is there" => life::restart;
    "restore", "§4 Epoch and watermark", "after a restore the epoch is new and every receipted op is taken again" => life::restore;
    "no-redirect", "§6", "no answer is a redirect" => hostile::redirects;
    "no-5xx", "§6", "no hostile input makes a 5xx" => hostile::faults;
    "error-form", "§6 refusals", "every error is of the closed list" => hostile::errors;
    "no-cookie", "§6", "no answer sets a cookie" => hostile::cookies;
}
