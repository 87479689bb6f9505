//! From what the machine asks for to requests of the protocol (§6).
//!
//! Invariant: an op's bytes go out as they were signed, and are marked as handed over in the same transaction.

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use hues_protocol::bundle::Bundle;
use hues_protocol::http::{Body, Class, HttpRequest, Method, CBOR};
use hues_protocol::ids::OpId;

use super::{Io, Turn};
use crate::error::{Result, SyncError};
use crate::machine::{Owner, ReqId, Request};
use crate::outbox::{self, rows};
use crate::sql::run;

/// Largest answer to a small request.
const SMALL: usize = 16 * 1024;
/// Largest page, and some room for its headers' sake.
const PAGE: usize = 1024 * 1024;

impl Turn<'_, '_> {
    /// The request, or `None` when what it was for is gone or cannot leave yet.
    pub(super) fn build(&mut self, req: ReqId, request: &Request) -> Result<Option<HttpRequest>> {
        let plain = |method, path: &str, class, max| HttpRequest {
            id: req.0,
            method,
            path: path.to_owned(),
            headers: vec![("hues-protocol".into(), "1".into())],
            body: Body::Empty,
            max_response: max,
            class,
        };
        Ok(Some(match request {
            Request::Hello => plain(Method::Get, "/hello", Class::Words, SMALL),
            Request::Keys => plain(Method::Get, "/keys", Class::Words, SMALL),
            Request::Beacon => plain(Method::Get, "/beacon", Class::Words, SMALL),
            Request::Pack => plain(Method::Get, "/packs/config", Class::Page, PAGE),
            Request::Listen => {
                let path = format!("/wake?since={}", self.engine.machine.log_head());
                plain(Method::Get, &path, Class::LongPoll, SMALL)
            }
            Request::Op { op, .. } => {
                return self.op(plain(Method::Post, "/ops", Class::Words, SMALL), op)
            }
            Request::Query { op, .. } => {
                let path = format!("/ops/{}", OpId(*op));
                let owner = self.owner_of_op(op)?;
                self.signed_in(plain(Method::Get, &path, Class::Words, SMALL), owner)
            }
            Request::Pull { scope, limit } => return self.pull(plain, scope, *limit),
            Request::Create { file } => {
                let Some((row, op_id, owner)) = self.file(*file)? else {
                    return Ok(None);
                };
                let mut r = plain(Method::Post, "/files", Class::Words, SMALL);
                r.headers.push(("tus-resumable".into(), "1.0.0".into()));
                r.headers
                    .push(("upload-length".into(), row.len.to_string()));
                let b64 = |text: String| STANDARD.encode(text);
                let meta = format!(
                    "op {},sha256 {}",
                    b64(op_id.to_string()),
                    b64(row.sha256.to_string())
                );
                r.headers.push(("upload-metadata".into(), meta));
                self.signed_in(r, owner)
            }
            Request::Ask { file } => {
                let Some((row, _, owner)) = self.file(*file)? else {
                    return Ok(None);
                };
                let Some(path) = row.path else {
                    return Ok(None);
                };
                let mut r = plain(Method::Head, &path, Class::Words, SMALL);
                r.headers.push(("tus-resumable".into(), "1.0.0".into()));
                self.signed_in(r, owner)
            }
            Request::Patch { file, offset, len } => {
                let Some((row, _, owner)) = self.file(*file)? else {
                    return Ok(None);
                };
                let Some(path) = row.path else {
                    return Ok(None);
                };
                let mut r = plain(Method::Patch, &path, Class::Bytes, SMALL);
                r.headers.push(("tus-resumable".into(), "1.0.0".into()));
                r.headers.push((
                    "content-type".into(),
                    "application/offset+octet-stream".into(),
                ));
                r.headers.push(("upload-offset".into(), offset.to_string()));
                let name = hues_protocol::ids::OpId(row.sealed).to_string();
                r.body = Body::File {
                    name,
                    offset: *offset,
                    len: *len,
                };
                self.signed_in(r, owner)
            }
        }))
    }

    fn op(&mut self, mut r: HttpRequest, op: &[u8; 16]) -> Result<Option<HttpRequest>> {
        let op_id = OpId(*op);
        let Some(row) = rows::op_by_id(self.conn, &op_id)? else {
            return Ok(None);
        };
        if row.unsealed {
            match outbox::reseal(self.conn, self.env, &op_id)? {
                Some(again) => self.io.extend(again.into_iter().map(Io::Mirror)),
                None => return Ok(None),
            }
        }
        let Some(row) = rows::op_by_id(self.conn, &op_id)? else {
            return Ok(None);
        };
        let signed = row.signed()?;
        let subject = signed.header().subject;
        let parts = rows::parts_of(self.conn, row.id)?;
        let bundle = Bundle::new(signed, parts).map_err(|_| SyncError::Invalid("bundle"))?;
        r.headers.push(("content-type".into(), CBOR.into()));
        r.body = Body::Bytes(bundle.encode());
        let owner = rows::lane_by_row(self.conn, row.lane)?.owner;
        run(self.conn, "UPDATE sync_op SET state = 1, handed = 1, absent = 0 WHERE id = ?1 AND state IN (0, 1)", [row.id])?;
        self.applier.op_moved(self.conn, &subject)?;
        Ok(Some(self.signed_in(r, owner)))
    }

    fn pull(
        &mut self,
        plain: impl Fn(Method, &str, Class, usize) -> HttpRequest,
        scope: &str,
        limit: u32,
    ) -> Result<Option<HttpRequest>> {
        let row = super::apply::scope_row(self.conn, scope)?;
        let mut path = format!("/pull?scope={}&limit={limit}", scope.replace(':', "%3A"));
        if let Some(cursor) = &row.cursor {
            path.push_str("&cursor=");
            path.push_str(&percent(cursor));
        }
        let mut r = plain(Method::Get, &path, Class::Page, PAGE);
        let Some(lane) = scope.strip_prefix("lane:") else {
            let owner = if scope == "public" {
                Owner::Nobody
            } else {
                Owner::Unclaimed
            };
            return Ok(Some(self.signed_in(r, owner)));
        };
        let Ok(lane) = lane.parse() else {
            return Ok(None);
        };
        let Some(pass) = outbox::lane_pass(self.conn, &lane)? else {
            return Ok(None);
        };
        r.headers.extend(pass);
        Ok(Some(r))
    }

    /// Adds the session, unless nobody's name stands behind it.
    fn signed_in(&self, mut r: HttpRequest, owner: Owner) -> HttpRequest {
        if let (false, Some(token)) = (owner == Owner::Nobody, &self.engine.token) {
            r.headers
                .push(("authorization".into(), format!("Bearer {}", token.as_str())));
        }
        r
    }

    fn owner_of_op(&self, op: &[u8; 16]) -> Result<Owner> {
        match rows::op_by_id(self.conn, &OpId(*op))? {
            Some(row) => Ok(rows::lane_by_row(self.conn, row.lane)?.owner),
            None => Ok(Owner::Nobody),
        }
    }

    fn file(&self, id: i64) -> Result<Option<(rows::FileRow, OpId, Owner)>> {
        let Some(row) = rows::file_by_row(self.conn, id)? else {
            return Ok(None);
        };
        let (op_id, lane): ([u8; 16], i64) = self.conn.query_row(
            "SELECT op_id, lane FROM sync_op WHERE id = ?1",
            [row.op],
            |r| Ok((r.get(0)?, r.get(1)?)),
        )?;
        let owner = rows::lane_by_row(self.conn, lane)?.owner;
        Ok(Some((row, OpId(op_id), owner)))
    }
}

/// Percent-encodes all but the unreserved characters of RFC 3986.
fn percent(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(b).to_string()
            }
            _ => format!("%{b:02X}"),
        })
        .collect()
}
