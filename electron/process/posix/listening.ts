/**
 * Listening sockets that one program holds for another, on Linux and macOS: made, passed from process
 * to process (SCM_RIGHTS), and recognised. Node's own sockets accept connections as soon as they listen;
 * these never do, so that connections wait for the program that will.
 *
 * The records are those of 64-bit systems, little endian. Run on Linux; on macOS not yet.
 */
import { closeSync, rmSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { constants as os } from 'node:os';
import { native } from '../on-demand.ts';
import type { ListeningSocket, SocketInbox } from '../platform-interface.ts';
import type { NamedSocket } from '../spawn-spec.ts';

const isDarwin = process.platform === 'darwin';
/** sys/socket.h and netinet/in.h of both systems. */
const families = { unix: 1, ipv4: 2, ipv6: isDarwin ? 30 : 10 } as const;
const types = { stream: 1, datagram: 2 } as const;
const level = { socket: isDarwin ? 0xffff : 1, ipv6: 41 } as const;
const option = {
  reuseAddress: isDarwin ? 4 : 2,
  ipv6Only: isDarwin ? 27 : 26,
  accepts: isDarwin ? 2 : 30,
} as const;
const scmRights = 1;
/** MSG_DONTWAIT. */
const withoutWaiting = isDarwin ? 0x80 : 0x40;
/** FIOCLEX; Linux has the same call under another number. */
const closeOnExec = isDarwin ? 0x2000_6601 : 0x5451;
/** `struct sockaddr_un` begins with two bytes, as the others do. */
const headBytes = 2;
const unixBytes = isDarwin ? 106 : 110;
/** `struct msghdr`: of both, the longer one; the fields lie at the same places up to the control's length. */
const message = {
  bytes: 56,
  name: 0,
  nameLength: 8,
  parts: 16,
  partCount: 24,
  control: 32,
  controlLength: 40,
} as const;
/** `struct cmsghdr`: its length in 8 bytes (macOS 4), level, type. */
const controlHead = isDarwin ? 12 : 16;
/**
 * Sockets in one datagram. Their names are up to 40 characters; macOS takes datagrams of 2,048 bytes,
 * and Linux lets ten of them wait.
 */
const perDatagram = 40;
const datagramBytes = 2_048;

interface Calls {
  socket(family: number, type: number, protocol: number): number;
  bind(fd: number, address: Buffer, length: number): number;
  listen(fd: number, backlog: number): number;
  setsockopt(fd: number, level: number, name: number, value: Buffer, length: number): number;
  getsockopt(fd: number, level: number, name: number, value: Buffer, length: Buffer): number;
  getsockname(fd: number, address: Buffer, length: Buffer): number;
  inet_pton(family: number, text: string, address: Buffer): number;
  sendmsg(fd: number, message: Buffer, flags: number): number;
  recvmsg(fd: number, message: Buffer, flags: number): number;
  ioctl(fd: number, request: number): number;
}

let calls: Calls | undefined;

function libc(): Calls {
  if (calls) return calls;
  const library = native().load(isDarwin ? '/usr/lib/libSystem.B.dylib' : null);
  calls = {
    socket: library.func('int socket(int family, int type, int protocol)'),
    bind: library.func('int bind(int fd, void *address, unsigned int length)'),
    listen: library.func('int listen(int fd, int backlog)'),
    setsockopt: library.func(
      'int setsockopt(int fd, int level, int name, void *value, unsigned int length)',
    ),
    getsockopt: library.func(
      'int getsockopt(int fd, int level, int name, void *value, void *length)',
    ),
    getsockname: library.func('int getsockname(int fd, void *address, void *length)'),
    inet_pton: library.func('int inet_pton(int family, const char *text, void *address)'),
    sendmsg: library.func('long sendmsg(int fd, void *message, int flags)'),
    recvmsg: library.func('long recvmsg(int fd, void *message, int flags)'),
    ioctl: library.func('int ioctl(int fd, unsigned long request)'),
  };
  return calls;
}

/** The error of the last call, as Node names it. */
function lastError(): string {
  const number = native().errno();
  return Object.entries(os.errno).find(([, one]) => one === number)?.[0] ?? `error ${number}`;
}

function check(result: number): number {
  if (result < 0) throw Object.assign(new Error(lastError()), { code: lastError() });
  return result;
}

function intOf(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32LE(value);
  return buffer;
}

function openSocket(family: number, type: number): number {
  const fd = check(libc().socket(family, type, 0));
  libc().ioctl(fd, closeOnExec);
  return fd;
}

/** Closes `fd` when `use` throws. */
function orClosed(fd: number, use: () => void): number {
  try {
    use();
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** The head of every socket address: on macOS its length and family, on Linux the family alone. */
function addressRecord(family: number, bytes: number): Buffer {
  const record = Buffer.alloc(bytes);
  if (isDarwin) {
    record.writeUInt8(bytes, 0);
    record.writeUInt8(family, 1);
  } else record.writeUInt16LE(family, 0);
  return record;
}

function internetAddress({ address, port }: ListeningSocket): Buffer {
  const v6 = isIPv6(address);
  const record = addressRecord(v6 ? families.ipv6 : families.ipv4, v6 ? 28 : 16);
  record.writeUInt16BE(port, headBytes);
  const at = record.subarray(v6 ? 8 : 4);
  if (libc().inet_pton(v6 ? families.ipv6 : families.ipv4, address, at) !== 1) {
    throw new Error(`${address} is no IP address.`);
  }
  return record;
}

function unixAddress(path: string): Buffer {
  const record = addressRecord(families.unix, unixBytes);
  if (Buffer.byteLength(path) >= unixBytes - headBytes) throw new Error(`${path} is too long.`);
  record.write(path, headBytes);
  return record;
}

/**
 * A socket that listens at `at`, closed on exec, and accepts nothing. Throws the system's error, with
 * its `code` (EADDRINUSE, EACCES, EADDRNOTAVAIL). `backlog`: connections that may wait; the system may
 * have a lower limit (net.core.somaxconn).
 */
export function openListening(at: ListeningSocket, backlog: number): number {
  const v6 = isIPv6(at.address);
  const fd = openSocket(v6 ? families.ipv6 : families.ipv4, types.stream);
  return orClosed(fd, () => {
    const c = libc();
    // Connections of the last program that listened may still be in TIME_WAIT.
    check(c.setsockopt(fd, level.socket, option.reuseAddress, intOf(1), 4));
    // `::` takes IPv4 too, as with Node.
    if (v6) check(c.setsockopt(fd, level.ipv6, option.ipv6Only, intOf(0), 4));
    const address = internetAddress(at);
    check(c.bind(fd, address, address.length));
    check(c.listen(fd, backlog));
  });
}

/** Sets the number of connections that may wait again: a program that took the socket may have set another. */
export function listenAgain(fd: number, backlog: number): void {
  libc().listen(fd, backlog);
}

/** True when `fd` is a socket that listens at `at`. */
export function isListeningAt(fd: number, at: ListeningSocket): boolean {
  const c = libc();
  const accepts = intOf(0);
  if (c.getsockopt(fd, level.socket, option.accepts, accepts, intOf(4)) !== 0) return false;
  const wanted = internetAddress(at);
  const found = Buffer.alloc(28);
  if (c.getsockname(fd, found, intOf(found.length)) !== 0) return false;
  return accepts.readInt32LE() !== 0 && found.subarray(0, wanted.length).equals(wanted);
}

interface Datagram {
  readonly record: Buffer;
  readonly body: Buffer;
  readonly control: Buffer;
  /** Keeps what `record` points to alive. */
  readonly parts: Buffer;
}

/** A `struct msghdr` whose one part is `body`. */
function datagram(body: Buffer, control: Buffer): Datagram {
  const { address } = native();
  const parts = Buffer.alloc(16);
  parts.writeBigUInt64LE(address(body), 0);
  parts.writeBigUInt64LE(BigInt(body.length), 8);
  const record = Buffer.alloc(message.bytes);
  record.writeBigUInt64LE(address(parts), message.parts);
  record.writeUInt32LE(1, message.partCount);
  record.writeBigUInt64LE(address(control), message.control);
  record.writeUInt32LE(control.length, message.controlLength);
  return { record, body, control, parts };
}

function controlRecord(fds: readonly number[]): Buffer {
  const control = Buffer.alloc(controlHead + 4 * fds.length);
  control.writeUInt32LE(control.length, 0);
  control.writeInt32LE(level.socket, controlHead - 8);
  control.writeInt32LE(scmRights, controlHead - 4);
  for (const [at, fd] of fds.entries()) control.writeInt32LE(fd, controlHead + 4 * at);
  return control;
}

/** Sends copies of `sockets` to the inbox at `path`, without waiting. Answers how many it took. */
export function sendSockets(path: string, sockets: readonly NamedSocket[]): number {
  const fd = openSocket(families.unix, types.datagram);
  let sent = 0;
  try {
    const to = unixAddress(path);
    for (let from = 0; from < sockets.length; from += perDatagram) {
      const some = sockets.slice(from, from + perDatagram);
      const body = Buffer.from(some.map(({ name }) => name).join('\n'));
      const sending = datagram(body, controlRecord(some.map((one) => one.fd)));
      sending.record.writeBigUInt64LE(native().address(to), message.name);
      sending.record.writeUInt32LE(to.length, message.nameLength);
      if (libc().sendmsg(fd, sending.record, withoutWaiting) < 0) break;
      sent += some.length;
    }
    return sent;
  } finally {
    closeSync(fd);
  }
}

/** Opens an inbox for `sendSockets`. Throws the system's error. */
export function openInbox(path: string): SocketInbox {
  rmSync(path, { force: true });
  const fd = openSocket(families.unix, types.datagram);
  orClosed(fd, () => check(libc().bind(fd, unixAddress(path), unixBytes)));
  return {
    path,
    take: () => takeAll(fd),
    close() {
      closeSync(fd);
      rmSync(path, { force: true });
    },
  };
}

function takeAll(fd: number): NamedSocket[] {
  const found: NamedSocket[] = [];
  for (;;) {
    const body = Buffer.alloc(datagramBytes);
    const taken = datagram(body, Buffer.alloc(controlHead + 4 * perDatagram));
    const length = libc().recvmsg(fd, taken.record, withoutWaiting);
    if (length < 0) return found;
    const names = body.toString('utf8', 0, length).split('\n');
    const end = taken.record.readUInt32LE(message.controlLength);
    for (let at = controlHead; at + 4 <= end; at += 4) {
      const one = taken.control.readInt32LE(at);
      libc().ioctl(one, closeOnExec);
      found.push({ name: names[(at - controlHead) / 4] ?? '', fd: one });
    }
  }
}
