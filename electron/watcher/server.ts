/**
 * The watcher's door: a socket in a private folder (a named pipe on Windows) that lets in whoever
 * proves to know the state folder's secret, and of the same user where the system tells.
 */
import { chmodSync, rmSync } from 'node:fs';
import { createServer as createNetServer, type Socket } from 'node:net';
import type { Request, ServerFrame } from '../contract/wire.ts';
import type { Clock } from '../process/clock.ts';
import { type Connection, serveConnection } from './connection.ts';

/** App, a few command lines, a successor: far below. A flood of strangers ends here. */
const MAX_CONNECTIONS = 64;

export interface ServerDeps {
  readonly socket: string;
  readonly secret: string;
  readonly clock: Clock;
  readonly handshakeMs?: number;
  answer(request: Request, connection: Connection): ServerFrame | Promise<ServerFrame>;
  /** The number of admitted clients changed. */
  onClients(count: number): void;
  /** The user id at the other end, undefined where the system does not tell. */
  peerUser(descriptor: number): number | undefined;
  log: { info(message: string): void; warn(message: string): void };
}

export interface Server {
  /** To every admitted client. */
  broadcast(event: string, payload: unknown): void;
  clients(): number;
  /** Listens anew at the same place, which was taken away; those who are in stay. */
  reopen(): Promise<void>;
  /** Takes no new clients, flushes and ends the others. Resolves when all are gone. */
  close(): Promise<void>;
}

/** Listens at `deps.socket`; rejects with a sentence when that is not possible. */
export async function openServer(deps: ServerDeps): Promise<Server> {
  const sockets = new Set<Socket>();
  const admitted = new Set<Connection>();
  let count = 0;

  let net = createNetServer(meet);
  await listen();

  function meet(socket: Socket): void {
    if (sockets.size >= MAX_CONNECTIONS || !sameUser(socket, deps)) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    count += 1;
    const connection = serveConnection(count, socket, {
      ...deps,
      onOpen(opened) {
        admitted.add(opened);
        deps.onClients(admitted.size);
      },
      onRefused: (reason) => deps.log.warn(`Hung up on client ${connection.id}: ${reason}.`),
    });
    connection.onClose(() => {
      sockets.delete(socket);
      if (admitted.delete(connection)) deps.onClients(admitted.size);
    });
  }

  return {
    broadcast(event, payload) {
      for (const connection of admitted) connection.event(event, payload);
    },
    clients: () => admitted.size,
    reopen() {
      // First: who stops listening takes the socket's name away.
      net.close();
      net = createNetServer(meet);
      return listen();
    },
    async close() {
      const ends = [...sockets].map(
        (socket) => new Promise<void>((end) => socket.once('close', () => end())),
      );
      const stopped = new Promise<void>((resolve) => net.close(() => resolve()));
      const closed = Promise.all([stopped, ...ends]);
      for (const connection of admitted) connection.end();
      // Whoever does not hang up by itself is cut off.
      const cancel = deps.clock.after(500, () => {
        for (const socket of sockets) socket.destroy();
      });
      await closed;
      cancel();
    },
  };

  function listen(): Promise<void> {
    const { socket } = deps;
    // Left behind by a watcher that was killed; the state folder's lock is ours, so no one serves it.
    if (process.platform !== 'win32') rmSync(socket, { force: true });
    return new Promise((resolve, reject) => {
      net.once('error', (error) =>
        reject(new Error(`The watcher can't listen at ${socket}: ${error.message}.`)),
      );
      net.listen(socket, () => {
        net.removeAllListeners('error');
        net.on('error', (error) =>
          deps.log.warn(`The watcher's socket complains: ${error.message}.`),
        );
        if (process.platform !== 'win32') chmodSync(socket, 0o600);
        resolve();
      });
    });
  }
}

function sameUser(socket: Socket, deps: ServerDeps): boolean {
  const descriptor = descriptorOf(socket);
  const user = descriptor === undefined ? undefined : deps.peerUser(descriptor);
  if (user === undefined || user === process.getuid?.()) return true;
  deps.log.warn(`Hung up on a client of another user (${user}).`);
  return false;
}

/** Node names a socket's descriptor only on its internal handle. */
function descriptorOf(socket: Socket): number | undefined {
  const handle: unknown = Reflect.get(socket, '_handle');
  const descriptor = typeof handle === 'object' && handle ? Reflect.get(handle, 'fd') : undefined;
  return typeof descriptor === 'number' && descriptor >= 0 ? descriptor : undefined;
}
