// An engine's end of the bench's protocol (tests/bench/src/protocol.rs): greets, then answers one JSON line for each it is asked.
import { createInterface } from 'node:readline';
import { createReadStream, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** The folder this engine's files lie in, and the inputs' folder. */
export const [, , folder, inputs] = process.argv;
/** How much of everything. */
export const sizes = JSON.parse(readFileSync(join(inputs, 'sizes.json'), 'utf8'));
/** The places of the list that each turn scrolls to. */
export const places = JSON.parse(readFileSync(join(inputs, 'places.json'), 'utf8'));

/** A running measurement: by the clock, and the processor time of this whole process. Milliseconds. */
export function lap() {
  const wall = process.hrtime.bigint();
  const cpu = process.cpuUsage();
  return () => {
    const used = process.cpuUsage(cpu);
    return { wall: Number(process.hrtime.bigint() - wall) / 1e6, cpu: (used.user + used.system) / 1e3 };
  };
}

/** The share of one of `n`. */
export const each = (took, n) => ({ wall: took.wall / n, cpu: took.cpu / n });

/** Both together. */
export const plus = (a, b) => ({ wall: a.wall + b.wall, cpu: a.cpu + b.cpu });

/** An empty folder of this engine's own. */
export function fresh(name) {
  const path = join(folder, name);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  return path;
}

/** The row ops of a set, `most` at a time. */
export async function* ops(set, most, limit = Infinity) {
  const lines = createInterface({ input: createReadStream(join(inputs, set, 'ops.ndjson')), crlfDelay: Infinity });
  let batch = [];
  let count = 0;
  for await (const line of lines) {
    if (count++ === limit) break;
    batch.push(JSON.parse(line));
    if (batch.length === most) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/** The first `limit` ops of a set. */
export async function all(set, limit) {
  const list = [];
  for await (const batch of ops(set, 1000, limit)) list.push(...batch);
  return list;
}

/** What people file in a turn. */
export function texts(turn) {
  const lines = readFileSync(join(inputs, 'texts.ndjson'), 'utf8').split('\n');
  return lines.slice(turn * sizes.submits, (turn + 1) * sizes.submits).map((line) => JSON.parse(line));
}

/** The columns of a row op, for a table of the same columns as the phone's. */
export const columns = (op) => [
  'public', Buffer.from(op.id, 'hex'), op.rev, op.put.state, op.put.category, op.put.ward, op.put.summary, op.put.at, op.put.words, op.put.body,
];

/** That table, with the phone's indexes. */
export const TABLE = `
CREATE TABLE report (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, scope TEXT NOT NULL, id BLOB NOT NULL, rev INTEGER, state TEXT NOT NULL, category TEXT NOT NULL, ward TEXT,
  summary TEXT NOT NULL, photo_count INTEGER NOT NULL DEFAULT 0, filed_at INTEGER NOT NULL, due TEXT, pending INTEGER NOT NULL DEFAULT 0, lane BLOB, words TEXT,
  base TEXT, filed TEXT, UNIQUE (scope, id));
CREATE INDEX report_list ON report (scope, seq DESC);
CREATE INDEX report_by_id ON report (id);
CREATE TABLE outbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, op_id BLOB NOT NULL UNIQUE, kind TEXT NOT NULL, subject BLOB NOT NULL, body TEXT NOT NULL)`;
export const INSERT = `INSERT INTO report (scope, id, rev, state, category, ward, summary, filed_at, words, base) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
export const LIST = `SELECT seq, id, state, category, summary, ward, photo_count, filed_at, due, pending FROM report WHERE scope = ? AND seq < ? ORDER BY seq DESC LIMIT ?`;

/** Speaks first, then answers until standard input closes. `works` maps a work's name to an asynchronous function that gives its turns. */
export async function serve(hello, works) {
  const say = (value) => process.stdout.write(JSON.stringify(value) + '\n');
  say({ less: '', ...hello, works: Object.keys(works) });
  let turns = null;
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    const asked = JSON.parse(line);
    try {
      if (asked.begin) {
        turns = await works[asked.begin]();
        say({});
      } else if ('turn' in asked) {
        say(await turns(asked.turn));
      } else {
        await turns?.close?.();
        turns = null;
        say({});
      }
    } catch (error) {
      say({ error: `${error?.message ?? error}` });
    }
  }
  process.exit(0);
}

/** Turns that have something to let go of at the end. */
export const closing = (turns, close) => Object.assign(turns, { close });
export { existsSync, join };
