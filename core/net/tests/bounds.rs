//! How a request ends whatever the other side does: sizes, deadlines, cuts, redirects, cancelling.

#![allow(clippy::unwrap_used)]

mod side;

use std::io::Write;
use std::sync::atomic::Ordering;
use std::sync::Arc;
use std::time::Duration;

use hues_net::{RangedReader, SendOptions};
use hues_protocol::http::{Body, HttpRequest, Method, TransportError};
use side::{answer, get, read_head, say, send, side, side_for};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn post(body: Body) -> HttpRequest {
    HttpRequest {
        method: Method::Post,
        body,
        ..get("/ops")
    }
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut z = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    z.write_all(plain).unwrap();
    z.finish().unwrap()
}

#[tokio::test]
async fn a_redirect_comes_back_and_is_not_followed() {
    let other = side(|_| async {}).await;
    let location = format!("location: {}/login\r\n", other.origin());
    let s = side(move |mut c| {
        let bytes = answer("302 Found", &location, b"<html>");
        async move {
            read_head(&mut c).await;
            say(&mut c, &bytes).await;
        }
    })
    .await;
    assert_eq!(
        send(&s.transport(), get("/hello")).await.unwrap().status,
        302
    );
    assert_eq!(other.connected(), 0);
}

#[tokio::test]
async fn a_target_off_the_origin_is_not_even_tried() {
    let s = side(|_| async {}).await;
    let e = send(&s.transport(), get("//elsewhere.example/ops")).await;
    assert_eq!(e.unwrap_err(), TransportError::RedirectRefused);
    assert_eq!(s.connected(), 0);
}

#[tokio::test]
async fn an_answer_over_its_bound_is_refused_announced_or_not() {
    let big = vec![b'x'; 70_000];
    let announced = answer("200 OK", "", &big);
    let mut silent = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec();
    silent.extend_from_slice(&big);
    for bytes in [announced, silent] {
        let s = side(move |mut c| {
            let bytes = bytes.clone();
            async move {
                read_head(&mut c).await;
                say(&mut c, &bytes).await;
            }
        })
        .await;
        let e = send(&s.transport(), get("/pull")).await.unwrap_err();
        assert_eq!(e, TransportError::TooLarge);
    }
}

#[tokio::test]
async fn gzip_is_undone_and_a_bomb_is_bounded_by_what_comes_out() {
    let small = answer("200 OK", "content-encoding: gzip\r\n", &gzip(b"{\"a\":1}"));
    let bomb = answer(
        "200 OK",
        "content-encoding: gzip\r\n",
        &gzip(&vec![0; 50_000_000]),
    );
    assert!(bomb.len() < 60_000);
    let s = side(move |mut c| {
        let (small, bomb) = (small.clone(), bomb.clone());
        async move {
            let head = read_head(&mut c).await;
            assert!(head.to_lowercase().contains("accept-encoding: gzip"));
            let bytes = if head.contains("/small") { small } else { bomb };
            say(&mut c, &bytes).await;
        }
    })
    .await;
    let t = s.transport();
    assert_eq!(send(&t, get("/small")).await.unwrap().body, b"{\"a\":1}");
    let e = send(&t, get("/bomb")).await.unwrap_err();
    assert_eq!(e, TransportError::TooLarge);
}

#[tokio::test]
async fn an_answer_at_2_kb_a_second_outlives_the_idle_time() {
    let s = side(|mut c| async move {
        read_head(&mut c).await;
        let _ = c
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 6000\r\n\r\n")
            .await;
        for _ in 0..12 {
            tokio::time::sleep(Duration::from_millis(250)).await;
            let _ = c.write_all(&[b'x'; 500]).await;
            let _ = c.flush().await;
        }
    })
    .await;
    let r = send(&s.transport(), get("/pull")).await.unwrap();
    assert_eq!(r.body.len(), 6000);
}

#[tokio::test]
async fn a_body_read_at_2_kb_a_second_arrives() {
    let s = side(|mut c| async move {
        let mut seen = read_head(&mut c)
            .await
            .split_once("\r\n\r\n")
            .map_or(0, |x| x.1.len());
        let mut buf = [0; 500];
        while seen < 6000 {
            tokio::time::sleep(Duration::from_millis(250)).await;
            seen += c.read(&mut buf).await.unwrap();
        }
        say(&mut c, &answer("200 OK", "", b"")).await;
    })
    .await;
    let r = send(&s.transport(), post(Body::Bytes(vec![1; 6000]))).await;
    assert_eq!(r.unwrap().status, 200);
}

#[tokio::test]
async fn silence_ends_a_request_before_and_inside_the_answer() {
    for begin in [false, true] {
        let s = side(move |mut c| async move {
            read_head(&mut c).await;
            if begin {
                let _ = c
                    .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 6000\r\n\r\nabc")
                    .await;
                let _ = c.flush().await;
            }
            std::future::pending::<()>().await;
        })
        .await;
        let mut config = s.config();
        config.pace.connect = Duration::from_millis(500);
        let t = hues_net::NetTransport::new(config).unwrap();
        let e = send(&t, get("/pull")).await.unwrap_err();
        assert_eq!(e, TransportError::Timeout);
    }
}

#[tokio::test]
async fn a_cut_inside_the_answer_is_a_broken_connection_not_a_short_answer() {
    let s = side(|mut c| async move {
        read_head(&mut c).await;
        let _ = c
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 6000\r\n\r\nabc")
            .await;
        let _ = c.flush().await;
        // Dropped without a goodbye.
    })
    .await;
    let e = send(&s.transport(), get("/pull")).await.unwrap_err();
    assert_eq!(e, TransportError::Reset);
}

#[tokio::test]
async fn an_encoding_that_is_none_is_an_alien_answer_not_a_broken_link() {
    let s = side(|mut c| async move {
        read_head(&mut c).await;
        let lie = answer(
            "200 OK",
            "content-encoding: gzip\r\n",
            b"<html>portal</html>",
        );
        say(&mut c, &lie).await;
    })
    .await;
    let e = send(&s.transport(), get("/pull")).await.unwrap_err();
    assert_eq!(e, TransportError::Other);
}

#[tokio::test]
async fn nobody_listening_is_a_broken_connection() {
    let s = side(|_| async {}).await;
    let mut config = s.config();
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    config.origin = format!("https://localhost:{}", free.local_addr().unwrap().port());
    drop(free);
    let t = hues_net::NetTransport::new(config).unwrap();
    assert_eq!(
        send(&t, get("/hello")).await.unwrap_err(),
        TransportError::Reset
    );
}

#[tokio::test]
async fn cancelling_by_id_ends_that_request_alone() {
    let s = side(|mut c| async move {
        let head = read_head(&mut c).await;
        if head.contains("/quick") {
            tokio::time::sleep(Duration::from_millis(200)).await;
            say(&mut c, &answer("200 OK", "", b"")).await;
        }
        std::future::pending::<()>().await;
    })
    .await;
    let t = Arc::new(s.transport());
    let slow = tokio::spawn({
        let t = t.clone();
        async move {
            send(
                &t,
                HttpRequest {
                    id: 1,
                    ..get("/slow")
                },
            )
            .await
        }
    });
    let quick = tokio::spawn({
        let t = t.clone();
        async move {
            send(
                &t,
                HttpRequest {
                    id: 2,
                    ..get("/quick")
                },
            )
            .await
        }
    });
    while s.connections.load(Ordering::SeqCst) < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    t.cancel(1);
    t.cancel(99);
    assert_eq!(slow.await.unwrap().unwrap_err(), TransportError::Cancelled);
    assert_eq!(quick.await.unwrap().unwrap().status, 200);
}

struct Pattern {
    stops_at: u64,
}

impl RangedReader for Pattern {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> std::io::Result<usize> {
        let n = (self.stops_at.saturating_sub(offset) as usize)
            .min(buf.len())
            .min(777);
        for (i, b) in buf[..n].iter_mut().enumerate() {
            *b = ((offset + i as u64) % 251) as u8;
        }
        Ok(n)
    }
}

/// A server that speaks HTTP/2 and echoes.
async fn echo() -> side::Side {
    use http_body_util::BodyExt;
    use hyper::service::service_fn;
    side_for("localhost", &[b"h2"], |c| async move {
        let io = hyper_util::rt::TokioIo::new(c);
        let service = service_fn(|r: hyper::Request<hyper::body::Incoming>| async move {
            assert_eq!(r.version(), hyper::Version::HTTP_2);
            let length = r.headers().get("content-length").cloned();
            let body = r.into_body().collect().await?.to_bytes();
            let mut out = hyper::Response::new(http_body_util::Full::new(body));
            if let Some(length) = length {
                out.headers_mut().insert("x-length", length);
            }
            Ok::<_, hyper::Error>(out)
        });
        let _ = hyper_util::server::conn::auto::Builder::new(hyper_util::rt::TokioExecutor::new())
            .serve_connection(io, service)
            .await;
    })
    .await
}

#[tokio::test]
async fn http_2_is_spoken_and_a_reader_is_sent_whole() {
    let s = echo().await;
    let t = s.transport();
    for _ in 0..3 {
        let file = Body::File {
            name: "photo".into(),
            offset: 500,
            len: 59_500,
        };
        let r = t.send(post(file), pattern(60_000)).await.unwrap();
        assert!(r.headers.contains(&("x-length".into(), "59500".into())));
        assert_eq!(r.body.len(), 59_500);
        assert!(r
            .body
            .iter()
            .enumerate()
            .all(|(i, b)| *b as usize == (i + 500) % 251));
    }
    assert_eq!(s.connected(), 1);
    t.forget_connections();
    send(&t, get("/hello")).await.unwrap();
    assert_eq!(s.connected(), 2);
}

#[tokio::test]
async fn a_reader_that_shrank_fails_instead_of_sending_less() {
    let s = echo().await;
    let file = || {
        post(Body::File {
            name: "photo".into(),
            offset: 0,
            len: 60_000,
        })
    };
    let t = s.transport();
    assert!(t.send(file(), pattern(50_000)).await.is_err());
    assert_eq!(send(&t, file()).await.unwrap_err(), TransportError::Other);
}

fn pattern(stops_at: u64) -> SendOptions {
    SendOptions {
        file: Some(Arc::new(Pattern { stops_at })),
        idle: None,
    }
}

#[tokio::test]
async fn what_names_an_account_shares_no_connection_with_what_does_not() {
    // A polite server that keeps every connection open.
    let s = side(|mut c| async move {
        while read_head(&mut c).await.contains("HTTP/1.1") {
            let _ = c.write_all(&answer("200 OK", "", b"ok")).await;
        }
    })
    .await;
    let t = s.transport();
    let nameless = |path: &str| HttpRequest {
        headers: Vec::new(),
        ..get(path)
    };
    for _ in 0..3 {
        send(&t, get("/pull")).await.unwrap();
        send(&t, nameless("/ops")).await.unwrap();
    }
    assert_eq!(s.connected(), 2, "one each, and each is used again");
    // Signing in names an account before there is a session.
    send(&t, nameless("/signin")).await.unwrap();
    assert_eq!(s.connected(), 2);
    assert!(nameless("/signin").names_an_account());
    assert!(!nameless("/ops").names_an_account());
}
