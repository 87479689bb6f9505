//! Requests on their way: sent, hit, answered by the city, brought back.

use hues_protocol::http::{Body, Class, HttpRequest, HttpResponse, Method, TransportError};
use hues_protocol::receipt::Receipt;

use super::super::exchange::{self, Exchange};
use super::*;

/// A request's own overhead on the wire beside path and body, bytes.
const OVERHEAD: u64 = 200;
/// How long the city holds a long poll.
const POLL: u64 = 25_000;
/// How long a phone's adapter waits for the first byte of an answer.
const PATIENCE: u64 = 60_000;

impl World<'_> {
    pub(super) fn send(&mut self, phone: usize, mut request: HttpRequest) -> Outcome<()> {
        if let Body::File { name, offset, len } = &request.body {
            match self.phones[phone].file(name, (*offset, *len)) {
                Ok(bytes) => request.body = Body::Bytes(bytes),
                Err(_) if self.phones[phone].is_dying() => return Ok(()),
                Err(_) => {
                    let what = format!("phone {phone}: a photo that is to be sent is gone");
                    return Err(self.broken(Invariant::NothingLost, what));
                }
            }
        }
        let up = OVERHEAD + request.path.len() as u64 + body(&request).len() as u64;
        let air = Air::over(phone, self.now, self.weather());
        let mut random = self.luck[phone].fork();
        let mut hit = match self.calm {
            true => None,
            false => exchange::draw(&mut random, self.now, &self.plan.entries),
        };
        if let Some((Kind::Cut, bytes)) = hit {
            // Only what is longer than that is cut.
            hit = hit.filter(|_| up > bytes);
        }
        if let Some((Kind::HostilePage, _)) = hit {
            hit = hit.filter(|_| request.path.starts_with("/pull"));
        }
        if air.out {
            hit = Some(match air.link {
                Link::None => (Kind::Outage, 0),
                _ => (Kind::DeadLink, 0),
            });
        } else if air.portal {
            hit = Some((Kind::Portal, 0));
        }
        if let Some((kind, _)) = hit {
            self.report.hit(kind);
        }
        if air.latency > 0 {
            self.report.hit(Kind::Latency);
        }
        let late = match hit {
            Some((Kind::Late, _)) => 2_000 + random.below(40_000),
            _ => 0,
        };
        let late_back = match hit {
            Some((Kind::LateAnswer, _)) => 2_000 + random.below(40_000),
            _ => 0,
        };
        let there = air.travel(up) + late;
        self.report.exchanges += 1;
        let number = self.report.exchanges;
        let counts = &mut self.phones[phone].counts;
        counts.exchanges += 1;
        counts.bytes.0 += up;
        let life = self.phones[phone].life;
        self.note(|_| {
            let hit = hit.map_or("", |(kind, _)| kind.name());
            format!(
                "{number}: {phone} {} {} {hit}",
                request.method.name(),
                request.path
            )
        });
        if self.too_old.contains(&phone) {
            for (name, value) in &mut request.headers {
                if name == "hues-protocol" {
                    *value = "0".into();
                }
            }
        }
        let tls = !self.phones[phone].trusts_certificate();
        let mut exchange = Exchange {
            phone,
            life,
            request,
            hit,
            random,
            back: air.travel(500) + late_back,
            answer: None,
        };
        if tls && exchange.arrives() {
            exchange.answer = Some(Err(TransportError::Tls {
                clock_suspect: true,
            }));
            self.exchanges.insert(number, exchange);
            self.push(self.now + 300, Due::Answer(number));
            return Ok(());
        }
        if exchange.hit.is_some_and(|(kind, _)| kind == Kind::Outage) {
            exchange.answer = Some(Err(TransportError::Offline));
            self.exchanges.insert(number, exchange);
            self.push(self.now + 50, Due::Answer(number));
            return Ok(());
        }
        if matches!(exchange.hit, Some((Kind::DeadLink, _))) {
            exchange.answer = Some(Err(TransportError::Timeout));
            self.exchanges.insert(number, exchange);
            self.push(self.now + PATIENCE, Due::Answer(number));
            self.darkened(phone);
            return Ok(());
        }
        self.exchanges.insert(number, exchange);
        self.push(self.now + there.min(PATIENCE * 10), Due::Arrive(number));
        Ok(())
    }

    /// The request is at the city, or as far as it got.
    pub(super) fn arrive(&mut self, number: u64) {
        let Some(exchange) = self.exchanges.get_mut(&number) else {
            return;
        };
        let request = exchange.request.clone();
        let mut response = exchange::plain(500, "text/plain", b"");
        if exchange.arrives() {
            match exchange.hit {
                Some((Kind::Cut, bytes)) => {
                    // What came through of a photo is the city's to keep (tus); half an op is nothing.
                    if let Some(part) = first_bytes(&request, bytes) {
                        self.city(&part);
                    }
                }
                Some((Kind::Doubled, _)) => {
                    self.handled(&request);
                    response = self.handled(&request);
                }
                _ => response = self.handled(&request),
            }
            if request.class == Class::LongPoll
                && response.status == 204
                && !self.polls.contains(&number)
            {
                self.polls.push(number);
                self.push(self.now + POLL, Due::PollOver(number));
                return;
            }
        }
        self.leave(number, response);
    }

    /// The city handles a request; what it commits is entered in the ledger, and wakes who waits.
    fn handled(&mut self, request: &HttpRequest) -> HttpResponse {
        let response = self.city(request);
        self.memory.overhear(request, &response);
        let writes = request.method != Method::Get && request.method != Method::Head;
        let good = (200..300).contains(&response.status);
        if good && request.path.starts_with("/ops") {
            if let Ok(receipt) = hues_protocol::city::Parsed::<Receipt>::parse(&response.body) {
                let r = receipt.unproven();
                let op = r.op_id.to_string();
                // Asked for the fate of an op, the city signs for it in its present epoch: only for one that was committed.
                if writes {
                    self.committed.entry(op.clone()).or_insert(self.now);
                }
                if self.committed.contains_key(&op) {
                    self.ledger.insert((op, r.epoch.to_string(), r.log_index));
                }
            }
        }
        if writes && good {
            for poll in std::mem::take(&mut self.polls) {
                self.poll_over(poll);
            }
        }
        response
    }

    /// A long poll is answered.
    pub(super) fn poll_over(&mut self, number: u64) {
        self.polls.retain(|n| *n != number);
        let Some(exchange) = self.exchanges.get(&number).filter(|e| e.answer.is_none()) else {
            return;
        };
        let request = exchange.request.clone();
        let response = self.city(&request);
        self.leave(number, response);
    }

    fn leave(&mut self, number: u64, response: HttpResponse) {
        let Some(exchange) = self.exchanges.get_mut(&number) else {
            return;
        };
        let (status, bytes) = (response.status, response.body.len() as u64);
        exchange.answer = Some(exchange.answer(response, &self.memory));
        let (back, phone) = (exchange.back, exchange.phone);
        self.phones[phone].counts.bytes.1 += OVERHEAD + bytes;
        self.note(|_| format!("{number}: city {status}"));
        self.push(self.now + back, Due::Answer(number));
    }

    /// The answer is at the phone, if that still lives.
    pub(super) fn answered(&mut self, number: u64) -> Outcome<()> {
        let Some(exchange) = self.exchanges.remove(&number) else {
            return Ok(());
        };
        let phone = exchange.phone;
        if self.phones[phone].life != exchange.life || !self.phones[phone].is_running() {
            return Ok(());
        }
        let outcome = exchange.answer.unwrap_or(Err(TransportError::Timeout));
        match self.phones[phone].answer(exchange.request.id, outcome) {
            Ok(io) => self.follow(phone, io),
            Err(end) => self.ended(phone, end),
        }
    }

    /// A beacon fetched without regard to dates, and the key list where it was asked for.
    pub(super) fn undated_beacon(&mut self, phone: usize, keys: bool) -> Event {
        let get = |path: &str| HttpRequest {
            id: 0,
            method: Method::Get,
            path: path.into(),
            headers: Vec::new(),
            body: Body::Empty,
            max_response: 16 * 1024,
            class: Class::Words,
        };
        let air = Air::over(phone, self.now, self.weather());
        self.report.undated += 1;
        if air.out || air.portal {
            // Nothing came: the engine asks again when it next meets the clock.
            return Event::Timer;
        }
        let keys = keys.then(|| self.city(&get("/keys")));
        Event::UndatedBeacon {
            beacon: self.city(&get("/beacon")),
            keys,
        }
    }

    /// The gateway's process dies with everything that was on its way to it or back.
    pub(super) fn drop_exchanges(&mut self) {
        self.polls.clear();
        let open: Vec<u64> = self.exchanges.keys().copied().collect();
        for number in open {
            if let Some(exchange) = self.exchanges.get_mut(&number) {
                if exchange.answer.is_none() {
                    exchange.hit = Some((Kind::LostRequest, 0));
                    exchange.answer = Some(Err(TransportError::Reset));
                    self.push(self.now + 100, Due::Answer(number));
                }
            }
        }
    }
}

fn body(request: &HttpRequest) -> &[u8] {
    match &request.body {
        Body::Bytes(bytes) => bytes,
        _ => &[],
    }
}

/// What a photo's request looks like to a server that got only its first bytes.
fn first_bytes(request: &HttpRequest, bytes: u64) -> Option<HttpRequest> {
    if request.method != Method::Patch {
        return None;
    }
    let mut part = request.clone();
    let keep = (bytes as usize).min(body(request).len());
    part.body = Body::Bytes(body(request)[..keep].to_vec());
    // The checksum is of the whole piece: a server that checks it keeps nothing of half of one.
    part.headers
        .retain(|(name, _)| name != "upload-checksum" && name != "content-length");
    Some(part)
}
