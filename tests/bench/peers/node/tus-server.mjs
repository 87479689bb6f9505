// The reference tus server on loopback. Usage: node tus-server.mjs FOLDER. Prints "ready HOST:PORT"; ends with its standard input.
import { createServer } from 'node:http';
import { FileStore } from '@tus/file-store';
import { Server } from '@tus/server';

const tus = new Server({ path: '/files', respectForwardedHeaders: false, relativeLocation: true, datastore: new FileStore({ directory: process.argv[2] }) });
const http = createServer((request, response) => tus.handle(request, response));
http.listen(0, '127.0.0.1', () => console.log(`ready 127.0.0.1:${http.address().port}`));
process.stdin.resume().on('end', () => process.exit(0));
