// RxDB on its memory storage, the one that costs nothing: nothing survives the process.
import { createRxDatabase } from 'rxdb/plugins/core';
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import { replicateRxCollection } from 'rxdb/plugins/replication';
import { all, each, lap, ops, places, serve, sizes, texts } from './engine.mjs';

const text = { type: 'string' };
const schema = {
  version: 0,
  primaryKey: 'id',
  type: 'object',
  properties: {
    id: { type: 'string', maxLength: 40 },
    seq: { type: 'integer', minimum: 0, maximum: 1e9, multipleOf: 1 },
    rev: { type: 'integer' },
    state: text, category: text, ward: text, summary: text, at: { type: 'integer' }, words: text, body: text,
  },
  required: ['id', 'seq'],
  indexes: ['seq'],
};

let made = 0;
async function open() {
  const db = await createRxDatabase({ name: `bench${++made}`, storage: getRxStorageMemory(), multiInstance: false, eventReduce: true });
  await db.addCollections({ report: { schema }, outbox: { schema } });
  return db;
}

const known = new Map();
let last = 0;
const row = (op) => {
  if (!known.has(op.id)) known.set(op.id, ++last);
  return { id: op.id, seq: known.get(op.id), rev: op.rev, ...(op.put ?? {}), _deleted: !op.put };
};

/** Pulls a set as its replication does: pages of 200 through a pull handler. */
async function pull(db, set) {
  const documents = [];
  for await (const some of ops(set, 10_000)) documents.push(...some.map(row));
  const stop = lap();
  const replication = replicateRxCollection({
    collection: db.report, replicationIdentifier: set, live: false,
    pull: {
      batchSize: 200,
      handler: async (checkpoint, size) => {
        const from = checkpoint?.at ?? 0;
        return { documents: documents.slice(from, from + size), checkpoint: { at: from + size } };
      },
    },
  });
  await replication.awaitInitialReplication();
  const took = stop();
  await replication.cancel();
  return took;
}

let big = null;

await serve(
  {
    engine: 'RxDB 17.6.0 (memory storage)',
    settings: 'one index, eventReduce, replication in pages of 200',
    less: 'nothing is durable, unencrypted, no signature, no search index',
  },
  {
    bulk: async () => {
      const rows = await all('first', sizes.bulk);
      return async () => {
        const db = await open();
        const documents = rows.map((op, i) => ({ id: op.id, seq: i, rev: op.rev, ...op.put }));
        const stop = lap();
        for (let i = 0; i < documents.length; i += 500) await db.report.bulkInsert(documents.slice(i, i + 500));
        const took = stop();
        await db.close();
        return took;
      };
    },
    'submit-normal': async () => {
      const db = await open();
      let n = 0;
      return async (turn) => {
        const list = texts(turn);
        const stop = lap();
        for (const words of list) {
          n += 1;
          await db.report.insert({ id: `r${n}`, seq: n, state: 'queued', words });
          await db.outbox.insert({ id: `o${n}`, seq: n, state: 'report.new', body: JSON.stringify({ words }) });
        }
        return each(stop(), list.length);
      };
    },
    'first-sync': async () => async () => {
      known.clear();
      last = 0;
      await big?.close();
      big = await open();
      return pull(big, 'first');
    },
    page: async () => async (turn) => {
      const stop = lap();
      let lines = 0;
      for (const at of places[turn]) {
        const page = await big.report.find({ selector: { seq: { $lt: at } }, sort: [{ seq: 'desc' }], limit: 50 }).exec();
        lines += page.length;
      }
      return { ...each(stop(), places[turn].length), facts: { lines } };
    },
    'observe-equal': async () => observe(() => 0),
    'observe-distinct': async () => observe((i) => i),
    delta: async () => async (turn) => pull(big, `delta-${turn}`),
  },
);

/** Ten live queries of 50 rows; a turn is a change until all whose window shows it have heard of it. */
async function observe(window) {
  const rows = await all('first', 10_000);
  const db = await open();
  await db.report.bulkInsert(rows.map((op, i) => ({ id: op.id, seq: i + 1, rev: op.rev, ...op.put })));
  const top = (i) => 10_000 - i * 900;
  const heard = Array(10).fill(0);
  const subscriptions = [];
  for (let i = 0; i < 10; i += 1) {
    const query = db.report.find({ selector: { seq: { $lt: top(window(i)) } }, sort: [{ seq: 'desc' }], limit: 50 });
    subscriptions.push(query.$.subscribe(() => { heard[i] += 1; }));
    while (heard[i] === 0) await new Promise(setImmediate);
  }
  const equal = window(1) === 0;
  const turns = async (turn) => {
    const stop = lap();
    for (let commit = 0; commit < 50; commit += 1) {
      const i = equal ? 0 : commit % 10;
      const before = [...heard];
      const seq = top(i) - 1 - (commit % 40);
      const document = await db.report.findOne(rows[seq - 1].id).exec();
      await document.incrementalPatch({ state: `s${turn}.${commit}` });
      const waiting = () => (equal ? heard.some((n, at) => n === before[at]) : heard[i] === before[i]);
      while (waiting()) await new Promise(setImmediate);
    }
    return each(stop(), 50);
  };
  return Object.assign(turns, { close: async () => { subscriptions.forEach((s) => s.unsubscribe()); await db.close(); } });
}
