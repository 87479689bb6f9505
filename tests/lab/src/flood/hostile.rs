//! Answers made to harm, by somebody who sits in the connection but has none of the city's keys.
//!
//! Invariant: nothing here is signed anew; what was signed is kept, swapped, cut or bent.

use hues_env::{Random, SeededRandom};
use hues_protocol::http::{HttpRequest, HttpResponse, TransportError, COSE, JSON};
use serde_json::{json, Value};

use super::exchange::plain;

/// What was overheard: signed bytes to serve again where they do not belong.
#[derive(Default)]
pub struct Memory {
    /// Receipts of all ops, oldest first.
    pub receipts: Vec<Vec<u8>>,
    /// Pages of other phones' lists.
    pub pages: Vec<Vec<u8>>,
}

/// Most of either that is kept.
const KEPT: usize = 50;

impl Memory {
    /// Keeps what may be of use.
    pub fn overhear(&mut self, request: &HttpRequest, response: &HttpResponse) {
        let into = match response.status {
            200 | 201 if request.path == "/ops" => &mut self.receipts,
            200 if request.path.starts_with("/pull") => &mut self.pages,
            _ => return,
        };
        if into.len() == KEPT {
            into.remove(0);
        }
        into.push(response.body.clone());
    }
}

fn one_of<'a>(list: &'a [Vec<u8>], random: &mut SeededRandom) -> Option<&'a Vec<u8>> {
    list.get(random.below(list.len() as u64) as usize)
}

/// A harmful answer to any request.
pub fn answer(
    request: &HttpRequest,
    mut city: HttpResponse,
    memory: &Memory,
    random: &mut SeededRandom,
) -> Result<HttpResponse, TransportError> {
    match random.below(9) {
        // A receipt, of another op.
        0 | 1 => match one_of(&memory.receipts, random) {
            Some(receipt) => Ok(plain(200, COSE, receipt)),
            None => Ok(plain(200, COSE, b"")),
        },
        2 | 3 => {
            let at = random.below(city.body.len() as u64) as usize;
            let bit = 1 << random.below(8);
            // The words of a list's row are signed by nobody: whoever breaks TLS can make a row say anything, and no phone can tell before the row's next
            // revision. What a page as a whole says is held against its count and checksum, and bent by `page`.
            let row = request.path.starts_with("/pull");
            if let Some(byte) = city.body.get_mut(at).filter(|_| !row) {
                *byte ^= bit;
            }
            Ok(city)
        }
        4 => {
            let deep = request.max_response.min(60_000) / 2;
            let nest = "[".repeat(deep) + &"]".repeat(deep);
            Ok(plain(200, JSON, nest.as_bytes()))
        }
        5 => Err(TransportError::TooLarge),
        6 => {
            let refusal = json!({"refusal": "refused", "rule": "text-empty", "id": 0});
            Ok(plain(422, JSON, refusal.to_string().as_bytes()))
        }
        7 => {
            let refusal = json!({"refusal": "sign-in", "rule": "token"});
            Ok(plain(401, JSON, refusal.to_string().as_bytes()))
        }
        _ => match request.path.starts_with("/pull") {
            true => Ok(page(city, memory, random)),
            false => Ok(bent(city, random)),
        },
    }
}

/// A harmful page of a list.
pub fn page(city: HttpResponse, memory: &Memory, random: &mut SeededRandom) -> HttpResponse {
    let Ok(mut page) = serde_json::from_slice::<Value>(&city.body) else {
        return city;
    };
    match random.below(10) {
        0 => page["watermark"] = json!(u32::MAX),
        1 => page["next"] = json!("from-nowhere"),
        2 => page["checksum"] = json!("0000000000000000"),
        // A row goes missing, and nothing else gives it away; or nothing at all does.
        3 | 4 => {
            let quietly = random.below(2) == 0;
            with_rows(&mut page, |rows| {
                let at = random.below(rows.len() as u64) as usize;
                if at < rows.len() {
                    rows.remove(at);
                }
            });
            if quietly {
                if let Some(page) = page.as_object_mut() {
                    page.remove("count");
                    page.remove("checksum");
                }
            }
        }
        5 => with_rows(&mut page, |rows| {
            rows.push(
                json!({"kind": "report", "id": "0", "op": "put", "rev": 0, "body": {"id": 0}}),
            );
        }),
        6 => with_rows(&mut page, |rows| {
            let rev = rows.iter().filter_map(|r| r["rev"].as_u64()).max();
            let id = format!("{:032x}", random.next_u64());
            rows.push(
                json!({"kind": "report", "id": id, "op": "put", "rev": rev.unwrap_or(0) + 1,
                "body": {"state": "answered", "category": "khac.khac", "text": "…"}}),
            );
        }),
        7 => with_rows(&mut page, |rows| {
            let again = rows.clone();
            rows.extend(again);
        }),
        8 => page["epoch"] = json!("ffffffffffffffff"),
        _ => {
            if let Some(other) = one_of(&memory.pages, random) {
                return plain(200, JSON, other);
            }
        }
    }
    plain(200, JSON, page.to_string().as_bytes())
}

fn with_rows(page: &mut Value, change: impl FnOnce(&mut Vec<Value>)) {
    if let Some(rows) = page["rows"].as_array_mut() {
        change(rows);
    }
}

/// JSON with one of its values replaced.
fn bent(city: HttpResponse, random: &mut SeededRandom) -> HttpResponse {
    let Ok(Value::Object(mut body)) = serde_json::from_slice::<Value>(&city.body) else {
        return city;
    };
    let keys: Vec<String> = body.keys().cloned().collect();
    if let Some(key) = keys.get(random.below(keys.len() as u64) as usize) {
        let values = [
            json!(null),
            json!(0),
            json!(u64::MAX),
            json!("x"),
            json!([]),
        ];
        let value = values[random.below(values.len() as u64) as usize].clone();
        body.insert(key.clone(), value);
    }
    plain(
        city.status,
        JSON,
        Value::Object(body).to_string().as_bytes(),
    )
}
