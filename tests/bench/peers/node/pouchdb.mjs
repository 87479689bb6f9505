// PouchDB on LevelDB: documents in bulk, changes with their revisions as its replication writes them.
import PouchDB from 'pouchdb-node';
import { all, each, fresh, folder, join, lap, ops, places, plus, serve, sizes, texts } from './engine.mjs';

const open = (path) => new PouchDB(path, { auto_compaction: true });
// The list's order is the order of ids: the place in the list, so that a page is a range of the primary index.
const key = (place) => String(place).padStart(12, '0');
const doc = (op, place, revision) => ({
  _id: key(place), _rev: `${revision}-${op.id}`, report: op.id, rev: op.rev, ...(op.put ? { ...op.put } : { _deleted: true }),
});

/** Which place a report has, and how often it changed. */
const known = new Map();
let last = 0;
const place = (op) => {
  const before = known.get(op.id);
  const now = before ? { place: before.place, revision: before.revision + 1 } : { place: ++last, revision: 1 };
  known.set(op.id, now);
  return doc(op, now.place, now.revision);
};

async function pull(db, set) {
  let took = { wall: 0, cpu: 0 };
  for await (const some of ops(set, 10_000)) {
    const docs = some.map(place);
    const stop = lap();
    for (let i = 0; i < docs.length; i += 200) await db.bulkDocs(docs.slice(i, i + 200), { new_edits: false });
    took = plus(took, stop());
  }
  return took;
}

const big = () => join(folder, 'big', 'db');

await serve(
  {
    engine: 'PouchDB 9.0.0 (pouchdb-node, LevelDB)',
    settings: 'auto_compaction, bulkDocs of 200 (500 in bulk), new_edits false for what comes from the server',
    less: 'unencrypted, a commit does not wait for the disk, no signature, no second copy, no search index',
  },
  {
    bulk: async () => {
      const rows = await all('first', sizes.bulk);
      return async () => {
        const db = open(join(fresh('bulk'), 'db'));
        const docs = rows.map((op, i) => ({ _id: key(i + 1), report: op.id, rev: op.rev, ...op.put }));
        const stop = lap();
        for (let i = 0; i < docs.length; i += 500) await db.bulkDocs(docs.slice(i, i + 500));
        const took = stop();
        await db.close();
        return took;
      };
    },
    'submit-normal': async () => {
      const db = open(join(fresh('submit'), 'db'));
      let n = 0;
      return async (turn) => {
        const list = texts(turn);
        const stop = lap();
        for (const text of list) {
          n += 1;
          await db.bulkDocs([{ _id: `report/${key(n)}`, state: 'queued', text, ward: '19789' }, { _id: `outbox/${key(n)}`, kind: 'report.new', subject: n, body: { text } }]);
        }
        return each(stop(), list.length);
      };
    },
    'first-sync': async () => async () => {
      known.clear();
      last = 0;
      const db = open(join(fresh('big'), 'db'));
      const took = await pull(db, 'first');
      await db.close();
      return took;
    },
    'cold-open': async () => async () => {
      const stop = lap();
      const db = open(big());
      const { rows } = await db.allDocs({ include_docs: true, descending: true, limit: 20 });
      const took = stop();
      await db.close();
      return { ...took, facts: { lines: rows.length } };
    },
    page: async () => {
      const db = open(big());
      const turns = async (turn) => {
        const stop = lap();
        let lines = 0;
        for (const at of places[turn]) {
          const page = await db.allDocs({ include_docs: true, descending: true, startkey: key(at - 1), limit: 50 });
          lines += page.rows.length;
        }
        return { ...each(stop(), places[turn].length), facts: { lines } };
      };
      return Object.assign(turns, { close: () => db.close() });
    },
    delta: async () => {
      const db = open(big());
      const turns = async (turn) => pull(db, `delta-${turn}`);
      return Object.assign(turns, { close: () => db.close() });
    },
  },
);
