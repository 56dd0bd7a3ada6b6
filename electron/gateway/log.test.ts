import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogLine } from '../contract/watcher-contract.ts';
import { type Clock, systemClock } from '../process/index.ts';
import { keepSmall, rotateIfLarge } from './log-rotation.ts';
import { followLog, type Tail } from './log-tail.ts';

let folder: string;
let file: string;
const ends: (() => void)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-log-'));
  file = join(folder, 'g.log');
});
afterEach(() => {
  for (const end of ends.splice(0)) end();
  rmSync(folder, { recursive: true });
});

/** Ten times as fast, so that a second's pause is a tenth. */
const hurried: Clock = {
  now: systemClock.now,
  after: (ms, callback) => systemClock.after(ms / 10, callback),
};

function follow(lines: number): {
  tail: Tail;
  heard: LogLine[];
  gaps: () => number;
  until(done: () => boolean): Promise<void>;
} {
  const heard: LogLine[] = [];
  let gaps = 0;
  let wake = (): void => {};
  const tail = followLog(file, {
    lines,
    clock: systemClock,
    onLines(added, gap) {
      heard.push(...added);
      if (gap) gaps += 1;
      wake();
    },
  });
  ends.push(() => tail.close());
  const until = async (done: () => boolean): Promise<void> => {
    while (!done()) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { tail, heard, gaps: () => gaps, until };
}

const texts = (lines: readonly LogLine[]): string[] => lines.map((line) => line.text);

describe('the tail of a log', () => {
  it('gives the last lines, then what is added, byte by byte if need be', async () => {
    writeFileSync(file, 'one\ntwo\nthree\nhal');
    const { tail, heard, until } = follow(2);
    expect(tail.lines).toEqual([
      { offset: 8, text: 'two' },
      { offset: 14, text: 'three' },
    ]);
    const rest = Buffer.from('f 方舟\r\nnext\n');
    for (const byte of rest) appendFileSync(file, Buffer.from([byte]));
    await until(() => heard.length === 2);
    expect(texts(heard)).toEqual(['half 方舟', 'next']);
    expect(heard.at(-1)?.offset).toBe(statSync(file).size);
  });

  it('begins with a file that does not exist yet', async () => {
    const { tail, heard, until } = follow(10);
    expect(tail.lines).toEqual([]);
    writeFileSync(file, 'first\n');
    await until(() => heard.length === 1);
    expect(texts(heard)).toEqual(['first']);
  });

  it('says that there is a gap when the log was rotated, and goes on', async () => {
    writeFileSync(file, 'old\n'.repeat(100));
    const { heard, gaps, until } = follow(0);
    writeFileSync(file, 'new\n');
    await until(() => heard.length === 1);
    expect(texts(heard)).toEqual(['new']);
    expect(gaps()).toBe(1);
  });

  it('skips what floods it, by whole lines, and says so', async () => {
    writeFileSync(file, '');
    const { heard, gaps, until } = follow(0);
    const line = `${'flood '.repeat(20)}end\n`;
    appendFileSync(file, line.repeat(40_000));
    appendFileSync(file, 'last\n');
    await until(() => heard.at(-1)?.text === 'last');
    expect(gaps()).toBe(1);
    expect(heard.length).toBeLessThan(3_000);
    expect(new Set(texts(heard).slice(0, -1))).toEqual(new Set([line.trimEnd()]));
  });

  it('cuts a line without an end, and finds the next one', async () => {
    writeFileSync(file, '');
    const { heard, until } = follow(0);
    appendFileSync(file, 'x'.repeat(100_000));
    await until(() => heard.length === 1);
    appendFileSync(file, 'y'.repeat(100_000));
    appendFileSync(file, '\nshort\n');
    await until(() => heard.at(-1)?.text === 'short');
    expect(heard.length).toBe(2);
    expect(heard[0]?.text).toMatch(/^x{4096} …$/);
  });
});

describe('the rotation of a log', () => {
  it('keeps two older files and an open writer, and stays within its bound', () => {
    const max = 10_000;
    for (let round = 1; round <= 4; round += 1) {
      appendFileSync(file, `${round}`.repeat(max + 5));
      expect(rotateIfLarge(file, max)).toBe(true);
      expect(statSync(file).size).toBe(0);
    }
    expect(readFileSync(`${file}.1`, 'utf8')).toBe('4'.repeat(max));
    expect(readFileSync(`${file}.2`, 'utf8')).toBe('3'.repeat(max));
    expect(() => statSync(`${file}.3`)).toThrow();
    appendFileSync(file, 'small');
    expect(rotateIfLarge(file, max)).toBe(false);
  });

  it('happens by itself while a gateway writes', async () => {
    writeFileSync(file, '');
    ends.push(keepSmall({ file, maxBytes: 1_000, clock: hurried, log: () => {} }));
    const deadline = performance.now() + 15_000;
    for (let rotated = 0; rotated < 2; ) {
      appendFileSync(file, 'a line of a gateway\n'.repeat(10));
      await new Promise((resume) => setTimeout(resume, 5));
      rotated = [1, 2].filter((n) => statSync(`${file}.${n}`, { throwIfNoEntry: false })).length;
      if (performance.now() > deadline) throw new Error('It was not rotated twice.');
    }
    expect(statSync(`${file}.1`).size).toBeLessThanOrEqual(1_000);
  });
});
