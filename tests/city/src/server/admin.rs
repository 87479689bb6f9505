//! The admin interface: faults, backups, and all that is stored. For tests and tours, on loopback, behind a token.
//!
//! Invariant: a request without the token learns nothing; the interface shares no address with the city.

use std::convert::Infallible;
use std::sync::Arc;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::HeaderValue;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use serde::Deserialize;
use serde_json::{json, Value};
use tokio::net::{TcpListener, TcpStream};
use url::form_urlencoded;

use super::core::Core;
use crate::error::CityError;
use crate::fault::{Carrier, FaultKind, FaultOrder};
use crate::storage::StorageError;

/// An admin request is small.
const BODY_MAX: usize = 64 * 1024;

type Reply = (u16, Value);

/// Accepts for ever.
pub(crate) async fn listen(listener: TcpListener, core: Arc<Core>, token: Arc<str>) {
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(connection(stream, Arc::clone(&core), Arc::clone(&token)));
        }
    }
}

async fn connection(stream: TcpStream, core: Arc<Core>, token: Arc<str>) {
    let service = service_fn(move |request| {
        let (core, token) = (Arc::clone(&core), Arc::clone(&token));
        async move { Ok::<_, Infallible>(answer(core, &token, request).await) }
    });
    let _ = auto::Builder::new(TokioExecutor::new())
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(core: Arc<Core>, token: &str, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let (status, body) = match admitted(&request, token) {
        false => (401, json!({"error": "token"})),
        true => route(core, request).await,
    };
    let mut response = Response::new(Full::new(Bytes::from(body.to_string())));
    *response.status_mut() =
        hyper::StatusCode::from_u16(status).unwrap_or(hyper::StatusCode::INTERNAL_SERVER_ERROR);
    response
        .headers_mut()
        .insert("content-type", HeaderValue::from_static("application/json"));
    response
}

fn admitted(request: &Request<Incoming>, token: &str) -> bool {
    let given = request
        .headers()
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    given.and_then(|value| value.strip_prefix("Bearer ")) == Some(token)
}

async fn route(core: Arc<Core>, request: Request<Incoming>) -> Reply {
    let (head, body) = request.into_parts();
    let query: Vec<(String, String)> =
        form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
    let Ok(body) = Limited::new(body, BODY_MAX)
        .collect()
        .await
        .map(|body| body.to_bytes())
    else {
        return (413, json!({"error": "too-large"}));
    };
    let path = head.uri.path().to_owned();
    let work = move || match (head.method, path.as_str()) {
        (Method::POST, "/fault") => set(&core, &body),
        (Method::DELETE, "/fault") => clear(&core, &query),
        (Method::GET, "/faults") => match serde_json::to_value(core.faults.report()) {
            Ok(report) => (200, report),
            Err(_) => (500, json!({"error": "report"})),
        },
        (Method::GET, "/state") => reply(core.state()),
        (Method::POST, "/backup") => backup(&core, &body),
        (Method::POST, "/open") => open(&core, &body),
        _ => (404, json!({"error": "path"})),
    };
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| (500, json!({"error": "panic"})))
}

/// `POST /fault`
fn set(core: &Core, body: &[u8]) -> Reply {
    let order: FaultOrder = match serde_json::from_slice(body) {
        Ok(order) => order,
        Err(error) => return (400, json!({"error": "order", "detail": error.to_string()})),
    };
    let restore = match &order.kind {
        FaultKind::Restore { backup } => Some(backup.clone()),
        _ => None,
    };
    let skewed = matches!(order.kind, FaultKind::Skew { .. });
    let once = FaultOrder {
        times: if restore.is_some() {
            Some(1)
        } else {
            order.times
        },
        ..order
    };
    let id = match core.faults.set(once) {
        Ok(id) => id,
        Err(rule) => return (400, json!({"error": rule})),
    };
    if let Some(backup) = restore {
        return match core.restore(&backup) {
            Ok(log) => {
                core.faults.hit(
                    id,
                    format!("restored {backup}: epoch {}, head {}", log.epoch, log.head),
                );
                (
                    200,
                    json!({"id": id, "epoch": log.epoch, "head": log.head, "watermark": log.watermark}),
                )
            }
            Err(error) => {
                core.faults.clear(Some("restore"), None);
                reply(Err::<Value, _>(error))
            }
        };
    }
    if skewed {
        core.faults.hit(
            id,
            format!(
                "the city's clock reads {}",
                hues_vietnam::format_utc(core.now().0)
            ),
        );
    }
    (200, json!({"id": id}))
}

/// `DELETE /fault?kind=&carrier=`
fn clear(core: &Core, query: &[(String, String)]) -> Reply {
    let get = |name: &str| {
        query
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    };
    let carrier = match get("carrier") {
        None => None,
        Some(text) => match Carrier::parse(text) {
            Some(carrier) => Some(carrier),
            None => return (400, json!({"error": "carrier"})),
        },
    };
    core.faults.clear(get("kind"), carrier);
    (200, json!({}))
}

#[derive(Deserialize, Default)]
struct BackupOrder {
    name: Option<String>,
}

/// `POST /backup`
fn backup(core: &Core, body: &[u8]) -> Reply {
    let order = if body.is_empty() {
        Ok(BackupOrder::default())
    } else {
        serde_json::from_slice(body)
    };
    let Ok(BackupOrder { name }) = order else {
        return (400, json!({"error": "order"}));
    };
    reply(core.backup(name).map(|(name, log)| {
        json!({"backup": name, "epoch": log.epoch, "watermark": log.watermark, "head": log.head})
    }))
}

/// `POST /open`: what the holder of the disclosure key may do.
fn open(core: &Core, body: &[u8]) -> Reply {
    let order: Option<Value> = serde_json::from_slice(body).ok();
    let op = order
        .as_ref()
        .and_then(|order| order.get("op")?.as_str()?.parse().ok());
    let Some(op) = op else {
        return (400, json!({"error": "order"}));
    };
    match core.open_author(op) {
        Ok(Some(opened)) => (200, json!(opened)),
        Ok(None) => (404, json!({"error": "not-sealed"})),
        Err(error) => reply(Err(error)),
    }
}

fn reply(result: Result<Value, CityError>) -> Reply {
    match result {
        Ok(value) => (200, value),
        Err(CityError::Storage(StorageError::NoBackup)) => (404, json!({"error": "backup"})),
        Err(error) => (
            500,
            json!({"error": "storage", "detail": error.to_string()}),
        ),
    }
}
