// Signal's SQLCipher for Node: the same tables, written by hand in JavaScript.
import Database from '@signalapp/sqlcipher';
import { randomBytes } from 'node:crypto';
import { all, columns, each, fresh, folder, INSERT, join, lap, LIST, ops, places, serve, sizes, TABLE, texts } from './engine.mjs';

const KEY = '0123456789abcdef'.repeat(6);

function open(path, synchronous = 'NORMAL') {
  const db = new Database(path);
  db.pragma(`key = "x'${KEY}'"`);
  for (const pragma of ['journal_mode = WAL', 'foreign_keys = ON', 'temp_store = MEMORY', 'cache_size = -8192', 'fullfsync = ON']) {
    db.pragma(pragma);
  }
  db.pragma(`synchronous = ${synchronous}`);
  return db;
}

function made(path, synchronous) {
  const db = open(path, synchronous);
  db.exec(TABLE);
  return db;
}

async function fill(db, set, limit, batch) {
  const insert = db.prepare(INSERT);
  for await (const some of ops(set, batch, limit)) db.transaction(() => some.forEach((op) => insert.run(columns(op))))();
}

const submit = (synchronous) => async () => {
  const db = made(join(fresh(`submit-${synchronous}`), 'db'), synchronous);
  const row = db.prepare(INSERT);
  const op = db.prepare('INSERT INTO outbox (op_id, kind, subject, body) VALUES (?, ?, ?, ?)');
  return async (turn) => {
    const list = texts(turn);
    const stop = lap();
    for (const text of list) {
      const id = randomBytes(16);
      db.transaction(() => {
        row.run(['mine', id, null, 'queued', 'trat_tu.xay_dung', '19789', text, Date.now(), text, null]);
        op.run([randomBytes(16), 'report.new', id, JSON.stringify({ text, ward: '19789' })]);
      })();
    }
    return each(stop(), list.length);
  };
};

const big = () => join(folder, 'big', 'db');

await serve(
  {
    engine: '@signalapp/sqlcipher 4.1.0 (SQLCipher by hand in Node)',
    settings: 'AES-256-CBC, HMAC-SHA512 (its provider knows no other), raw key, WAL, 8 MiB cache, one connection; FULL and NORMAL as named',
    less: 'no signature, no second copy, no search index, no sync',
  },
  {
    bulk: async () => {
      const rows = await all('first', sizes.bulk);
      return async () => {
        const db = made(join(fresh('bulk'), 'db'));
        const insert = db.prepare(INSERT);
        const stop = lap();
        for (let i = 0; i < rows.length; i += 500) db.transaction(() => rows.slice(i, i + 500).forEach((op) => insert.run(columns(op))))();
        const took = stop();
        db.close();
        return took;
      };
    },
    'submit-full': submit('FULL'),
    'submit-normal': submit('NORMAL'),
    fill: async () => async () => {
      const db = made(join(fresh('big'), 'db'));
      await fill(db, 'first', sizes.rows, 1000);
      db.close();
      return { wall: 0, cpu: 0 };
    },
    'cold-open': async () => async () => {
      const stop = lap();
      const db = open(big());
      const lines = db.prepare(LIST).all(['public', Number.MAX_SAFE_INTEGER, 20]);
      const took = stop();
      db.close();
      return { ...took, facts: { lines: lines.length } };
    },
    page: async () => {
      const db = open(big());
      const list = db.prepare(LIST);
      return async (turn) => {
        const stop = lap();
        let lines = 0;
        for (const place of places[turn]) lines += list.all(['public', place, 50]).length;
        return { ...each(stop(), places[turn].length), facts: { lines } };
      };
    },
  },
);
