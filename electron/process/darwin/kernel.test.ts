/** The kernel's records, made as <sys/sysctl.h> and <sys/proc_info.h> lay them out, and read. */
import { describe, expect, test } from 'vitest';
import { parseArguments, parseDescriptors, parseRecord, parseSocketInfo } from './kernel.ts';

test('a process is read from its kinfo_proc', () => {
  const record = Buffer.alloc(648);
  record.writeBigInt64LE(1_790_000_000n, 0);
  record.writeInt32LE(42, 8);
  record.writeInt8(5, 36);
  record.writeInt32LE(77, 40);
  record.writeUInt32LE(501, 392);
  record.writeInt32LE(1, 560);
  expect(parseRecord(record)).toEqual({
    pid: 77,
    parent: 1,
    user: 501,
    marker: '1790000000.000042',
    over: true,
    stopped: false,
  });
});

test('arguments and environment are told apart by the number of arguments, also empty ones', () => {
  const count = Buffer.alloc(4);
  count.writeInt32LE(3);
  const text =
    '/usr/local/bin/node\0\0\0\0node\0\0server.js\0HOME=/Users/u\0HOLDFAST_NONCE=n\0\0\0apple=1\0';
  expect(parseArguments(Buffer.concat([count, Buffer.from(text)]))).toEqual({
    argv: ['node', '', 'server.js'],
    env: ['HOME=/Users/u', 'HOLDFAST_NONCE=n'],
  });
});

test('only descriptors of the wanted kind are listed', () => {
  const list = Buffer.alloc(24);
  for (const [at, [fd, kind]] of [
    [0, 1],
    [7, 2],
    [9, 5],
  ].entries()) {
    list.writeInt32LE(fd ?? 0, at * 8);
    list.writeUInt32LE(kind ?? 0, at * 8 + 4);
  }
  expect(parseDescriptors(list, 2)).toEqual([7]);
});

describe('a socket', () => {
  const tcp = { kind: 2, state: 1 };
  function socket({ kind, state }: typeof tcp, family: number, address: string): Buffer {
    const bytes = Buffer.alloc(792);
    bytes.writeInt32LE(kind, 256);
    bytes.writeUInt16BE(8642, 268);
    bytes.writeUInt8(family, 288);
    Buffer.from(address, 'hex').copy(bytes, 312);
    bytes.writeInt32LE(state, 344);
    return bytes;
  }
  const v4 = `${'0'.repeat(24)}7f000001`;

  test.each([
    [1, v4, '127.0.0.1'],
    [1, '0'.repeat(32), '0.0.0.0'],
    [2, '0'.repeat(32), '::'],
    // `::` that takes IPv4 too has both kinds.
    [3, '0'.repeat(32), '::'],
  ])('of kind %i with the address %s listens at %s', (family, address, text) => {
    expect(parseSocketInfo(socket(tcp, family, address))).toEqual({ address: text, port: 8642 });
  });

  test.each([
    ['is connected', { ...tcp, state: 4 }],
    ['is no TCP', { ...tcp, kind: 3 }],
  ])('that %s does not listen', (_, how) => {
    expect(parseSocketInfo(socket(how, 1, v4))).toBeUndefined();
  });
});
