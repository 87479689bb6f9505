#!/usr/bin/env python3
"""A second implementation of the proof of the Hue-S field protocol, written from docs/protocol.md alone.

    verify.py PROOF --keys FILE [--root HEX]     one proof: prints the verdict as JSON, exits 0 (good), 1 (not), 2 (usage)
    verify.py --batch [--keys FILE]              lines {"proof": hex, "keys": hex?} on stdin, one verdict a line on stdout

Needs the package `cryptography` for Ed25519, nothing else. Stays below 300 lines, which a test checks.
"""
import argparse
import hashlib
import json
import re
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

KIB = 1024
MAX_OBJECT, MAX_PART, MAX_PROOF, MAX_PARTS, MAX_DEPTH = 8 * KIB, 32 * KIB, 80 * KIB, 12, 8
RECEIPTS, BEACONS = 1, 2
PRIME, Y8 = 2**255 - 19, 0x5fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826
SMALL_ORDER = {0, 1, Y8, PRIME - Y8, PRIME - 1, PRIME, PRIME + 1}
KIND = re.compile(r"[a-z][a-z0-9.-]{0,39}\Z", re.ASCII)

class Rule(Exception):
    """A proof broke the rule of this name."""

def need(condition, rule="malformed"):
    if not condition:
        raise Rule(rule)

# --- §1 deterministic CBOR -------------------------------------------------------------------------------------------

class Map(list):
    """A decoded map: pairs in the order of the bytes."""

class Reader:
    """Reads one item strictly: whatever is not the deterministic form is malformed."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, n):
        need(n <= len(self.data) - self.at)
        self.at += n
        return self.data[self.at - n:self.at]

    def head(self):
        first = self.take(1)[0]
        major, info = first >> 5, first & 31
        if info < 24:
            return major, info, info
        need(info <= 27)
        size = 1 << (info - 24)
        n = int.from_bytes(self.take(size), "big")
        if major != 7:  # shortest form
            need(n >= (24 if size == 1 else 1 << (4 * size)))
        return major, info, n

    def item(self, depth=1):
        major, info, n = self.head()
        if major == 0:
            return n
        if major == 1:
            return -1 - n
        if major == 2:
            return self.take(n)
        if major == 3:
            return utf8(self.take(n))
        if major in (4, 5):
            need(depth <= MAX_DEPTH and n <= len(self.data) - self.at)  # an element has at least one byte
            if major == 4:
                return [self.item(depth + 1) for _ in range(n)]
            pairs, last = Map(), b""
            for _ in range(n):
                start, key = self.at, self.item(depth + 1)
                need(self.data[start:self.at] > last)  # sorted, none twice
                last = self.data[start:self.at]
                pairs.append((key, self.item(depth + 1)))
            return pairs
        need(major == 7 and info in (20, 21, 22))  # no tags, floats, undefined, other simple values
        return {20: False, 21: True, 22: None}[info]

def utf8(data):
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Rule("malformed") from None

def decode(data, limit):
    need(len(data) <= limit)
    reader = Reader(data)
    value = reader.item()
    need(reader.at == len(data))
    return value

def encode_bytes(data):
    n = len(data)
    if n < 24:
        return bytes([0x40 | n]) + data
    size = 1 if n < 1 << 8 else 2 if n < 1 << 16 else 4
    return bytes([{1: 0x58, 2: 0x59, 4: 0x5A}[size]]) + n.to_bytes(size, "big") + data

# --- shapes: each returns the value when it has the type, and is malformed otherwise ----------------------------------

def uint(value):
    need(type(value) is int and 0 <= value < 1 << 63)
    return value

def exactly(kind, length=None):
    def shape(value):
        need(type(value) is kind and (length is None or len(value) == length))
        return value
    return shape

def bstr(length=None):
    return exactly(bytes, length)

text, array = exactly(str), exactly(list)

def role_number(value):
    need(1 <= uint(value) <= 255)
    return value

def or_null(shape):
    return lambda value: None if value is None else shape(value)

def row(*shapes):
    def shape(value):
        need(len(array(value)) == len(shapes))
        return tuple(read(item) for read, item in zip(shapes, value))
    return shape

def fields(value, **shapes):
    """The values of the keys k0, k1, … in this order; other keys are ignored. Without shapes: the whole map."""
    need(type(value) is Map)
    found = {uint(key): item for key, item in value}
    if not shapes:
        return found
    need(all(int(key[1:]) in found for key in shapes))
    return [read(found[int(key[1:])]) for key, read in shapes.items()]

def sha256(data):
    return hashlib.sha256(data).digest()

# --- §1 signed objects -----------------------------------------------------------------------------------------------

class Sign1:
    """COSE_Sign1, its form judged, its signature not."""
    kid_there = True

    def __init__(self, data):
        decoded = decode(data, MAX_OBJECT)
        self.protected, nothing, self.payload, self.signature = row(bstr(), fields, bstr(), bstr(64))(decoded)
        need(not nothing)
        protected = fields(decode(self.protected, 64))
        need(protected.keys() == ({1, 4} if self.kid_there else {1}) and protected[1] == -8)
        self.kid = bstr(8)(protected[4]) if self.kid_there else None
        self.hash, self.map = sha256(data), decode(self.payload, MAX_OBJECT)
        [self.label] = fields(self.map, k0=text)
        self.read()

    def verifies(self, public):
        signed = b"\x84\x6aSignature1" + encode_bytes(self.protected) + b"\x40" + encode_bytes(self.payload)
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(self.signature, signed)
            return int.from_bytes(public, "little") % 2**255 not in SMALL_ORDER
        except (InvalidSignature, ValueError):
            return False

# --- §2 key list, beacon; §3 op, part; §4 receipt --------------------------------------------------------------------

class KeyList(Sign1):
    def read(self):
        _, self.version, _, _, entries = fields(self.map, k1=text, k2=uint, k3=uint, k4=uint, k5=array)
        self.keys = {}
        for entry in entries:
            role, kid, public, since, until = row(uint, bstr(8), bstr(32), uint, uint)(entry)
            need(kid == sha256(public)[:8] and kid not in self.keys)
            self.keys[kid] = (role, public, since, until)
        need(self.label == "hues.keys.v1")

    def judge(self, signed, label, wanted, name):
        need(signed.label == label, name + "-label")
        role, public, since, until = self.keys.get(signed.kid, (None, None, 0, -1))
        need(role == wanted and since <= signed.time <= until, name + "-key")
        need(signed.verifies(public), name + "-signature")

class Beacon(Sign1):
    def read(self):
        self.time, _, self.epoch, _, self.head, self.keys_version = fields(
            self.map, k1=uint, k2=bstr(16), k3=bstr(8), k4=uint, k5=uint, k6=uint)

class Receipt(Sign1):
    def read(self):
        (self.op_id, self.lane, self.sequence, self.op_hash, self.time, self.epoch, self.index, _,
         self.keys_version) = fields(self.map, k1=bstr(16), k2=bstr(16), k3=uint, k4=bstr(32), k5=uint, k6=bstr(8),
                                     k7=uint, k8=uint, k9=uint)

class Op(Sign1):
    kid_there = False

    def read(self):
        (self.op_id, self.lane_key, self.sequence, previous, self.beacon, self.kind, self.kind_version, parts,
         self.claimed, self.subject) = fields(
            self.map, k1=bstr(16), k2=bstr(32), k3=uint, k4=bstr(32), k5=or_null(bstr(32)), k6=text, k7=uint, k8=array,
            k9=uint, k10=bstr(16))
        need(self.sequence >= 1 and (self.sequence == 1) == (previous == bytes(32)))
        need(KIND.match(self.kind) and self.kind_version < 1 << 32)
        self.parts = [row(role_number, bstr(32))(part) for part in parts]
        roles = [role for role, _ in self.parts]
        need(len(roles) <= MAX_PARTS and roles == sorted(roles))
        extra = fields(self.map)
        need(11 not in extra or bstr(32)(extra[11]))
        self.grant = 12 in extra
        self.lane = sha256(b"hues.lane.v1" + self.lane_key)[:16]

class Part:
    def __init__(self, data):
        label, self.role, _, _ = fields(decode(data, MAX_PART), k0=text, k1=role_number, k2=bstr(16), k3=fields)
        need(label == "hues.part.v1")
        self.hash = sha256(data)

# --- §5 the proof ----------------------------------------------------------------------------------------------------

def verify(data, keys):
    """The verdict on a proof under a key list, or a Rule."""
    proof = decode(data, MAX_PROOF)
    need(fields(proof).keys() == {0, 1, 2, 3, 4})
    label, op, receipt, beacon, parts = fields(proof, k0=text, k1=bstr(), k2=bstr(), k3=or_null(bstr()), k4=array)
    need(label == "hues.proof.v1" and len(parts) <= MAX_PARTS)
    op, receipt, beacon = Op(op), Receipt(receipt), or_null(Beacon)(beacon)
    parts = [Part(bstr()(part)) for part in parts]
    need(op.label == "hues.op.v1" and not op.grant, "op-label")
    need(op.verifies(op.lane_key), "op-signature")
    keys.judge(receipt, "hues.receipt.v1", RECEIPTS, "receipt")
    need(keys.version >= max(receipt.keys_version, beacon.keys_version if beacon else 0), "keys-older")
    need(receipt.op_id == op.op_id and receipt.op_hash == op.hash, "receipt-op")
    need(receipt.lane == op.lane and receipt.sequence == op.sequence, "receipt-lane")
    need(beacon or op.beacon is None, "beacon-missing")
    need(op.beacon is not None or not beacon, "beacon-unexpected")
    if beacon:
        need(beacon.hash == op.beacon, "beacon-hash")
        keys.judge(beacon, "hues.beacon.v1", BEACONS, "beacon")
        need(beacon.time <= receipt.time, "beacon-after-receipt")
        need(beacon.epoch != receipt.epoch or beacon.head < receipt.index, "epoch")
    stated = {digest for _, digest in op.parts}
    need(all(part.hash in stated for part in parts), "part-unknown")
    need(all((part.role, part.hash) in op.parts for part in parts), "part-role")
    need(len({part.hash for part in parts}) == len(parts), "part-duplicate")
    return {
        "verdict": "good",
        "not_before": beacon.time if beacon else None, "not_after": receipt.time,
        "width": receipt.time - beacon.time if beacon else None, "claimed": op.claimed,
        "op_id": op.op_id.hex(), "op_hash": op.hash.hex(), "kind": op.kind, "kind_version": op.kind_version,
        "lane": op.lane.hex(), "sequence": op.sequence, "subject": op.subject.hex(),
        "epoch": receipt.epoch.hex(), "log_index": receipt.index, "parts_stated": len(op.parts),
        "parts": [{"role": part.role, "sha256": part.hash.hex()} for part in parts],
    }

def verdict(data, keys):
    try:
        return verify(data, keys)
    except Rule as rule:
        return {"verdict": str(rule)}

def read_file(name):
    with open(name, "rb") as file:
        return file.read(MAX_PROOF + 1)

def main():
    parser = argparse.ArgumentParser(description="Verifies proofs of the Hue-S field protocol.")
    parser.add_argument("proof", nargs="?", help="file of the proof's bytes")
    parser.add_argument("--keys", help="file of the key list: the only source of trust")
    parser.add_argument("--root", help="public key of the root in hex: then the key list must be signed by it")
    parser.add_argument("--batch", action="store_true", help="NDJSON on stdin")
    args = parser.parse_args()
    if not (args.batch or (args.proof and args.keys)):
        parser.error("a proof and --keys, or --batch")
    try:
        keys = KeyList(read_file(args.keys)) if args.keys else None
        root = bytes.fromhex(args.root or "")
        need(not root or keys and keys.kid == sha256(root)[:8] and keys.verifies(root))
    except (Rule, OSError, ValueError):
        parser.error("the key list is not good")
    if args.batch:
        for line in sys.stdin:
            case = json.loads(line)
            using = KeyList(bytes.fromhex(case["keys"])) if "keys" in case else keys
            print(json.dumps(verdict(bytes.fromhex(case["proof"]), using)))
        return 0
    answer = verdict(read_file(args.proof), keys)
    print(json.dumps(answer, indent=2))
    return 0 if answer["verdict"] == "good" else 1

if __name__ == "__main__":
    sys.exit(main())
