/** Addresses as the systems' tables hold them. */
import { expect, test } from 'vitest';
import { addressText } from './address-text.ts';

test.each([
  ['7f000001', '127.0.0.1'],
  ['00000000', '0.0.0.0'],
  ['0'.repeat(32), '::'],
  ['1'.padStart(32, '0'), '::1'],
  // A socket at ::ffff:127.0.0.1 answers at 127.0.0.1.
  [`${'0'.repeat(20)}ffff7f000001`, '127.0.0.1'],
  ['fe800000000000000000000000000001', 'fe80::1'],
])('the bytes %s are the address %s', (bytes, address) => {
  expect(addressText(Buffer.from(bytes, 'hex'))).toBe(address);
});
