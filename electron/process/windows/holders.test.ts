/** Addresses as the TCP table of Windows holds them. */
import { expect, test } from 'vitest';
import { readableAddress } from './holders.ts';

test.each([
  ['7f000001', '127.0.0.1'],
  ['00000000', '0.0.0.0'],
  ['0'.repeat(32), '::'],
  ['1'.padStart(32, '0'), '::1'],
  ['fe800000000000000000000000000001', 'fe80::1'],
])('the bytes %s are the address %s', (bytes, address) => {
  expect(readableAddress(Buffer.from(bytes, 'hex'))).toBe(address);
});
