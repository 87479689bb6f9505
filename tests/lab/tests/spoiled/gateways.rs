//! Three dozen gateways, each with one thing wrong, and the promise that must catch it.
//!
//! Invariant: each is a good city but for that one thing.

use hues_city::storage::Table;
use hues_protocol::http::{HttpRequest, HttpResponse, Method};

use super::bend::{bearer, forgets_the_op, is, op_id, page, resigned};
use super::{plain, set, After, Before, Shop};

/// Lets every request through.
pub fn good_before(_: &mut Shop, _: &mut HttpRequest) -> Option<HttpResponse> {
    None
}

/// Leaves every answer as it is.
pub fn good_after(_: &mut Shop, _: &HttpRequest, response: HttpResponse) -> HttpResponse {
    response
}

/// One broken gateway: which promise must catch it, and what is wrong with it.
pub struct Broken {
    pub promise: &'static str,
    pub before: Before,
    pub after: After,
    pub torn: bool,
    pub bad_day: fn(&mut Shop),
}

const GOOD: Broken = Broken {
    promise: "",
    before: good_before,
    after: good_after,
    torn: true,
    bad_day: |_| {},
};

/// What is wrong with it, and the gateway.
pub fn broken_gateways() -> Vec<(&'static str, Broken)> {
    vec![
        (
            "applies an op twice",
            Broken {
                promise: "op-twice",
                before: forgets_the_op,
                ..GOOD
            },
        ),
        (
            "gives the receipt of another op",
            Broken {
                promise: "receipt",
                before: |shop, request| {
                    (is(request, Method::Post, "/ops") && !shop.last_receipt.is_empty()).then(
                        || HttpResponse {
                            headers: vec![("content-type".into(), "application/cose".into())],
                            body: shop.last_receipt.clone(),
                            status: 200,
                        },
                    )
                },
                after: |shop, request, response| {
                    // The first one is forged for an op that nobody sent.
                    if is(request, Method::Post, "/ops") && response.status == 200 {
                        return resigned::<hues_protocol::receipt::Receipt>(
                            shop,
                            response,
                            1,
                            |r| r.op_id.0[0] ^= 1,
                        );
                    }
                    response
                },
                ..GOOD
            },
        ),
        (
            "signs receipts with the beacons' key",
            Broken {
                promise: "receipt",
                after: |shop, request, response| match is(request, Method::Post, "/ops") {
                    true => resigned::<hues_protocol::receipt::Receipt>(shop, response, 2, |_| {}),
                    false => response,
                },
                ..GOOD
            },
        ),
        (
            "forgets its epoch after each op",
            Broken {
                promise: "epoch",
                after: |shop, request, response| {
                    if is(request, Method::Post, "/ops") {
                        shop.counter += 1;
                        let epoch = format!("{:016x}", shop.counter);
                        shop.edit(Table::Meta, b"log", |log| log["epoch"] = epoch.into());
                    }
                    response
                },
                ..GOOD
            },
        ),
        (
            "states a watermark above what is there",
            Broken {
                promise: "epoch",
                after: |shop, request, response| match is(request, Method::Post, "/ops") {
                    true => resigned::<hues_protocol::receipt::Receipt>(shop, response, 1, |r| {
                        r.watermark = r.log_index + 5
                    }),
                    false => response,
                },
                ..GOOD
            },
        ),
        (
            "gives a log index twice",
            Broken {
                promise: "log-rises",
                after: |shop, request, response| match is(request, Method::Post, "/ops") {
                    true => resigned::<hues_protocol::receipt::Receipt>(shop, response, 1, |r| {
                        r.log_index = 7
                    }),
                    false => response,
                },
                ..GOOD
            },
        ),
        (
            "shows one account another's rows",
            Broken {
                promise: "reader-account",
                before: |shop, request| {
                    if request.path.starts_with("/pull?scope=mine") {
                        let token = shop.tokens.get("citizen").cloned();
                        bearer(request, token.as_ref());
                    }
                    None
                },
                ..GOOD
            },
        ),
        (
            "tells an offset it does not have",
            Broken {
                promise: "upload-offset",
                after: |_, request, mut response| {
                    if is(request, Method::Head, "/files/") {
                        let told: u64 = response
                            .header("upload-offset")
                            .map_or(0, |o| o.parse().unwrap());
                        set(&mut response, "upload-offset", &(told + 1).to_string());
                    }
                    response
                },
                ..GOOD
            },
        ),
        (
            "throws away what arrived before a cut",
            Broken {
                promise: "upload-cut",
                torn: false,
                ..GOOD
            },
        ),
        (
            "does not look at checksums",
            Broken {
                promise: "upload-checksum",
                before: |_, request| {
                    request
                        .headers
                        .retain(|(name, _)| name != "upload-checksum");
                    None
                },
                ..GOOD
            },
        ),
        (
            "forgets when a file became complete",
            Broken {
                promise: "upload-complete",
                after: |_, request, mut response| {
                    if is(request, Method::Head, "/files/")
                        && response.header("hues-index").is_some()
                    {
                        set(&mut response, "hues-index", "1");
                    }
                    response
                },
                ..GOOD
            },
        ),
        (
            "serves photos to anybody",
            Broken {
                promise: "upload-account",
                before: |shop, request| {
                    if is(request, Method::Get, "/media/") {
                        let token = shop.tokens.get("citizen").cloned();
                        bearer(request, token.as_ref());
                    }
                    None
                },
                ..GOOD
            },
        ),
        (
            "keeps no date for abandoned uploads",
            Broken {
                promise: "upload-abandoned",
                after: |_, _, mut response| {
                    response
                        .headers
                        .retain(|(name, _)| name != "upload-expires");
                    response
                },
                ..GOOD
            },
        ),
        (
            "redirects what it does not know",
            Broken {
                promise: "no-redirect",
                after: |_, _, mut response| {
                    if response.status == 404 {
                        response.status = 302;
                        set(&mut response, "location", "http://portal.invalid/");
                    }
                    response
                },
                ..GOOD
            },
        ),
        (
            "breaks on bad input",
            Broken {
                promise: "hostile-bodies",
                after: |_, _, mut response| {
                    if response.status == 400 {
                        response.status = 500;
                    }
                    response
                },
                ..GOOD
            },
        ),
        (
            "answers errors with HTML",
            Broken {
                promise: "error-form",
                after: |_, _, mut response| {
                    if response.status == 404 {
                        set(&mut response, "content-type", "text/html");
                    }
                    response
                },
                ..GOOD
            },
        ),
        (
            "makes a beacon for each who asks",
            Broken {
                promise: "beacon-same",
                after: |shop, request, response| {
                    shop.counter += 1;
                    let n = shop.counter as u8;
                    match is(request, Method::Get, "/beacon") {
                        true => resigned::<hues_protocol::beacon::Beacon>(shop, response, 2, |b| {
                            b.nonce[0] = n
                        }),
                        false => response,
                    }
                },
                ..GOOD
            },
        ),
        (
            "wants a session for its beacon",
            Broken {
                promise: "beacon",
                before: |_, request| {
                    (is(request, Method::Get, "/beacon")
                        && request.header("authorization").is_none())
                    .then(|| plain(401, r#"{"refusal":"sign-in","rule":"session"}"#))
                },
                ..GOOD
            },
        ),
        (
            "serves a key list of another root",
            Broken {
                promise: "key-list",
                after: |_, request, mut response| {
                    if is(request, Method::Get, "/keys") {
                        let list = hues_protocol::keys::KeyList::trusted(&response.body).unwrap();
                        let other = hues_crypto::sign::SigningKey::from_seed(&[1; 32]);
                        response.body = list.body().clone().sign(&other).bytes().to_vec();
                    }
                    response
                },
                ..GOOD
            },
        ),
        (
            "goes back to an older key list",
            Broken {
                promise: "key-list",
                after: |shop, request, mut response| {
                    if is(request, Method::Get, "/keys") {
                        shop.counter += 1;
                        let mut body = hues_protocol::keys::KeyList::trusted(&response.body)
                            .unwrap()
                            .body()
                            .clone();
                        body.version += 10_u64.saturating_sub(shop.counter);
                        response.body = body.sign(&shop.key(0)).bytes().to_vec();
                    }
                    response
                },
                ..GOOD
            },
        ),
        (
            "takes a second op under an id",
            Broken {
                promise: "op-id-reused",
                after: |shop, request, response| match op_id(request)
                    .filter(|_| is(request, Method::Post, "/ops") && response.status == 422)
                {
                    Some((_, op)) => {
                        let mut ask = request.clone();
                        ask.method = Method::Get;
                        ask.path = format!("/ops/{}", op.header().op_id);
                        shop.ask(&ask)
                    }
                    None => response,
                },
                ..GOOD
            },
        ),
        (
            "forgets ops when asked",
            Broken {
                promise: "op-answer-lost",
                before: |_, request| {
                    is(request, Method::Get, "/ops/")
                        .then(|| plain(404, r#"{"refusal":"refused","rule":"unknown"}"#))
                },
                ..GOOD
            },
        ),
        (
            "does not tell where a lane stands",
            Broken {
                promise: "lane-gap",
                after: |shop, request, response| match is(request, Method::Post, "/ops")
                    && response.status == 409
                {
                    true => resigned::<hues_protocol::fork::Fork>(shop, response, 1, |f| {
                        f.head_sequence += 1
                    }),
                    false => response,
                },
                ..GOOD
            },
        ),
        (
            "refuses without a signature",
            Broken {
                promise: "refusal-signature",
                after: |_, request, response| match is(request, Method::Post, "/ops")
                    && response.status == 422
                {
                    true => plain(400, r#"{"refusal":"refused","rule":"signature"}"#),
                    false => response,
                },
                ..GOOD
            },
        ),
        (
            "changes its mind about a refusal",
            Broken {
                promise: "replacement",
                after: |shop, request, response| {
                    shop.counter += 1;
                    let n = shop.counter as i64;
                    match is(request, Method::Post, "/ops") && response.status == 422 {
                        true => {
                            resigned::<hues_protocol::refusal::Refusal>(shop, response, 1, |r| {
                                r.time += n
                            })
                        }
                        false => response,
                    }
                },
                ..GOOD
            },
        ),
        (
            "counts wrong",
            Broken {
                promise: "page",
                after: |_, request, mut response| {
                    if is(request, Method::Get, "/pull") {
                        page(&mut response, |page| {
                            if page["checksum"].is_string() {
                                page["checksum"] = "0000000000000001".into()
                            }
                        });
                    }
                    response
                },
                ..GOOD
            },
        ),
        (
            "does not tell deletes",
            Broken {
                promise: "page-deletes",
                after: |_, request, mut response| {
                    if is(request, Method::Get, "/pull") {
                        page(&mut response, |page| {
                            page["rows"]
                                .as_array_mut()
                                .unwrap()
                                .retain(|row| row["op"] != "del")
                        });
                    }
                    response
                },
                ..GOOD
            },
        ),
        (
            "reads an alien cursor as none",
            Broken {
                promise: "page-alien-cursor",
                before: |_, request| {
                    if is(request, Method::Get, "/pull") {
                        if let Some((path, _)) = request.path.clone().split_once("&cursor=") {
                            request.path = path.to_owned();
                        }
                    }
                    None
                },
                ..GOOD
            },
        ),
        (
            "publishes the exact place",
            Broken {
                promise: "reader-parts",
                after: |_, request, mut response| {
                    if request.path.starts_with("/pull?scope=public") {
                        page(&mut response, |page| {
                            for row in page["rows"].as_array_mut().unwrap() {
                                row["body"]["place"]["lat"] = 164_637_123.into();
                            }
                        });
                    }
                    response
                },
                ..GOOD
            },
        ),
        (
            "names the author to the intake",
            Broken {
                promise: "reader-parts",
                after: |_, request, mut response| {
                    if request.path.starts_with("/pull?scope=unit:ioc") {
                        page(&mut response, |page| {
                            for row in page["rows"].as_array_mut().unwrap() {
                                row["body"]["sender"] = "Trần Thị Sông".into();
                            }
                        });
                    }
                    response
                },
                ..GOOD
            },
        ),
        (
            "ties anonymous requests by a cookie",
            Broken {
                promise: "anonymous",
                after: |_, _, mut response| {
                    set(&mut response, "set-cookie", "visit=1");
                    response
                },
                ..GOOD
            },
        ),
        (
            "opens an anonymous report to who knows its lane",
            Broken {
                promise: "anonymous-scope",
                before: |_, request| {
                    let unsigned = request.path.starts_with("/pull?scope=lane:")
                        && request.header("hues-lane").is_none();
                    unsigned.then(|| plain(200, r#"{"scope":"x","from":null,"next":"x","more":false,"epoch":"0000000000000000","watermark":0,"rows":[],"count":0,"checksum":"0000000000000000"}"#))
                },
                ..GOOD
            },
        ),
        (
            "limits without saying until when",
            Broken {
                promise: "rate-limit",
                before: |shop, request| {
                    shop.counter += u64::from(is(request, Method::Get, "/hello"));
                    (shop.counter > 50)
                        .then(|| plain(429, r#"{"refusal":"retry-at","rule":"busy","at":1}"#))
                },
                ..GOOD
            },
        ),
        (
            "loses an op in a restart",
            Broken {
                promise: "restart",
                bad_day: |shop| {
                    shop.gateway
                        .inspect(|tx| {
                            for (key, _) in tx.scan(Table::Op, b"", b"", 1)? {
                                tx.delete(Table::Op, &key)?;
                            }
                            Ok(())
                        })
                        .unwrap();
                },
                ..GOOD
            },
        ),
        (
            "keeps its epoch over a restore",
            Broken {
                promise: "restore",
                bad_day: |_| {},
                ..GOOD
            },
        ),
        (
            "accepts tokens that are none",
            Broken {
                promise: "session",
                before: |shop, request| {
                    if request
                        .header("authorization")
                        .is_some_and(|a| a == "Bearer null")
                    {
                        let token = shop.tokens.get("citizen").cloned();
                        bearer(request, token.as_ref());
                    }
                    None
                },
                ..GOOD
            },
        ),
    ]
}
