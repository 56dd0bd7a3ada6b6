/** Authenticode, judged by the system, on the program that runs this test: Node's own, as its makers have signed it. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { publisherOf } from '../index.ts';

let folder: string;
let copy: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-signed-'));
  copy = path.join(folder, 'copy of node.exe');
});
afterEach(() => rmSync(folder, { recursive: true }));

it('a signed program names its publisher, under any name of its file', () => {
  copyFileSync(process.execPath, copy);
  expect([publisherOf(process.execPath), publisherOf(copy)]).toEqual([
    'OpenJS Foundation',
    'OpenJS Foundation',
  ]);
});

it('a program of which one byte was changed is refused', () => {
  const bytes = readFileSync(process.execPath);
  bytes.writeUInt8(bytes.readUInt8(500_000) ^ 1, 500_000);
  writeFileSync(copy, bytes);
  expect(() => publisherOf(copy)).toThrow(
    `The signature of ${copy} does not hold: it was changed after it was signed.`,
  );
});

it('a program without a signature is refused, and so is what is no program', () => {
  const bytes = readFileSync(process.execPath);
  // The fifth entry of the data directories says where the signature lies.
  bytes.fill(
    0,
    bytes.readUInt32LE(0x3c) + 24 + 112 + 4 * 8,
    bytes.readUInt32LE(0x3c) + 24 + 112 + 5 * 8,
  );
  writeFileSync(copy, bytes);
  expect(() => publisherOf(copy)).toThrow(/it is not signed/);
  writeFileSync(copy, 'no program');
  expect(() => publisherOf(copy)).toThrow(/does not hold/);
  expect(() => publisherOf(path.join(folder, 'missing.exe'))).toThrow(/does not hold/);
});
