/**
 * Passes the connections of a public port on to a gateway's private one, and holds new ones while the
 * gateway is away. Bytes pass as they come; nothing of them is understood.
 *
 *   client ──► gateway takes it ─────────────────────────────► joined until either side ends; held again
 *          │                                                   when the gateway resets it before a byte
 *          └─► it does not: held ──┬─ it takes one again ────► all are joined, the first one first
 *                                  ├─ held for `holdMs` ─────► closed
 *                                  └─ `maxHeld` wait already ► closed
 *
 * While something is held, one connection at a time is tried, so a gateway that comes back meets no
 * storm. With nothing held and nothing joined there is no timer.
 */
import { connect, createServer, type OnReadOpts, type Server, type Socket } from 'node:net';

export interface RelayOptions {
  /** The public address. */
  readonly host: string;
  readonly port: number;
  /** The gateway's own, on 127.0.0.1. */
  readonly privatePort: number;
  /** How long a new connection waits for the gateway, ms. */
  readonly holdMs: number;
  /** How many may wait. */
  readonly maxHeld: number;
  /** Begins each connection with the client's address, by version 1 of the PROXY protocol. */
  readonly proxyProtocol: boolean;
}

/** As many as Linux holds for a listening socket by default. */
const backlog = 4096;
/** Between two tries while connections are held: a start takes some hundred milliseconds. */
const firstRetryMs = 1;
const longestRetryMs = 16;
/** A closed connection that still sends is read for this long, or its client would see a reset. */
const closingMs = 1_000;

/** A gateway that dies resets a connection once; one that always does wants no connections. */
const maxTakenBack = 8;

/**
 * What a gateway sends is read in pieces of up to this size into one buffer of its connection, and the next one
 * when the client has taken it: half the work of a pipe, which makes a new buffer of 64 KiB for each. What is
 * never filled takes no memory.
 */
const pieceBytes = 256 * 1024;

/** A connection to the gateway. */
interface Dialled {
  readonly gateway: Socket;
  /** Who gets what it sends. */
  client: Socket | null;
}

interface Held {
  readonly client: Socket;
  readonly until: number;
}

export class Relay {
  readonly #options: RelayOptions;
  readonly #server: Server;
  readonly #held: Held[] = [];
  readonly #open = new Set<Socket>();
  /** By client: the connection to the gateway that it is joined with. */
  readonly #joined = new Map<Socket, Socket>();
  /** By client: how often its connection was taken back. */
  readonly #takenBack = new WeakMap<Socket, number>();
  #retryMs = firstRetryMs;
  #trying = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RelayOptions) {
    this.#options = options;
    // A held connection is not read: what its client sends waits in the system.
    const how = { allowHalfOpen: true, noDelay: true, pauseOnConnect: true };
    this.#server = createServer(how, (client) => this.#accept(client));
  }

  /** Resolves when the port is open. Rejects with the system's error. */
  listen(): Promise<void> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port, backlog }, () => {
        this.#server.off('error', reject);
        // Short of descriptors: those in use become free again.
        this.#server.on('error', () => undefined);
        resolve();
      });
    });
  }

  /** Closes the port and every connection. */
  close(): void {
    clearTimeout(this.#timer);
    this.#server.close();
    for (const socket of this.#open) socket.destroy();
  }

  #accept(client: Socket): void {
    this.#track(client);
    client.on('error', () => reset(this.#joined.get(client)));
    client.once('close', () => {
      finish(this.#joined.get(client));
      this.#joined.delete(client);
    });
    // Those who came first are joined first.
    if (this.#held.length > 0) this.#hold(client);
    else this.#reach(client);
  }

  #reach(client: Socket): void {
    this.#dial(
      (dialled) => this.#join(client, dialled),
      () => this.#hold(client),
    );
  }

  #dial(onTaken: (dialled: Dialled) => void, onRefused: () => void): void {
    const { privatePort: port } = this.#options;
    const onread: OnReadOpts = {
      buffer: Buffer.allocUnsafeSlow(pieceBytes),
      callback: (count, buffer) => {
        dialled.client?.write(buffer.subarray(0, count), () => gateway.resume());
        // Not before that is written: the buffer is used again.
        return dialled.client === null;
      },
    };
    const how = { allowHalfOpen: true, noDelay: true, onread };
    const gateway = connect({ host: '127.0.0.1', port, ...how });
    const dialled: Dialled = { gateway, client: null };
    this.#track(gateway);
    gateway.once('error', onRefused);
    gateway.once('connect', () => {
      gateway.off('error', onRefused);
      onTaken(dialled);
    });
  }

  #hold(client: Socket): void {
    const { holdMs, maxHeld } = this.#options;
    if (client.destroyed) return;
    if (this.#held.length >= maxHeld) {
      farewell(client);
      return;
    }
    this.#held.push({ client, until: performance.now() + holdMs });
    this.#arm();
  }

  #arm(): void {
    if (this.#timer || this.#trying || this.#held.length === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#retry();
    }, this.#retryMs);
  }

  #retry(): void {
    this.#dismiss();
    const [first] = this.#held;
    if (!first) {
      this.#calm();
      return;
    }
    this.#trying = true;
    this.#dial(
      (dialled) => {
        this.#trying = false;
        this.#calm();
        const waiting = this.#held.splice(0);
        this.#join(first.client, dialled);
        for (const { client } of waiting) if (client !== first.client) this.#reach(client);
      },
      () => {
        this.#trying = false;
        this.#retryMs = Math.min(this.#retryMs * 2, longestRetryMs);
        this.#arm();
      },
    );
  }

  #calm(): void {
    this.#retryMs = firstRetryMs;
  }

  /** Closes those that have waited long enough, and forgets those that have gone. */
  #dismiss(): void {
    const now = performance.now();
    const stay = this.#held.filter(({ client, until }) => {
      if (until <= now) farewell(client);
      return until > now && !client.destroyed;
    });
    this.#held.splice(0, this.#held.length, ...stay);
  }

  #join(client: Socket, dialled: Dialled): void {
    const { gateway } = dialled;
    if (client.destroyed) {
      gateway.destroy();
      return;
    }
    this.#joined.set(client, gateway);
    dialled.client = client;
    gateway.on('error', () => {
      // A gateway that died before it took the connection: nothing was said yet, so it can wait again.
      const untouched = client.bytesRead === 0 && gateway.bytesRead === 0;
      if (!untouched || !this.#takeBack(client, dialled)) reset(client);
    });
    gateway.once('close', () => {
      if (this.#joined.get(client) === gateway) finish(client);
    });
    if (this.#options.proxyProtocol) gateway.write(proxyLine(client));
    // An end of one side is passed on alone: the other may still answer.
    client.pipe(gateway);
    gateway.once('end', () => {
      if (dialled.client === client) client.end();
    });
  }

  /** False: it was reset too often, so that must be meant. */
  #takeBack(client: Socket, dialled: Dialled): boolean {
    const times = this.#takenBack.get(client) ?? 0;
    if (times === maxTakenBack) return false;
    this.#takenBack.set(client, times + 1);
    this.#joined.delete(client);
    client.unpipe(dialled.gateway);
    dialled.client = null;
    client.pause();
    this.#hold(client);
    return true;
  }

  #track(socket: Socket): void {
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
  }
}

/** One side broke: the other is told so by a reset. */
function reset(other: Socket | undefined): void {
  if (other && !other.destroyed) other.resetAndDestroy();
}

/** One side has closed: the other is closed when it has sent what it still has. */
function finish(other: Socket | undefined): void {
  if (other && !other.destroyed && !other.writableEnded) other.end();
}

/** Ends a connection that was never passed on, without a reset. */
function farewell(client: Socket): void {
  client.resume();
  client.end();
  const limit = setTimeout(() => client.destroy(), closingMs);
  client.once('close', () => clearTimeout(limit));
}

/** `PROXY TCP4 192.0.2.1 127.0.0.1 51234 8080`: HAProxy's protocol, version 1. */
function proxyLine({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  const plain = (address = ''): string =>
    address.replace(/^::ffff:(?=\d+\.)/, '').split('%')[0] ?? '';
  const [from, to] = [plain(remoteAddress), plain(localAddress)];
  if (from === '' || to === '') return 'PROXY UNKNOWN\r\n';
  const family = from.includes(':') ? 'TCP6' : 'TCP4';
  return `PROXY ${family} ${from} ${to} ${remotePort ?? 0} ${localPort ?? 0}\r\n`;
}
