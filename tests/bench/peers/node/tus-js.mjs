// tus-js-client against the reference server, which is a process of its own, over the bench's line that breaks.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Upload } from 'tus-js-client';
import { fresh, join, lap, serve } from './engine.mjs';

const CUTS = 30;
const BYTES = 20_000_000;

/** A child that is told and asked by lines; ends with us. */
async function helper(program, args) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  process.on('exit', () => child.kill());
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => (await lines.next()).value;
  return { first: await line(), ask: async (text) => (child.stdin.write(`${text}\n`), line()), end: () => child.kill() };
}

/** Bytes that no compression and no luck shortens. */
function bytes(seed) {
  const blocks = [];
  for (let i = 0; i * 32 < BYTES; i += 1) blocks.push(createHash('sha256').update(`${seed}/${i}`).digest());
  return Buffer.concat(blocks).subarray(0, BYTES);
}

await serve(
  {
    engine: 'tus-js-client 4.3.1',
    settings: 'one PATCH as long as the rest of the file (its default), against @tus/server 2.4.5 with its file store',
    less: 'one file in memory, nothing sealed, no hash judged by the server, forgets the upload when its process ends',
  },
  {
    upload: async () => {
      const here = dirname(fileURLToPath(import.meta.url));
      const server = await helper(process.execPath, [join(here, 'tus-server.mjs'), fresh('upload')]);
      const line = await helper(process.env.HUES_BENCH, ['cutter', server.first.slice('ready '.length)]);
      const endpoint = `${line.first.slice('ready '.length)}/files`;
      const turns = async (turn) => {
        const data = bytes(turn);
        await line.ask(JSON.stringify({ seed: 700 + turn, cuts: CUTS, bytes: BYTES }));
        const stop = lap();
        await new Promise((done, failed) => {
          new Upload(data, { endpoint, retryDelays: Array(100).fill(20), storeFingerprintForResuming: false, onSuccess: done, onError: failed }).start();
        });
        const took = stop();
        const counts = JSON.parse(await line.ask('?'));
        return { ...took, facts: { mb: counts.bytes / 1e6, cuts: counts.cuts, again_kb: counts.again / 1e3, again_patches: counts.worst, patches: counts.patches } };
      };
      return Object.assign(turns, { close: () => { line.end(); server.end(); } });
    },
  },
);
