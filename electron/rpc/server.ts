/**
 * The watcher's socket in a private folder (a named pipe on Windows). It admits clients that prove to
 * know the state folder's secret and, where the system names the user, belong to the same user.
 */
import { chmodSync, rmSync } from 'node:fs';
import { createServer as createNetServer, type Server as NetServer, type Socket } from 'node:net';
import type { Request, ServerFrame } from '../contract/wire.ts';
import { type Clock, once } from '../process/index.ts';
import { type Connection, serveConnection } from './connection.ts';

/** App, a few command lines and a successor are far fewer. A flood of strangers ends here. */
const maxConnections = 64;
/** A client that is asked to hang up does so within milliseconds. */
const hangUpMs = 500;
/** A pipe of Windows is no file. */
const isSocketFile = process.platform !== 'win32';

export interface ServerDeps {
  readonly socket: string;
  readonly secret: string;
  readonly clock: Clock;
  readonly handshakeMs?: number;
  answer(request: Request, connection: Connection): ServerFrame | Promise<ServerFrame>;
  /** The number of admitted clients changed. */
  onClients(count: number): void;
  /** The user id at the other end; undefined where the system does not say. */
  peerUser(descriptor: number): number | undefined;
  log: { info(message: string): void; warn(message: string): void };
}

export interface Server {
  /** Sends an event to every admitted client. */
  broadcast(event: string, payload: unknown): void;
  clients(): number;
  /** Listens again at the same socket, which was removed; admitted clients stay. */
  reopen(): Promise<void>;
  /** Admits no new clients, flushes and ends the others. Resolves when all have ended. */
  close(): Promise<void>;
}

/** Listens at `deps.socket`; rejects with a sentence when that is not possible. */
export async function openServer(deps: ServerDeps): Promise<Server> {
  const server = new SocketServer(deps);
  await server.listen();
  return server;
}

class SocketServer implements Server {
  readonly #deps: ServerDeps;
  readonly #sockets = new Set<Socket>();
  readonly #admitted = new Set<Connection>();
  #net: NetServer;
  #count = 0;

  constructor(deps: ServerDeps) {
    this.#deps = deps;
    this.#net = createNetServer((socket) => this.#meet(socket));
  }

  listen(): Promise<void> {
    const { socket, log } = this.#deps;
    const net = this.#net;
    // Left by a watcher that was killed: the state folder's lock is ours, so no watcher serves it.
    if (isSocketFile) rmSync(socket, { force: true });
    return once((listening, failed) => {
      const onError = (error: Error): void =>
        failed(new Error(`The watcher can't listen at ${socket}: ${error.message}.`));
      net.once('error', onError);
      net.listen(socket, () => {
        net.on('error', (error) =>
          log.warn(`The watcher's socket has a problem: ${error.message}.`),
        );
        if (isSocketFile) chmodSync(socket, 0o600);
        listening();
      });
      return () => net.off('error', onError);
    });
  }

  broadcast(event: string, payload: unknown): void {
    for (const connection of this.#admitted) connection.event(event, payload);
  }

  clients(): number {
    return this.#admitted.size;
  }

  reopen(): Promise<void> {
    // First, because a server that stops listening removes the socket's file.
    this.#net.close();
    this.#net = createNetServer((socket) => this.#meet(socket));
    return this.listen();
  }

  async close(): Promise<void> {
    const { clock } = this.#deps;
    const sockets = [...this.#sockets];
    const closed = Promise.all([
      new Promise<void>((resolve) => this.#net.close(() => resolve())),
      ...sockets.map((socket) => new Promise<void>((end) => socket.once('close', () => end()))),
    ]);
    for (const connection of this.#admitted) connection.end();
    // Clients that do not hang up themselves are cut off.
    const cancel = clock.after(hangUpMs, () => {
      for (const socket of this.#sockets) socket.destroy();
    });
    await closed;
    cancel();
  }

  #meet(socket: Socket): void {
    const { log, onClients } = this.#deps;
    if (this.#sockets.size >= maxConnections || !sameUser(socket, this.#deps)) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    this.#count += 1;
    const connection = serveConnection(this.#count, socket, {
      ...this.#deps,
      onOpen: (opened) => {
        this.#admitted.add(opened);
        onClients(this.#admitted.size);
      },
      onRefused: (reason) => log.warn(`Hung up on client ${connection.id}: ${reason}.`),
    });
    connection.onClose(() => {
      this.#sockets.delete(socket);
      if (this.#admitted.delete(connection)) onClients(this.#admitted.size);
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
