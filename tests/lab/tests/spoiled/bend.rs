//! How a broken gateway bends what passes through it.

use hues_city::storage::Table;
use hues_protocol::city::{CitySigned, Parsed};
use hues_protocol::http::{Body, HttpRequest, HttpResponse, Method};
use serde_json::Value;

use super::Shop;

pub fn is(request: &HttpRequest, method: Method, path: &str) -> bool {
    request.method == method && request.path.starts_with(path)
}

pub fn op_id(request: &HttpRequest) -> Option<(Vec<u8>, hues_protocol::op::SignedOp)> {
    let Body::Bytes(bytes) = &request.body else {
        return None;
    };
    let (op, _) = hues_protocol::bundle::Bundle::split(bytes).ok()?;
    let op = hues_protocol::op::SignedOp::decode(&op).ok()?;
    Some((op.header().op_id.as_bytes().to_vec(), op))
}

/// The answer signed anew by key `n` of the city, after `edit`.
pub fn resigned<T: CitySigned + Clone>(
    shop: &mut Shop,
    mut response: HttpResponse,
    n: usize,
    edit: impl FnOnce(&mut T),
) -> HttpResponse {
    if let Ok(parsed) = Parsed::<T>::parse(&response.body) {
        let mut value = parsed.unproven().clone();
        edit(&mut value);
        let key = shop.key(n);
        response.body = value.sign(&key).into_bytes();
    }
    response
}

pub fn page(response: &mut HttpResponse, edit: impl FnOnce(&mut Value)) {
    if response.status == 200 {
        let mut value: Value = serde_json::from_slice(&response.body).unwrap();
        edit(&mut value);
        response.body = value.to_string().into_bytes();
    }
}

pub fn bearer(request: &mut HttpRequest, token: Option<&String>) {
    if let Some(token) = token {
        request.headers.retain(|(name, _)| name != "authorization");
        request
            .headers
            .push(("authorization".into(), format!("Bearer {token}")));
    }
}

/// Applies a delivered op a second time: the record of the first is gone when it comes again.
pub fn forgets_the_op(shop: &mut Shop, request: &mut HttpRequest) -> Option<HttpResponse> {
    if let (true, Some((id, op))) = (is(request, Method::Post, "/ops"), op_id(request)) {
        if op.header().sequence > 1 {
            let known = shop
                .gateway
                .inspect(|tx| tx.get(Table::Op, &id))
                .unwrap()
                .is_some();
            if known {
                shop.gateway
                    .inspect(|tx| tx.delete(Table::Op, &id))
                    .unwrap();
                shop.edit(Table::Lane, op.lane().as_bytes(), |lane| {
                    lane["head"] = (op.header().sequence - 1).into();
                    lane["hash"] = op.header().previous.to_string().into();
                });
            }
        }
    }
    None
}
