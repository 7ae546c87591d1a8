// A pooler in transaction mode, as PgBouncer is one: it answers the start-up itself, and gives each transaction the next of its
// server connections.

import { connect, createServer, type Socket } from 'node:net';

export interface Pooler {
  readonly port: number;
  readonly close: () => Promise<void>;
}

interface Backend {
  readonly socket: Socket;
  /** What the server said before it was ready: its parameters. */
  readonly greeting: Buffer;
}

/** Type and body of each whole message; calls back with the rest that is not whole yet. */
function messages(buffer: Buffer, each: (type: string, message: Buffer) => void): Buffer {
  let rest = buffer;
  while (rest.length >= 5 && rest.length >= 1 + rest.readInt32BE(1)) {
    const end = 1 + rest.readInt32BE(1);
    each(String.fromCharCode(rest[0] ?? 0), rest.subarray(0, end));
    rest = rest.subarray(end);
  }
  return rest;
}

function openBackend(port: number, startup: Buffer): Promise<Backend> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(startup));
    const parameters: Buffer[] = [];
    let rest = Buffer.alloc(0);
    const greet = (chunk: Buffer) => {
      rest = Buffer.from(messages(Buffer.concat([rest, chunk]), (type, message) => {
        if (type === 'S') parameters.push(Buffer.from(message));
        if (type === 'E') reject(new Error(message.toString()));
        if (type !== 'Z') return;
        socket.off('data', greet);
        resolve({ socket, greeting: Buffer.concat(parameters) });
      }));
    };
    socket.on('data', greet).on('error', () => undefined);
  });
}

const AUTHENTICATED = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0]);
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

/** A key that belongs to no server process. */
function backendKey(): Buffer {
  const key = Buffer.alloc(13);
  key.write('K');
  key.writeInt32BE(12, 1);
  key.writeInt32BE(7, 5);
  return key;
}

async function serve(client: Socket, port: number, startup: Buffer): Promise<void> {
  const backends = await Promise.all([openBackend(port, startup), openBackend(port, startup)]);
  let turn = 0;
  let busy = false;
  for (const { socket } of backends) {
    let rest = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      rest = Buffer.from(messages(Buffer.concat([rest, chunk as Buffer]), (type, message) => {
        if (type === 'Z' && message[5] === 0x49) busy = false;
        client.write(message);
      }));
    });
  }
  client.on('data', (chunk) => {
    if ((chunk as Buffer)[0] === 0x58) return void client.end();
    if (!busy) turn++;
    busy = true;
    backends[turn % backends.length]?.socket.write(chunk as Buffer);
  });
  client.on('close', () => backends.forEach(({ socket }) => socket.destroy()));
  client.write(Buffer.concat([AUTHENTICATED, backends[0]?.greeting ?? Buffer.alloc(0), backendKey(), READY]));
}

/** In front of the server on this port, which trusts everybody. */
export function startPooler(port: number): Promise<Pooler> {
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    clients.add(client);
    client.on('error', () => undefined).on('close', () => clients.delete(client));
    client.on('data', function first(chunk) {
      // SSLRequest: no.
      if ((chunk as Buffer).readInt32BE(4) === 80877103) return void client.write('N');
      client.off('data', first);
      void serve(client, port, chunk as Buffer);
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve({ port: typeof address === 'object' && address !== null ? address.port : 0, close: () => new Promise((done) => { for (const client of clients) client.destroy(); server.close(() => done()); }) });
    });
  });
}
