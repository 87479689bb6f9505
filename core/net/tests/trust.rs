//! Whom the transport believes: roots, names, dates, and the one request that is made without dates.

#![allow(clippy::unwrap_used)]

mod side;

use std::sync::Arc;

use hues_net::{NetConfig, NetTransport};
use hues_protocol::http::TransportError;
use side::{answer, get, read_head, say, send, side, side_for, NOW, YEAR};

fn at(config: NetConfig, ms: i64) -> NetTransport {
    NetTransport::new(NetConfig {
        clock: Arc::new(move || ms),
        ..config
    })
    .unwrap()
}

#[tokio::test]
async fn a_good_chain_is_believed() {
    let s = side(|mut c| async move {
        read_head(&mut c).await;
        say(&mut c, &answer("200 OK", "x-a: b\r\n", b"hello")).await;
    })
    .await;
    let r = send(&s.transport(), get("/hello")).await.unwrap();
    assert_eq!((r.status, r.body.as_slice()), (200, b"hello".as_slice()));
    assert!(r.headers.contains(&("x-a".into(), "b".into())));
}

#[tokio::test]
async fn another_authority_is_not() {
    let s = side(|_| async {}).await;
    let other = side(|_| async {}).await;
    let mut config = s.config();
    config.roots = vec![other.root.clone()];
    // Also at a wrong time: dates never excuse an unknown root.
    for ms in [NOW, NOW - 2 * YEAR, NOW + 2 * YEAR] {
        let t = at(config.clone(), ms);
        let no = TransportError::Tls {
            clock_suspect: false,
        };
        assert_eq!(send(&t, get("/hello")).await.unwrap_err(), no);
        assert_eq!(t.fetch_beacon_unverified_time(false).await.unwrap_err(), no);
    }
}

#[tokio::test]
async fn another_name_is_not() {
    let s = side_for("elsewhere.example", &[], |_| async {}).await;
    for ms in [NOW, NOW - 2 * YEAR] {
        let t = at(s.config(), ms);
        let no = TransportError::Tls {
            clock_suspect: false,
        };
        assert_eq!(send(&t, get("/hello")).await.unwrap_err(), no);
        assert_eq!(t.fetch_beacon_unverified_time(false).await.unwrap_err(), no);
    }
}

#[tokio::test]
async fn a_clock_years_off_is_told_apart_and_may_fetch_signed_time() {
    let s = side(|mut c| async move {
        let head = read_head(&mut c).await.to_lowercase();
        // No credentials on a connection whose dates nobody checked.
        let good = head.starts_with("get /beacon ") && !head.contains("authorization");
        let body: &[u8] = if good { b"beacon" } else { b"no" };
        say(&mut c, &answer("200 OK", "", body)).await;
    })
    .await;
    for ms in [NOW - 2 * YEAR, NOW + 2 * YEAR, -YEAR] {
        let t = at(s.config(), ms);
        let suspect = TransportError::Tls {
            clock_suspect: true,
        };
        assert_eq!(send(&t, get("/hello")).await.unwrap_err(), suspect);

        let beacon = t.fetch_beacon_unverified_time(false).await.unwrap();
        assert_eq!(beacon.response.body, b"beacon");
        assert!(beacon.chain_valid_at(NOW));
        assert!(!beacon.chain_valid_at(NOW + 2 * YEAR));
        assert!(!beacon.chain_valid_at(-1));
        // And nothing was remembered that would let a dated request through.
        assert_eq!(send(&t, get("/hello")).await.unwrap_err(), suspect);
    }
}

#[tokio::test]
async fn roots_are_needed_and_must_be_certificates() {
    let s = side(|_| async {}).await;
    for roots in [vec![], vec![b"no certificate".to_vec()]] {
        let mut config = s.config();
        config.roots = roots;
        assert_eq!(
            NetTransport::new(config).err(),
            Some(hues_net::NetError::Roots)
        );
    }
}
