/**
 * D-Bus messages, as far as questions to the session bus need them: calls whose arguments are strings, and
 * answers of plain types. Little-endian; https://dbus.freedesktop.org/doc/dbus-specification.html has the format.
 */

export interface BusCall {
  readonly destination: string;
  readonly path: string;
  readonly interfaceName: string;
  readonly member: string;
  readonly args: readonly string[];
}

export interface BusMessage {
  readonly type: (typeof types)[number];
  /** The call that it answers; 0 when it answers none. */
  readonly answers: number;
  readonly body: readonly unknown[];
}

/** By their number; a later version may have others. */
const types = ['invalid', 'call', 'answer', 'error', 'signal'] as const;
const littleEndian = 'l'.charCodeAt(0);
const protocol = 1;
/** The most that a message may be by the specification. */
const longest = 128 * 1024 * 1024;

const fieldCodes = { path: 1, interfaceName: 2, member: 3, destination: 6, signature: 8 } as const;
const answersCode = 5;
const fixedHeader = 16;

function padded(length: number, to: number): number {
  return Math.ceil(length / to) * to;
}

class Writer {
  #bytes = Buffer.alloc(0);

  get length(): number {
    return this.#bytes.length;
  }

  align(to: number): void {
    this.#add(Buffer.alloc(padded(this.length, to) - this.length));
  }

  bytes(...values: readonly number[]): void {
    this.#add(Buffer.from(values));
  }

  number(value: number): void {
    this.align(4);
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    this.#add(bytes);
  }

  text(value: string): void {
    this.number(Buffer.byteLength(value));
    this.#add(Buffer.from(`${value}\0`));
  }

  signature(value: string): void {
    this.bytes(value.length);
    this.#add(Buffer.from(`${value}\0`));
  }

  take(): Buffer {
    return this.#bytes;
  }

  #add(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
  }
}

/** The bytes of a call; `serial` is what its answer will name. */
export function writeCall(call: BusCall, serial: number): Buffer {
  const body = new Writer();
  for (const arg of call.args) body.text(arg);

  const fields = new Writer();
  const field = (code: number, type: string, write: () => void): void => {
    fields.align(8);
    fields.bytes(code);
    fields.signature(type);
    write();
  };
  field(fieldCodes.path, 'o', () => fields.text(call.path));
  field(fieldCodes.interfaceName, 's', () => fields.text(call.interfaceName));
  field(fieldCodes.member, 's', () => fields.text(call.member));
  field(fieldCodes.destination, 's', () => fields.text(call.destination));
  const signature = 's'.repeat(call.args.length);
  if (signature !== '') field(fieldCodes.signature, 'g', () => fields.signature(signature));

  const header = new Writer();
  header.bytes(littleEndian, types.indexOf('call'), 0, protocol);
  for (const value of [body.length, serial, fields.length]) header.number(value);
  const head = Buffer.concat([header.take(), fields.take()]);
  const padding = Buffer.alloc(padded(head.length, 8) - head.length);
  return Buffer.concat([head, padding, body.take()]);
}

class Reader {
  readonly #bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  align(to: number): void {
    this.at = padded(this.at, to);
  }

  byte(): number {
    this.at += 1;
    return this.#bytes.readUInt8(this.at - 1);
  }

  number(): number {
    this.align(4);
    this.at += 4;
    return this.#bytes.readUInt32LE(this.at - 4);
  }

  text(length = this.number()): string {
    const start = this.at;
    this.at = start + length + 1;
    if (this.at > this.#bytes.length) throw new RangeError('The message is too short.');
    return this.#bytes.toString('utf8', start, start + length);
  }

  /** One value of the type that `signature` begins with, and what is left of the signature. */
  value(signature: string): { readonly value: unknown; readonly rest: string } {
    const rest = signature.slice(1);
    switch (signature[0]) {
      case 'y':
        return { value: this.byte(), rest };
      case 'b':
        return { value: this.number() !== 0, rest };
      case 'i':
      case 'u':
        return { value: this.number(), rest };
      case 's':
      case 'o':
        return { value: this.text(), rest };
      case 'g':
        return { value: this.text(this.byte()), rest };
      case 'v':
        return { value: this.value(this.text(this.byte())).value, rest };
      case 'a':
        return this.#list(rest);
      default:
        throw new RangeError(`The type ${signature} is not read here.`);
    }
  }

  #list(element: string): { readonly value: unknown; readonly rest: string } {
    const length = this.number();
    const end = this.at + length;
    if (end > this.#bytes.length) throw new RangeError('The message is too short.');
    const values: unknown[] = [];
    while (this.at < end) values.push(this.value(element).value);
    return { value: values, rest: element.slice(1) };
  }
}

/**
 * The first whole message in `bytes`, and how long it is; null while it has not arrived. A body of types
 * that are not read here is empty. Throws when this is no message for us.
 */
export function readMessage(
  bytes: Buffer,
): { readonly message: BusMessage; readonly length: number } | null {
  if (bytes.length < fixedHeader) return null;
  if (bytes[0] !== littleEndian) throw new RangeError('The message has another byte order.');
  const bodyLength = bytes.readUInt32LE(4);
  const bodyAt = padded(fixedHeader + bytes.readUInt32LE(12), 8);
  const length = bodyAt + bodyLength;
  if (length > longest) throw new RangeError('The message is too long.');
  if (bytes.length < length) return null;
  const { answers, signature } = readFields(bytes);
  const type = types[bytes[1] ?? 0] ?? 'invalid';
  const body = type === 'answer' ? readBody(bytes.subarray(0, length), bodyAt, signature) : [];
  return { message: { type, answers, body }, length };
}

function readFields(bytes: Buffer): { readonly answers: number; readonly signature: string } {
  const reader = new Reader(bytes, fixedHeader);
  const end = fixedHeader + bytes.readUInt32LE(12);
  let answers = 0;
  let signature = '';
  while (reader.at < end) {
    reader.align(8);
    const code = reader.byte();
    const { value } = reader.value('v');
    if (code === answersCode) answers = Number(value);
    if (code === fieldCodes.signature) signature = String(value);
  }
  return { answers, signature };
}

function readBody(bytes: Buffer, at: number, signature: string): unknown[] {
  const reader = new Reader(bytes, at);
  const values: unknown[] = [];
  for (let rest = signature; rest !== ''; ) {
    const next = reader.value(rest);
    values.push(next.value);
    rest = next.rest;
  }
  return values;
}
