//! The phone's own upload client against tus servers written by others: `tus-java-server` and `@tus/server`.
//!
//! The phone is the whole core with its default transport; only the words of its reports go to a sandbox city. What is
//! standard tus 1.0.0 is judged here (creation, offsets, resuming, a conflict, an upload that is gone, checksums); what is
//! ours (who may upload, the hash that is checked, the place in the log) by `tests/city`.
#![allow(clippy::unwrap_used)] // a test

mod between;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use between::{Between, Luck};
use hues_city::{City, CityConfig, RunningCity};
use hues_core::feedback::{DraftInput, ReportList};
use hues_core::ports::doubles::SoftwareVault;
use hues_core::ports::Link;
use hues_core::{CityAddress, CoreConfig, HuesCore, Ports};
use hues_crypto::hash::sha256;
use hues_media::testkit::{generate, Extras};
use hues_net::{NetConfig, NetTransport, Pace, SendOptions};
use hues_protocol::classify::{self, OffsetAnswer, Outcome, PatchAnswer};
use hues_protocol::http::{Body, Class, HttpRequest, Method};

/// A tus server of others; ends with the value.
struct Peer {
    child: Child,
    folder: tempfile::TempDir,
    url: String,
}

impl Peer {
    fn start(variable: &str) -> Peer {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(std::env::var(variable).unwrap())
            .arg(folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = lines.next().unwrap().unwrap();
        let url = ready.strip_prefix("ready ").unwrap().to_owned();
        Peer { child, folder, url }
    }

    /// How many of its files hold exactly these bytes, by their hash.
    fn holds(&self, hash: &str) -> usize {
        fn walk(dir: &Path, out: &mut Vec<PathBuf>) {
            for entry in std::fs::read_dir(dir).unwrap().flatten() {
                match entry.file_type().unwrap().is_dir() {
                    true => walk(&entry.path(), out),
                    false => out.push(entry.path()),
                }
            }
        }
        let mut files = Vec::new();
        walk(self.folder.path(), &mut files);
        let same = |f: &&PathBuf| hex::encode(sha256(&std::fs::read(f).unwrap())) == hash;
        files.iter().filter(same).count()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A phone that talks through `between`.
fn phone(home: &Path, city: &RunningCity, between: &Between) -> HuesCore {
    let config = CoreConfig {
        home: home.to_string_lossy().into_owned(),
        city: Some(CityAddress {
            url: between.origin.clone(),
            root_key: city.root.to_vec(),
            tls_roots: Vec::new(),
        }),
        account: None,
        local_address: None,
    };
    HuesCore::open(config, Ports::with_vault(SoftwareVault::in_memory())).unwrap()
}

/// Files a report with two photos, `seed` and the next, over a link with this luck; what passed when both had arrived.
async fn upload(peer: &Peer, seed: u64, luck: &[Luck]) -> between::Passed {
    let city = City::start(CityConfig::default()).unwrap();
    let state = city.state().unwrap();
    let epoch = state["epoch"].as_str().unwrap().to_owned();
    let between = Between::start(&city.url, &peer.url, (epoch, 1), luck);
    let home = tempfile::tempdir().unwrap();
    let core = phone(home.path(), &city, &between);
    // A slow link has small chunks: several for each photo.
    core.start(Link::Slow).await.unwrap();
    core.sign_in_sandbox("citizen".into(), None).await.unwrap();

    let feedback = core.feedback();
    let input = DraftInput {
        category: Some("ha_tang.den_duong".into()),
        text: "Đèn đường tắt.".into(),
        place_words: Some("ngõ 12".into()),
        ..DraftInput::default()
    };
    let draft = feedback.new_draft(input).await.unwrap();
    for seed in [seed, seed + 1] {
        let extras = Extras {
            quality: 80,
            ..Extras::default()
        };
        let photo = generate(seed, 1280, 960, &extras);
        feedback.add_photo(draft.id.clone(), photo).await.unwrap();
    }
    let filed = feedback.submit(draft.id).await.unwrap();
    // Backoff after bad luck is real time; a refresh is what an impatient person does.
    for _ in 0..240 {
        core.settle(250).await.unwrap();
        if core.status().await.unwrap().photos_open == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
        core.refresh().await.unwrap();
    }
    let passed = between.passed();
    let status = core.status().await.unwrap();
    assert_eq!(status.photos_open, 0, "{status:?} {passed:#?}");
    assert_eq!(between.left(), 0, "all the bad luck struck: {passed:#?}");
    let report = feedback.report(ReportList::Mine, filed.id).await.unwrap();
    assert_eq!(report.photos.len(), 2);
    for photo in &report.photos {
        assert_eq!(peer.holds(&photo.sha256), 1, "{passed:#?}");
    }
    passed
}

fn count(passed: &between::Passed, word: &str, status: u16) -> usize {
    let found = passed
        .iter()
        .filter(|(line, s)| line.starts_with(word) && *s == status);
    found.count()
}

async fn all_well(peer: &Peer) {
    let passed = upload(peer, 1, &[]).await;
    assert_eq!(count(&passed, "POST", 201), 2, "{passed:#?}");
    assert!(
        count(&passed, "PATCH", 204) >= 4,
        "several chunks: {passed:#?}"
    );
    assert_eq!(count(&passed, "PATCH", 409), 0, "{passed:#?}");
}

async fn resumed(peer: &Peer) {
    let luck = [
        Luck::CutAfter(5_000),
        Luck::AnswerLost,
        Luck::CutAfter(9_000),
    ];
    let passed = upload(peer, 3, &luck).await;
    // Nothing was created anew: after each break the phone asked where to go on, and went on from there.
    assert_eq!(count(&passed, "POST", 201), 2, "{passed:#?}");
    assert_eq!(count(&passed, "PATCH", 0), 3, "{passed:#?}");
    let asked = count(&passed, "HEAD", 200) + count(&passed, "HEAD", 204);
    assert!(asked >= 3, "{passed:#?}");
}

async fn wrong_offset(peer: &Peer) {
    let passed = upload(peer, 5, &[Luck::Twice]).await;
    assert_eq!(count(&passed, "POST", 201), 2, "{passed:#?}");
    assert_eq!(count(&passed, "PATCH", 409), 1, "{passed:#?}");
}

async fn forgotten(peer: &Peer) {
    let passed = upload(peer, 7, &[Luck::Forgotten]).await;
    assert_eq!(count(&passed, "POST", 201), 3, "made anew: {passed:#?}");
    let gone = count(&passed, "PATCH", 404) + count(&passed, "PATCH", 410);
    assert_eq!(gone, 1, "{passed:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs @tus/server: cargo xtask test --only tus"]
async fn photos_reach_the_reference_server() {
    let peer = Peer::start("HUES_PEER_TUS_NODE");
    all_well(&peer).await;
    resumed(&peer).await;
    wrong_offset(&peer).await;
    forgotten(&peer).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs tus-java-server: cargo xtask test --only tus"]
async fn photos_reach_the_java_server() {
    let peer = Peer::start("HUES_PEER_TUS_JAVA");
    all_well(&peer).await;
    resumed(&peer).await;
    wrong_offset(&peer).await;
    forgotten(&peer).await;
}

/// One request over the phone's transport, for answers that the phone's own good manners do not provoke.
async fn ask(
    peer: &Peer,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Outcome {
    let origin = &peer.url[..peer.url.find("/files").unwrap()];
    let net = NetTransport::new(NetConfig {
        origin: origin.to_owned(),
        roots: Vec::new(),
        local_address: None,
        clock: Arc::new(|| 0),
        pace: Pace::default(),
    })
    .unwrap();
    let mut all = vec![("tus-resumable".to_owned(), "1.0.0".to_owned())];
    all.extend(
        headers
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned())),
    );
    let request = HttpRequest {
        id: 1,
        method,
        path: path.to_owned(),
        headers: all,
        body: match body {
            [] => Body::Empty,
            bytes => Body::Bytes(bytes.to_vec()),
        },
        max_response: 16 * 1024,
        class: Class::Bytes,
    };
    net.send(request, SendOptions::default()).await
}

const PIECE: [(&str, &str); 2] = [
    ("content-type", "application/offset+octet-stream"),
    ("upload-offset", "0"),
];

#[tokio::test]
#[ignore = "needs tus-java-server: cargo xtask test --only tus"]
async fn a_damaged_piece_is_refused_by_its_checksum_and_sent_again() {
    let peer = Peer::start("HUES_PEER_TUS_JAVA");
    let made = ask(
        &peer,
        Method::Post,
        "/files",
        &[("upload-length", "5")],
        b"",
    )
    .await;
    let path = made.as_ref().unwrap().header("location").unwrap();
    let path = format!("/files/{}", path.rsplit('/').next().unwrap());
    let sum = base64(&sha256(b"hello"));
    let sum = format!("sha256 {sum}");
    let headers = [PIECE[0], PIECE[1], ("upload-checksum", sum.as_str())];

    let damaged = ask(&peer, Method::Patch, &path, &headers, b"jello").await;
    assert_eq!(
        classify::file_patched(&damaged, 5),
        Ok(PatchAnswer::ChecksumBad)
    );
    let offset = ask(&peer, Method::Head, &path, &[], b"").await;
    assert_eq!(
        classify::file_offset(&offset, 5),
        Ok(OffsetAnswer::Offset(0))
    );
    let good = ask(&peer, Method::Patch, &path, &headers, b"hello").await;
    assert_eq!(classify::file_patched(&good, 5), Ok(PatchAnswer::Offset(5)));
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[tokio::test]
#[ignore = "needs both tus servers: cargo xtask test --only tus"]
async fn an_upload_nobody_knows_is_gone_for_both() {
    for variable in ["HUES_PEER_TUS_NODE", "HUES_PEER_TUS_JAVA"] {
        let peer = Peer::start(variable);
        let path = "/files/00000000000000000000000000000000";
        let patched = ask(&peer, Method::Patch, path, &PIECE, b"hello").await;
        let asked = ask(&peer, Method::Head, path, &[], b"").await;
        assert_eq!(
            classify::file_patched(&patched, 5),
            Ok(PatchAnswer::Gone),
            "{variable} {patched:?}"
        );
        assert_eq!(
            classify::file_offset(&asked, 5),
            Ok(OffsetAnswer::Gone),
            "{variable} {asked:?}"
        );
    }
}
