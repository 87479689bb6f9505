"""Libraries written by others, behind one line of JSON a question; the same words as formats.mjs beside it."""

import json
import sys
import time


def text(value):
    return None if value in (None, "") else str(value)


def vietqr_emvco(payload):
    from vietqr_emvco import VietQRParser

    if not VietQRParser.verify_checksum(payload):
        return None
    read = VietQRParser.parse(payload)
    return {
        "bin": text(read["bank_bin"]),
        "account": text(read["account_number"]),
        "service": text(read["service_code"]),
        "amount": text(read["amount"]),
        "currency": text(read["currency"]),
        "name": text(read["merchant_name"]),
        "purpose": text(read["memo"]),
    }


READERS = {"vietqr-emvco": vietqr_emvco}


def refusing(reader):
    def read(payload):
        try:
            return reader(payload)
        except Exception:  # whatever it throws: it has refused
            return None

    return read


def answer(question):
    read = refusing(READERS[question["peer"]])
    inputs = question["inputs"]
    if question["do"] == "read":
        return [read(payload) for payload in inputs]
    until = time.monotonic() + question["seconds"]
    started, units, valid = time.process_time(), 0, 0
    while time.monotonic() < until:
        valid += sum(1 for payload in inputs if read(payload))
        units += len(inputs)
    return {"units": units, "cpu_s": time.process_time() - started, "valid": valid}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line)), ensure_ascii=False), flush=True)
