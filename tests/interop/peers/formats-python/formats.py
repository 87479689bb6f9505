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


def mrz(zone):
    from mrz.checker.td1 import TD1CodeChecker
    from mrz.checker.td2 import TD2CodeChecker
    from mrz.checker.td3 import TD3CodeChecker

    lines = zone.split("\n")
    two_lines = TD2CodeChecker if len(lines[0]) == 36 else TD3CodeChecker
    checker = (TD1CodeChecker if len(lines) == 3 else two_lines)(zone)
    if not checker:
        return None
    fields = checker.fields()
    return {
        "document_number": fields.document_number,
        "surname": fields.surname,
        "given_names": fields.name,
        "birth": fields.birth_date,
        "expiry": fields.expiry_date,
        "nationality": fields.nationality,
    }


def holidays(year):
    """Days off and weekend days worked of a year, as the package has them."""
    from holidays import country_holidays

    days = country_holidays("VN", years=int(year))
    return {
        "off": sorted(day.isoformat() for day in days if day.year == int(year)),
        "worked": sorted(day.isoformat() for day in days.weekend_workdays if day.year == int(year)),
    }


READERS = {"vietqr-emvco": vietqr_emvco, "mrz": mrz, "holidays": holidays}


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
