import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Ledger, ledgerPath, readLedger, writeLedger } from './ledger.ts';

const onWindows = process.platform === 'win32';
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-ledger-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const ledger: Ledger = {
  schema: 1,
  id: 'g',
  desired: 'running',
  released: false,
  process: null,
  proof: null,
  restarts: 3,
  lastExit: null,
};

describe('the ledger', () => {
  it('returns what was written, to its owner alone', () => {
    writeLedger(folder, ledger);
    const marked = { ...ledger, folder: expect.stringMatching(/^\d+:\d+$/) };
    expect(readLedger(folder, 'g')).toEqual({ type: 'record', ledger: marked });
    // Windows has no modes.
    if (!onWindows) expect(statSync(ledgerPath(folder, 'g')).mode & 0o777).toBe(0o600);
    expect(readLedger(folder, 'other')).toEqual({ type: 'none' });
  });

  it('is used without the past starts that can’t be read', () => {
    writeLedger(folder, { ...ledger, pastStarts: [-1] });
    const read = readLedger(folder, 'g');
    expect(read.type === 'record' && read.ledger.restarts).toBe(3);
    expect(read.type === 'record' && read.ledger.pastStarts).toBeUndefined();
  });

  it('is refused when it was cut at any byte', () => {
    writeLedger(folder, ledger);
    const file = ledgerPath(folder, 'g');
    const whole = readFileSync(file);
    for (let length = 0; length < whole.length; length += 1) {
      writeFileSync(file, whole.subarray(0, length));
      expect(readLedger(folder, 'g').type).toBe('damaged');
    }
  });

  it.skipIf(onWindows)('is refused when it is a link, or writable by others', () => {
    const file = ledgerPath(folder, 'g');
    writeLedger(folder, ledger);
    chmodSync(file, 0o666);
    expect(readLedger(folder, 'g').type).toBe('damaged');
    rmSync(file);
    writeLedger(folder, { ...ledger, id: 'other' });
    symlinkSync(ledgerPath(folder, 'other'), file);
    expect(readLedger(folder, 'g').type).toBe('damaged');
  });

  it('is refused when it is huge, or of another gateway', () => {
    const file = ledgerPath(folder, 'g');
    writeFileSync(file, Buffer.alloc(2 * 1024 * 1024));
    expect(readLedger(folder, 'g')).toMatchObject({
      type: 'damaged',
      reason: expect.stringContaining('more than the 1048576 allowed'),
    });
    writeLedger(folder, { ...ledger, id: 'other' });
    writeFileSync(file, readFileSync(ledgerPath(folder, 'other')), { mode: 0o600 });
    expect(readLedger(folder, 'g')).toMatchObject({ reason: 'it is the record of other' });
  });
});
