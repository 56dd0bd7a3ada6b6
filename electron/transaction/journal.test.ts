import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeLine } from '../files/checked-line.ts';
import { FileProblem } from '../files/untrusted-file.ts';
import type { TransactionEvent } from './events.ts';
import { decodeJournal, OvertakenError, openJournal, readJournal } from './journal.ts';

const someEvents: readonly TransactionEvent[] = [
  { type: 'prepared' },
  { type: 'releasing', deadline: 17 },
  { type: 'put-back', problem: { message: 'Ünïcode “方舟” \n line' }, byApp: false },
  { type: 'ended', outcome: 'put-back' },
];

const onWindows = process.platform === 'win32';
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-journal-'));
  file = path.join(folder, 'journal.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(events: readonly TransactionEvent[]): Buffer {
  const journal = openJournal(file, 1);
  for (const event of events) journal.append(event, 1000);
  journal.close();
  return readFileSync(file);
}

/** Ends of the lines: how many bytes are needed for n records. */
function ends(bytes: Buffer): number[] {
  return [...bytes.keys()].filter((at) => bytes[at] === 0x0a).map((at) => at + 1);
}

describe('a journal', () => {
  it('returns what was written', () => {
    write(someEvents);
    const { records, damage, token } = readJournal(file);
    expect(records.map(({ event }) => event)).toEqual(someEvents);
    expect(records.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    expect({ damage, token }).toEqual({ damage: 'none', token: 1 });
  });

  it('cut off at any byte keeps exactly the whole records [F2]', () => {
    const bytes = write(someEvents);
    const whole = ends(bytes);
    for (let length = 0; length <= bytes.length; length += 1) {
      const { records, damage } = decodeJournal(bytes.subarray(0, length));
      const expected = whole.filter((end) => end <= length).length;
      expect(records.length, `cut at ${length}`).toBe(expected);
      const clean = length === 0 || whole.includes(length);
      expect(damage, `cut at ${length}`).toBe(clean ? 'none' : 'torn');
    }
  });

  it('with any byte flipped counts for nothing from there on', () => {
    const bytes = write(someEvents);
    const whole = ends(bytes);
    for (let at = 0; at < bytes.length; at += 1) {
      for (const bit of [0x01, 0x20, 0x80]) {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ bit;
        const { records } = decodeJournal(changed);
        const before = whole.filter((end) => end <= at).length;
        expect(records.length, `byte ${at}, bit ${bit}`).toBe(before);
      }
    }
  });

  it('goes on after a torn tail, at every place it can be torn [F2]', () => {
    const bytes = write(someEvents);
    const last = ends(bytes).at(-2) ?? 0;
    for (let length = last; length < bytes.length; length += 1) {
      writeFileSync(file, bytes.subarray(0, length), { mode: 0o600 });
      const journal = openJournal(file, 'takeOver');
      journal.append({ type: 'released' }, 1);
      journal.close();
      const { records, damage } = readJournal(file);
      expect(damage).toBe('none');
      expect(records.map(({ event }) => event.type)).toEqual([
        'prepared',
        'releasing',
        'put-back',
        'released',
      ]);
    }
  });

  it('keeps a damaged file aside before it goes on', () => {
    const bytes = write(someEvents);
    const changed = Buffer.from(bytes);
    changed[3] = 0;
    writeFileSync(file, changed);
    openJournal(file, 'takeOver').close();
    expect(readFileSync(`${file}.damaged`)).toEqual(changed);
    expect(readJournal(file).records).toEqual([]);
  });
});

describe('the fencing token', () => {
  it('refuses a writer that was overtaken [F36]', () => {
    const old = openJournal(file, 1);
    old.append({ type: 'prepared' }, 1);
    const next = openJournal(file, 'takeOver');
    next.append({ type: 'releasing', deadline: 1 }, 2);
    expect(() => old.append({ type: 'released' }, 3)).toThrow(OvertakenError);
    next.append({ type: 'released' }, 4);
    expect(() => openJournal(file, 1)).toThrow(OvertakenError);
    expect(readJournal(file).records.map(({ token }) => token)).toEqual([1, 2, 2]);
    old.close();
    next.close();
  });

  it('makes readers skip what an overtaken writer still wrote', () => {
    write([{ type: 'prepared' }]);
    const next = openJournal(file, 'takeOver');
    next.append({ type: 'released' }, 2);
    next.close();
    // It goes on counting where it was: the second number is also the next one.
    for (const seq of [2, 3]) {
      const late = { seq, token: 1, at: 3, event: { type: 'soaked' } } as const;
      appendFileSync(file, encodeLine(late));
    }
    const { records, damage } = readJournal(file);
    expect(records.map(({ event }) => event.type)).toEqual(['prepared', 'released']);
    // The file is sound: cutting it off here would lose what the next writer writes.
    expect(damage).toBe('none');
    const after = openJournal(file, 2);
    after.append({ type: 'back' }, 4);
    after.close();
    expect(readJournal(file).records.at(-1)?.event.type).toBe('back');
  });
});

describe('a journal that an attacker wrote', () => {
  it.skipIf(onWindows)('is not read through a link', () => {
    const other = path.join(folder, 'other');
    writeFileSync(other, '', { mode: 0o600 });
    symlinkSync(other, file);
    expect(() => readJournal(file)).toThrow(FileProblem);
    expect(() => openJournal(file, 1)).toThrow();
  });

  it.skipIf(onWindows)('is not read when others may write to it', () => {
    writeFileSync(file, '', { mode: 0o600 });
    expect(readJournal(file).records).toEqual([]);
    chmodSync(file, 0o622);
    expect(() => readJournal(file)).toThrow(/other users may write/);
  });

  it('is not read when it is huge', () => {
    writeFileSync(file, 'x'.repeat(5 * 1024 * 1024), { mode: 0o600 });
    expect(() => readJournal(file)).toThrow(/more than/);
  });

  it('with a sound checksum over nonsense counts for nothing', () => {
    const line = encodeLine({ seq: 1, token: 1, at: 1, event: { type: 'prepared' } });
    expect(decodeJournal(Buffer.from(line)).records.length).toBe(1);
    expect(decodeJournal(Buffer.from(line.replace('prepared', 'launched'))).records).toEqual([]);
    expect(decodeJournal(Buffer.from('{}\n{}\n')).damage).toBe('damaged');
  });
});
