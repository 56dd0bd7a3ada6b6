/** The log on the command line: real processes, a real terminal, and what others do to the file. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareStateFolder, type StateFolder, stateFolder } from '../files/state-folder.ts';
import { until } from '../testing/processes.ts';
import { linePrinter } from './logs.ts';

const main = path.join(import.meta.dirname, 'main.ts');
const esc = '\u001b';

let folder: string;
let state: StateFolder;
let file: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hf-logs-'));
  state = stateFolder(path.join(folder, 'state'));
  prepareStateFolder(state);
  file = state.gatewayLog('g');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Running {
  readonly child: ChildProcess;
  out(): string;
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
}

function run(command: string, ...args: string[]): Running {
  const child = spawn(command, args, { env: { ...process.env, NODE_NO_WARNINGS: '1' } });
  children.push(child);
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += String(chunk);
  });
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal })),
  );
  return { child, out: () => out, ended };
}

const holdfast = (...words: string[]): Running =>
  run(process.execPath, main, '--user-data-dir', state.root, ...words);

describe('holdfast logs', () => {
  it('-f follows over lines, waits and a rotation, until it is interrupted [R51]', async () => {
    writeFileSync(file, 'one\n');
    const { child, out, ended } = holdfast('logs', 'g', '-f');
    await until(() => out() === 'one\n', 'what is there');
    appendFileSync(file, 'two\nEnter code: ');
    await until(() => out() === 'one\ntwo\nEnter code: ', 'a question without a line end');
    appendFileSync(file, '42\n');
    await until(() => out().endsWith('Enter code: 42\n'), 'its answer in the same line');
    truncateSync(file, 0);
    appendFileSync(file, 'after\n');
    await until(() => out().endsWith('\nafter\n'), 'what comes after the rotation');
    renameSync(file, `${file}.old`);
    writeFileSync(file, 'a new file\n');
    await until(() => out().endsWith('\na new file\n'), 'what is in another file');
    expect(child.exitCode).toBeNull();
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ signal: 'SIGINT' });
  });

  it('shows as many lines as were asked for, those since a time, and when they were written [C6]', async () => {
    const line = (minutes: number, text: string): string =>
      `${new Date(Date.now() - minutes * 60_000).toISOString()} ${text}\n`;
    writeFileSync(file, `${line(90, 'old')}${line(10, 'new')}  at its stack\n${line(1, 'newest')}`);
    const said = async (...words: string[]): Promise<string> => {
      const one = holdfast('logs', 'g', ...words);
      expect(await one.ended).toMatchObject({ code: 0 });
      return one.out().replaceAll(/\d{4}-\S+Z /g, '');
    };
    expect(await said('-n', '1')).toBe('newest\n');
    expect(await said('--since', '30m')).toBe('new\n  at its stack\nnewest\n');
    expect(await said('--since=30m', '-n2')).toBe('  at its stack\nnewest\n');
    expect(await said('-n', '2', '-t')).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {4}at its stack\n\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}newest\n$/,
    );
    writeFileSync(file, 'no date\n');
    expect(await said('--since', '30m')).toBe('no date\n');
  });

  it('-f ends well when its reader has left [R51]', async () => {
    writeFileSync(file, 'one\n');
    const { child, out, ended } = holdfast('logs', 'g', '-f');
    await until(() => out() === 'one\n', 'what is there');
    child.stdout?.destroy();
    appendFileSync(file, 'two\n');
    expect(await ended).toEqual({ code: 0, signal: null });
  });

  it('shows an unfinished line at the end of the log', async () => {
    writeFileSync(file, 'one\n10 %\r20 %');
    const { out, ended } = holdfast('logs', 'g');
    expect(await ended).toMatchObject({ code: 0 });
    expect(out()).toBe('one\n20 %\n');
  });

  it.skipIf(process.platform !== 'linux')(
    'writes out what a terminal would obey [R49]',
    async () => {
      const evil = [
        `${esc}]52;c;ZXZpbA==\u0007`,
        `${esc}]0;title${esc}\\`,
        `${esc}[2J${esc}[1;1H${esc}[31mred${esc}[0m`,
        '\u009b2J\u009d52;c;eA==\u009c',
        '\u202egnp.exe',
        'plain',
      ];
      writeFileSync(file, `${evil.join('\n')}\n`);
      const words = [process.execPath, main, '--user-data-dir', state.root, 'logs', 'g'];
      const terminal = run(
        'script',
        '-qec',
        words.map((word) => `'${word}'`).join(' '),
        '/dev/null',
      );
      expect(await terminal.ended).toMatchObject({ code: 0 });
      const shown = terminal.out().replaceAll('\r\n', '\n');
      expect(shown).toContain('␛]52;c;ZXZpbA==␇\n');
      expect(shown).toContain('␛[2J␛[1;1Hred\n');
      expect(shown).toContain('\\u202egnp.exe\n');
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
      expect(shown).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    },
  );

  it.skipIf(process.platform === 'win32')(
    'refuses a name that leads out of the folder, waits for no pipe, and reads through no link',
    async () => {
      writeFileSync(path.join(state.root, 'x.log'), 'secret\n');
      const outside = holdfast('logs', '../../x');
      expect(await outside.ended).toMatchObject({ code: 5 });
      execFileSync('mkfifo', [file]);
      const pipe = holdfast('logs', 'g');
      await pipe.ended;
      rmSync(file);
      execFileSync('ln', ['-s', path.join(state.root, 'x.log'), file]);
      const link = holdfast('logs', 'g');
      await link.ended;
      expect(outside.out() + pipe.out() + link.out()).toBe('');
    },
  );

  it('cuts a log that grew while no watcher was there [R57]', async () => {
    writeFileSync(file, `${'x'.repeat(1_023)}\n`.repeat(11 * 1_024));
    appendFileSync(file, 'last\n');
    const { out, ended } = holdfast('logs', 'g');
    expect(await ended).toMatchObject({ code: 0 });
    expect(out().endsWith('x\nlast\n')).toBe(true);
    expect(statSync(file).size).toBe(0);
    expect(existsSync(`${file}.1`)).toBe(true);
    expect(readFileSync(`${file}.1`, 'utf8').endsWith('last\n')).toBe(true);
  });
});

describe('an unfinished line that is written over', () => {
  const printed = (terminal: boolean): string => {
    let text = '';
    const printer = linePrinter({
      write: (part) => {
        text += part;
      },
      warn: () => undefined,
      terminal,
    });
    for (const percent of [1, 2, 3]) {
      printer.add([{ offset: percent, text: `${percent} %`, open: true }]);
    }
    printer.add([{ offset: 9, text: 'done' }]);
    return text;
  };

  it('is replaced on a terminal', () => {
    expect(printed(true)).toBe(`1 %\r${esc}[K2 %\r${esc}[K3 %\r${esc}[Kdone\n`);
  });

  it('leaves its beginning and its end in a file', () => {
    expect(printed(false)).toBe('1 %\ndone\n');
  });
});
