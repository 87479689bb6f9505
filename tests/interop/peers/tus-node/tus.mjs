// A tus 1.0 server on loopback, kept by others, for the interoperability tests.
// Usage: node tus.mjs FOLDER. Prints "ready URL" once it listens on a free port; ends with SIGTERM.
import { createServer } from "node:http";
import { FileStore } from "@tus/file-store";
import { Server } from "@tus/server";

const [, , folder] = process.argv;
if (!folder) {
  console.error("usage: node tus.mjs FOLDER");
  process.exit(2);
}
const tus = new Server({ path: "/files", datastore: new FileStore({ directory: folder }) });
const http = createServer((request, response) => tus.handle(request, response));
http.listen(0, "127.0.0.1", () => console.log(`ready http://127.0.0.1:${http.address().port}/files`));
process.on("SIGTERM", () => http.close(() => process.exit(0)));
