// Uploads one file by tus 1.0 with the reference client, kept by others, for the interoperability tests.
// Usage: node client.mjs URL TOKEN OP SHA256 FILE. URL is the city's /files. Prints "done INDEX RETRIES" once the city has it.
import { readFileSync } from "node:fs";
import { Upload } from "tus-js-client";

const [, , endpoint, token, op, sha256, file] = process.argv;
if (!file) {
  console.error("usage: node client.mjs URL TOKEN OP SHA256 FILE");
  process.exit(2);
}
let index = "";
let retries = 0;
const upload = new Upload(readFileSync(file), {
  endpoint,
  metadata: { op, sha256 },
  headers: { Authorization: `Bearer ${token}` },
  chunkSize: 4096,
  retryDelays: Array(60).fill(20),
  storeFingerprintForResuming: false,
  onAfterResponse: (_, response) => {
    index = response.getHeader("Hues-Index") ?? index;
  },
  // What broke on the way is tried again; what the city refused is final.
  onShouldRetry: (error) => {
    const status = error.originalResponse?.getStatus() ?? 0;
    const again = status === 0 || status === 409 || status >= 500;
    retries += again ? 1 : 0;
    return again;
  },
  onSuccess: () => console.log(`done ${index} ${retries}`),
  onError: (error) => {
    console.error(String(error));
    process.exit(1);
  },
});
upload.start();
