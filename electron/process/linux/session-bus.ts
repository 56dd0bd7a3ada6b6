/** The user's session bus (D-Bus), where the programs of a desktop find one another. */

import { once as happened } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type BusCall, readMessage, writeCall } from './bus-messages.ts';

export interface SessionBus {
  /** What was answered; rejects when the other side refuses, or the bus is lost. */
  call(call: BusCall): Promise<readonly unknown[]>;
  close(): void;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the bus of `env` listens, as Node names sockets; null where there is none. */
export function sessionBusSocket(env: Environment): string | null {
  const at = socketAt(env.DBUS_SESSION_BUS_ADDRESS ?? '');
  return at ?? (env.XDG_RUNTIME_DIR ? `${env.XDG_RUNTIME_DIR}/bus` : null);
}

/** The first socket in a list of D-Bus addresses, as Node names sockets; null when there is none. */
export function socketAt(addresses: string): string | null {
  for (const address of addresses.split(';')) {
    const [transport, words = ''] = address.split(/:(.*)/s);
    if (transport !== 'unix') continue;
    const found = words.split(',').map((word) => word.split(/=(.*)/s));
    for (const [key, value = ''] of found) {
      if (key === 'path') return decodeURIComponent(value);
      if (key === 'abstract') return `\0${decodeURIComponent(value)}`;
    }
  }
  return null;
}

const bus = { destination: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus' } as const;

/** A call of the bus itself. */
export function busCall(member: string, ...args: readonly string[]): BusCall {
  return { ...bus, interfaceName: 'org.freedesktop.DBus', member, args };
}

/** Connects as this user; rejects when there is no bus, or it refuses. */
export function openSessionBus(env: Environment, signal: AbortSignal): Promise<SessionBus> {
  return openBus(sessionBusSocket(env), signal);
}

/** The same for any bus; null: there is none. */
export async function openBus(at: string | null, signal: AbortSignal): Promise<SessionBus> {
  if (at === null) throw new Error('There is no such bus.');
  const socket = connect({ path: at });
  const abort = (): void => void socket.destroy();
  signal.addEventListener('abort', abort, { once: true });
  socket.once('close', () => signal.removeEventListener('abort', abort));
  try {
    await happened(socket, 'connect', { signal });
    const user = Buffer.from(String(process.getuid?.() ?? 0)).toString('hex');
    socket.write(`\0AUTH EXTERNAL ${user}\r\n`);
    const [answer]: unknown[] = await happened(socket, 'data', { signal });
    if (!String(answer).startsWith('OK ')) throw new Error('The session bus refuses this user.');
    socket.write('BEGIN\r\n');
    const opened = new Connection(socket);
    await opened.call(busCall('Hello'));
    return opened;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

interface Waiting {
  resolve(body: readonly unknown[]): void;
  reject(error: Error): void;
}

class Connection implements SessionBus {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  #arrived = Buffer.alloc(0);
  #serial = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => this.#take(bytes));
    socket.on('error', () => undefined); // `close` follows.
    socket.on('close', () => this.#lose());
  }

  call(call: BusCall): Promise<readonly unknown[]> {
    this.#serial += 1;
    const serial = this.#serial;
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) return reject(new Error('The session bus is lost.'));
      this.#waiting.set(serial, { resolve, reject });
      this.#socket.write(writeCall(call, serial));
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    this.#arrived = Buffer.concat([this.#arrived, bytes]);
    try {
      for (let next = readMessage(this.#arrived); next; next = readMessage(this.#arrived)) {
        this.#arrived = this.#arrived.subarray(next.length);
        const { type, answers, body } = next.message;
        const waiting = this.#waiting.get(answers);
        this.#waiting.delete(answers);
        if (type === 'answer') waiting?.resolve(body);
        if (type === 'error') waiting?.reject(new Error('The call was refused.'));
      }
    } catch {
      this.#socket.destroy(); // What can't be read once can't be read on from.
    }
  }

  #lose(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error('The session bus is lost.'));
    this.#waiting.clear();
  }
}
