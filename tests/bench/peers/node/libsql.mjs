// libSQL's client with its encryption: the same tables, in batches as its guide says.
import { createClient } from '@libsql/client';
import { randomBytes } from 'node:crypto';
import { all, columns, each, fresh, folder, INSERT, join, lap, LIST, ops, places, serve, sizes, TABLE, texts } from './engine.mjs';

const open = async (path, synchronous = 'NORMAL') => {
  const db = createClient({ url: `file:${path}`, encryptionKey: 'an invented passphrase', intMode: 'number' });
  await db.execute('PRAGMA journal_mode = WAL');
  await db.execute('PRAGMA cache_size = -8192');
  await db.execute(`PRAGMA synchronous = ${synchronous}`);
  return db;
};

const made = async (path, synchronous) => {
  const db = await open(path, synchronous);
  await db.executeMultiple(TABLE);
  return db;
};

const insert = (op) => ({ sql: INSERT, args: columns(op) });
const big = () => join(folder, 'big', 'db');

const submit = (synchronous) => async () => {
  const db = await made(join(fresh(`submit-${synchronous}`), 'db'), synchronous);
  return async (turn) => {
    const list = texts(turn);
    const stop = lap();
    for (const text of list) {
      const id = randomBytes(16);
      await db.batch(
        [
          { sql: INSERT, args: ['mine', id, null, 'queued', 'trat_tu.xay_dung', '19789', text, Date.now(), text, null] },
          { sql: 'INSERT INTO outbox (op_id, kind, subject, body) VALUES (?, ?, ?, ?)', args: [randomBytes(16), 'report.new', id, JSON.stringify({ text, ward: '19789' })] },
        ],
        'write',
      );
    }
    return each(stop(), list.length);
  };
};

await serve(
  {
    engine: '@libsql/client 0.18.0',
    settings: 'encrypted (its default cipher, passphrase), WAL, 8 MiB cache; FULL and NORMAL as named',
    less: 'no signature, no second copy, no search index, no sync of this kind',
  },
  {
    bulk: async () => {
      const rows = await all('first', sizes.bulk);
      return async () => {
        const db = await made(join(fresh('bulk'), 'db'));
        const stop = lap();
        for (let i = 0; i < rows.length; i += 500) await db.batch(rows.slice(i, i + 500).map(insert), 'write');
        const took = stop();
        db.close();
        return took;
      };
    },
    'submit-full': submit('FULL'),
    'submit-normal': submit('NORMAL'),
    fill: async () => async () => {
      const db = await made(join(fresh('big'), 'db'));
      for await (const some of ops('first', 1000)) await db.batch(some.map(insert), 'write');
      db.close();
      return { wall: 0, cpu: 0 };
    },
    'cold-open': async () => async () => {
      const stop = lap();
      const db = await open(big());
      const { rows } = await db.execute({ sql: LIST, args: ['public', Number.MAX_SAFE_INTEGER, 20] });
      const took = stop();
      db.close();
      return { ...took, facts: { lines: rows.length } };
    },
    page: async () => {
      const db = await open(big());
      return async (turn) => {
        const stop = lap();
        let lines = 0;
        for (const place of places[turn]) lines += (await db.execute({ sql: LIST, args: ['public', place, 50] })).rows.length;
        return { ...each(stop(), places[turn].length), facts: { lines } };
      };
    },
  },
);
