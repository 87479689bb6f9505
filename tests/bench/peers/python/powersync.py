"""PowerSync's core (the library of npm @powersync/node) as an engine of the bench; protocol: tests/bench/src/protocol.rs.

Its sync is driven as its SDKs drive it: powersync_control is given the lines a server would send. Rows from the server go to a raw table, which its guide recommends for
speed; what a person files goes through a view, whose trigger queues it for upload.
"""

import json
import os
import resource
import shutil
import sys
import time
import uuid

import apsw

LIBRARY, FOLDER, INPUTS = sys.argv[1:4]
SIZES = json.load(open(os.path.join(INPUTS, "sizes.json")))
PLACES = json.load(open(os.path.join(INPUTS, "places.json")))
COLUMNS = ["seq", "rev", "state", "category", "ward", "summary", "at", "words", "body"]
TABLE = """
CREATE TABLE report (id TEXT PRIMARY KEY, seq INTEGER, rev INTEGER, state TEXT, category TEXT, ward TEXT, summary TEXT, at INTEGER, words TEXT, body TEXT);
CREATE INDEX report_list ON report (seq DESC)"""
PUT = "INSERT INTO report (id, {0}) VALUES (?, {1}) ON CONFLICT (id) DO UPDATE SET {2}".format(
    ", ".join(COLUMNS), ", ".join("?" for _ in COLUMNS), ", ".join(f"{c} = excluded.{c}" for c in COLUMNS)
)
SCHEMA = {
    "tables": [
        {"name": "filed", "view_name": None, "local_only": False, "insert_only": False, "indexes": [],
         "columns": [{"name": c, "type": "TEXT"} for c in ["state", "category", "ward", "summary", "words"]]},
    ],
    "raw_tables": [
        {"name": "report", "put": {"sql": PUT, "params": ["Id"] + [{"Column": c} for c in COLUMNS]},
         "delete": {"sql": "DELETE FROM report WHERE id = ?", "params": ["Id"]}},
    ],
}
LIST = "SELECT id, state, category, summary, ward, at FROM report WHERE seq < ? ORDER BY seq DESC LIMIT ?"


class Lap:
    def __init__(self):
        self.wall, self.cpu = time.perf_counter(), cpu()

    def stop(self, n=1):
        return {"wall": (time.perf_counter() - self.wall) * 1e3 / n, "cpu": (cpu() - self.cpu) * 1e3 / n}


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def fresh(name):
    path = os.path.join(FOLDER, name)
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    return path


def connect(path):
    db = apsw.Connection(path)
    db.enable_load_extension(True)
    db.load_extension(LIBRARY, "sqlite3_powersync_init")
    for pragma in ["journal_mode = WAL", "synchronous = NORMAL", "cache_size = -51200", "journal_size_limit = 6291456"]:
        db.execute(f"PRAGMA {pragma}")
    control(db, "SELECT powersync_init()")
    control(db, "SELECT powersync_replace_schema(?)", (json.dumps(SCHEMA),))
    return db


def made(path):
    db = connect(path)
    db.execute(TABLE)
    return db


def control(db, sql, args=()):
    with db:
        return db.execute(sql, args).fetchall()


def ops(name):
    with open(os.path.join(INPUTS, name, "ops.ndjson")) as lines:
        for line in lines:
            yield json.loads(line)


class Server:
    """What the server would have sent: each op under its number, in one bucket."""

    def __init__(self):
        self.known, self.op_id, self.checkpoint = {}, 0, 0

    def lines(self, name):
        """A checkpoint, its data a thousand ops a line, its end; made before the clock runs."""
        before, data, batch = self.op_id, [], []
        for op in ops(name):
            self.op_id += 1
            seq = self.known.setdefault(op["id"], len(self.known) + 1)
            one = {"op_id": str(self.op_id), "op": "REMOVE", "object_type": "report", "object_id": op["id"], "checksum": 0, "subkey": "s"}
            if op["put"]:
                one |= {"op": "PUT", "data": json.dumps({"seq": seq, "rev": op["rev"], **op["put"]})}
            batch.append(one)
            if len(batch) == 1000:
                data.append(batch)
                batch = []
        if batch:
            data.append(batch)
        end = str(self.op_id)
        bucket = {"bucket": "public", "checksum": 0, "priority": 3, "count": self.op_id}
        yield json.dumps({"checkpoint": {"last_op_id": end, "write_checkpoint": None, "buckets": [bucket]}})
        after = before
        for batch in data:
            last = int(batch[-1]["op_id"])
            yield json.dumps({"data": {"bucket": "public", "has_more": last < self.op_id, "after": str(after), "next_after": str(last), "data": batch}})
            after = last
        yield json.dumps({"checkpoint_complete": {"last_op_id": end}})

    def pull(self, db, name):
        lines = list(self.lines(name))
        lap = Lap()
        control(db, "SELECT powersync_control('start', ?)", (json.dumps({"parameters": {}, "schema": SCHEMA}),))
        control(db, "SELECT powersync_control('connection', 'established')")
        for line in lines:
            control(db, "SELECT powersync_control('line_text', ?)", (line,))
        control(db, "SELECT powersync_control('stop', NULL)")
        took = lap.stop()
        rows = db.execute("SELECT count(*) FROM report").fetchall()[0][0]
        return took | {"facts": {"rows": rows, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6}}


server = Server()


def big():
    return os.path.join(FOLDER, "big", "db")


def first_sync():
    def turn(_):
        server.__init__()
        db = made(os.path.join(fresh("big"), "db"))
        took = server.pull(db, "first")
        db.close()
        return took

    return turn


def delta():
    db = connect(big())
    return lambda turn: server.pull(db, f"delta-{turn}")


def cold_open():
    def turn(_):
        lap = Lap()
        db = connect(big())
        lines = db.execute(LIST, (2**62, 20)).fetchall()
        took = lap.stop()
        db.close()
        return took | {"facts": {"lines": len(lines)}}

    return turn


def page():
    db = connect(big())

    def turn(number):
        lap, lines = Lap(), 0
        for place in PLACES[number]:
            lines += len(db.execute(LIST, (place, 50)).fetchall())
        return lap.stop(len(PLACES[number])) | {"facts": {"lines": lines}}

    return turn


def submit():
    db = made(os.path.join(fresh("submit"), "db"))

    def turn(number):
        with open(os.path.join(INPUTS, "texts.ndjson")) as lines:
            texts = [json.loads(line) for line in lines][number * SIZES["submits"] : (number + 1) * SIZES["submits"]]
        lap = Lap()
        for text in texts:
            with db:
                db.execute("INSERT INTO filed (id, state, category, ward, summary, words) VALUES (?, 'queued', 'trat_tu.xay_dung', '19789', ?, ?)", (str(uuid.uuid4()), text, text))
        return lap.stop(len(texts))

    return turn


WORKS = {"submit-normal": submit, "first-sync": first_sync, "cold-open": cold_open, "page": page, "delta": delta}


def say(value):
    print(json.dumps(value), flush=True)


say({
    "engine": f"PowerSync core (npm @powersync/node 1.1.0) on SQLite {apsw.sqlite_lib_version()}",
    "settings": "raw table for synced rows, view for filed ones, WAL, NORMAL, 50 MiB cache, data lines of 1,000 ops; driven from Python",
    "less": "unencrypted, no signature, no second copy, no search index, a commit does not wait for the disk",
    "works": list(WORKS),
})
turns = None
for line in sys.stdin:
    asked = json.loads(line)
    try:
        if "begin" in asked:
            turns = WORKS[asked["begin"]]()
            say({})
        elif "turn" in asked:
            say(turns(asked["turn"]))
        else:
            turns = None
            say({})
    except Exception as error:
        say({"error": f"{error}"})
