import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogLine } from '../../contract/log-calls.ts';
import { type Clock, systemClock } from '../../process/index.ts';
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
      for (const line of added) {
        // As every reader does: a line without an end yet is replaced when it comes again, longer.
        if (heard.at(-1)?.open) heard.pop();
        heard.push(line);
      }
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
  it('gives the last lines, then what is added, even byte by byte', async () => {
    writeFileSync(file, 'one\ntwo\nthree\nhal');
    const { tail, heard, until } = follow(2);
    expect(tail.lines).toEqual([
      { offset: 14, text: 'three' },
      { offset: 17, text: 'hal', open: true },
    ]);
    const rest = Buffer.from('f 方舟\r\nnext\n');
    for (const byte of rest) appendFileSync(file, Buffer.from([byte]));
    await until(() => heard.length === 2 && !heard[1]?.open);
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

  it('reports a gap when the log was rotated, and continues', async () => {
    writeFileSync(file, 'old\n'.repeat(100));
    const { heard, gaps, until } = follow(0);
    writeFileSync(file, 'new\n');
    await until(() => heard.length === 1);
    expect(texts(heard)).toEqual(['new']);
    expect(gaps()).toBe(1);
  });

  it('skips a flood by whole lines, and reports it [F48]', async () => {
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

describe('what a terminal would show', () => {
  it('a question without a line end is shown while it waits, and goes on in its own line [R46]', async () => {
    writeFileSync(file, '');
    const { heard, until } = follow(0);
    appendFileSync(file, 'Enter code ABCD at ');
    await until(() => heard.length === 1);
    expect(heard).toEqual([{ offset: 19, text: 'Enter code ABCD at ', open: true }]);
    appendFileSync(file, 'https://login\nthanks\n');
    await until(() => heard.length === 2);
    expect(texts(heard)).toEqual(['Enter code ABCD at https://login', 'thanks']);
    expect(followLog(file, { lines: 1, clock: systemClock, onLines: () => {} }).lines).toEqual([
      { offset: statSync(file).size, text: 'thanks' },
    ]);
  });

  it('carriage returns begin a line again: of a long progress its newest state is shown [R47]', async () => {
    writeFileSync(file, 'pull\r\n');
    const { heard, until } = follow(0);
    for (let percent = 0; percent < 1_000; percent += 1) {
      appendFileSync(file, `\rlayer one ${percent / 10} %`);
    }
    await until(() => heard.at(-1)?.text === 'layer one 99.9 %');
    expect(heard.length).toBe(1);
    appendFileSync(file, '\r\u001b[Kdone\r\nnext\n');
    await until(() => heard.length === 2);
    expect(texts(heard)).toEqual(['done', 'next']);
    const tail = followLog(file, { lines: 9, clock: systemClock, onLines: () => {} });
    tail.close();
    expect(texts(tail.lines)).toEqual(['pull', 'done', 'next']);
  });

  it('a flood of carriage returns and a line beyond its bound leave what comes last', async () => {
    writeFileSync(file, '');
    const { heard, until } = follow(0);
    appendFileSync(file, `${'x'.repeat(20_000)}\rshort`);
    await until(() => heard.at(-1)?.text === 'short');
    appendFileSync(file, `\r${'='.repeat(5_000)}`);
    await until(() => heard.at(-1)?.text.endsWith('= …') === true);
    appendFileSync(file, 'more of it\rend');
    await until(() => heard.at(-1)?.text === 'end');
    expect(heard.at(-1)?.open).toBe(true);
  });
});

describe.skipIf(process.platform === 'win32')('what others put in the place of a log', () => {
  it('is not read, waited for or cut when it is a link or a pipe [R53]', () => {
    const other = join(folder, 'precious');
    writeFileSync(other, 'precious'.repeat(1_000));
    symlinkSync(other, file);
    expect(() => rotateIfLarge(file, 100)).toThrow(/is a link/);
    expect(readFileSync(other, 'utf8')).toHaveLength(8_000);
    const read = () => followLog(file, { lines: 9, clock: systemClock, onLines: () => {} });
    const linked = read();
    linked.close();
    expect(linked.lines).toEqual([]);
    rmSync(file);
    execFileSync('mkfifo', [file]);
    const piped = read();
    piped.close();
    expect(piped.lines).toEqual([]);
    expect(() => rotateIfLarge(file, 100)).toThrow(/not a plain file/);
  });

  it('a link in the place of an older log is not written through', () => {
    const other = join(folder, 'precious');
    writeFileSync(other, 'precious');
    symlinkSync(other, `${file}.1`);
    symlinkSync(other, `${file}.2`);
    for (let round = 0; round < 3; round += 1) {
      writeFileSync(file, 'x'.repeat(200));
      expect(rotateIfLarge(file, 100)).toBe(true);
    }
    expect(readFileSync(other, 'utf8')).toBe('precious');
    expect(readFileSync(`${file}.2`, 'utf8')).toBe('x'.repeat(100));
  });

  it('a folder in the place of an older log does not let it grow for ever', () => {
    mkdirSync(join(`${file}.1`, 'in'), { recursive: true });
    mkdirSync(join(`${file}.2`, 'in'), { recursive: true });
    writeFileSync(file, 'x'.repeat(150));
    expect(() => rotateIfLarge(file, 100)).toThrow();
    expect(statSync(file).size).toBe(150);
    appendFileSync(file, 'x'.repeat(100));
    expect(() => rotateIfLarge(file, 100)).toThrow();
    expect(statSync(file).size).toBe(0);
  });

  it('another file is followed from its beginning, and said', async () => {
    writeFileSync(file, 'old\n');
    const { heard, gaps, until } = follow(0);
    renameSync(file, `${file}.moved`);
    writeFileSync(file, 'a longer line of the new one\n');
    await until(() => heard.length === 1);
    expect(texts(heard)).toEqual(['a longer line of the new one']);
    expect(gaps()).toBe(1);
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
    const rotation = keepSmall({ file, maxBytes: () => 1_000, clock: hurried, log: () => {} });
    ends.push(() => rotation.end());
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
