/** `holdfast list`: a table for people, on a terminal, in a pipe, and in any script. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GatewayView } from '../contract/gateway.ts';
import { saveProfile } from '../gateway/profiles/profiles.ts';
import { runHoldfast } from '../testing/command-line.ts';
import { type Bench, createBench } from '../testing/watcher-bench.ts';
import { displayWidth, padded, shortened } from './display-width.ts';
import { tableOf } from './list.ts';
import { rowOfView, type Survey } from './survey.ts';

const now = 1_000_000;

function view(changes: Partial<GatewayView>): GatewayView {
  return {
    id: 'g',
    name: 'G',
    policy: 'keep',
    desired: 'running',
    restarts: 0,
    logFile: '',
    state: { status: 'stopped' },
    ...changes,
  };
}

const failing = view({
  id: 'box',
  name: '方舟 👩‍👧 Box',
  state: {
    status: 'failed',
    problem: { message: 'Port 28806 is\nheld by \u001b[2Jnginx.', hint: 'Stop it.' },
  },
});
const running = view({
  id: 'hermes',
  name: 'Hermes',
  port: 28_806,
  state: {
    status: 'external',
    since: now - 130_000,
    owner: { type: 'systemd', name: 'systemd (hermes.service)', pid: 77, takesOrders: true },
  },
});

function survey(...views: GatewayView[]): Survey {
  return { watcher: null, silence: null, rows: views.map(rowOfView), problems: [], code: 0 };
}

const plain = (width: number | null) => ({ width, paint: (_: unknown, text: string) => text });

describe('the table', () => {
  it('has a line for each gateway, aligned by what terminals show, and harmless [C7]', () => {
    const lines = tableOf(survey(failing, running), plain(null), now);
    expect(lines).toEqual([
      'NAME         ID      STATE             FOR   PORT  PID  NOTE',
      '方舟 👩‍👧 Box  box     Can’t start                        Port 28806 is held by ␛[2Jnginx. Stop it.',
      'Hermes       hermes  Run by others  2m 10s  28806   77  run by systemd (hermes.service)',
    ]);
    const places = lines.map((line) => displayWidth(line.slice(0, line.search(/ID|box|hermes/))));
    expect(new Set(places).size).toBe(1);
  });

  it('stays within the width of the terminal: the note is shortened, then what matters least is left out', () => {
    for (const width of [100, 72, 60, 40, 24]) {
      const lines = tableOf(survey(failing, running), plain(width), now);
      expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(width);
      expect(lines.join('\n')).toContain('■ Can’t start');
    }
    expect(tableOf(survey(failing, running), plain(72), now)[1]).toMatch(/Port 28806 is he.*…$/);
    expect(tableOf(survey(failing, running), plain(40), now)[0]).not.toContain('PID');
  });

  it('marks each state by a shape and a colour', () => {
    const styled = { width: 80, paint: (style: unknown, text: string) => `<${style}>${text}</>` };
    const text = tableOf(survey(failing, running), styled, now).join('\n');
    expect(text).toContain('<red>■ Can’t start</>');
    expect(text).toContain('<green>● Run by others</>');
  });
});

describe('the width of a text', () => {
  it.each([
    ['Hermes', 6],
    ['方舟', 4],
    ['ﾊﾝｶｸ', 4],
    ['Ａ', 2],
    ['e\u0301te\u0301', 3],
    ['ปู่', 1],
    ['한국어', 6],
    ['\u1112\u1161\u11ab', 2],
    ['👩‍👧', 2],
    ['🇩🇪', 2],
    ['❤️', 2],
    ['مرحبا', 5],
    ['', 0],
  ])('of %j is %i', (text, width) => expect(displayWidth(text)).toBe(width));

  it('is kept by padding and by shortening, which splits no character', () => {
    expect(padded('方舟', 6)).toBe('方舟  ');
    expect(padded('9', 3, 'left')).toBe('  9');
    expect(shortened('方舟方舟', 6)).toBe('方舟…');
    expect(shortened('a👩‍👧b', 3)).toBe('a…');
    expect(shortened('abc', 3)).toBe('abc');
  });
});

describe('“list” with a real background service', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await createBench();
    saveProfile(bench.state.profiles, { ...bench.profile, name: '方舟' });
  });
  afterEach(() => bench.sweep());

  /** On a terminal of its own. */
  function onTerminal(env: Readonly<Record<string, string>>): Promise<string> {
    const main = path.join(import.meta.dirname, 'main.ts');
    const words = [process.execPath, main, '--user-data-dir', bench.state.root, 'list'];
    const { PATH, HOME, TMPDIR } = process.env; // no more: CI and NO_COLOR take the colours away
    const command = `stty cols 60; ${words.map((word) => `'${word}'`).join(' ')}`;
    const child = spawn('script', ['-qec', command, '/dev/null'], {
      env: { PATH, HOME, TMPDIR, TERM: 'xterm-256color', NODE_NO_WARNINGS: '1', ...env },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    return new Promise((resolve) => {
      let out = '';
      child.stdout.on('data', (chunk) => {
        out += String(chunk);
      });
      child.on('close', () => resolve(out.replaceAll('\r\n', '\n')));
    });
  }

  it.skipIf(process.platform !== 'linux')(
    'has colours on a terminal and none in a pipe, unless the environment says otherwise [C7]',
    async () => {
      await bench.serve();
      await bench.running(await bench.client());
      const shown = await onTerminal({});
      expect(shown).toContain('\u001b[32m● Running\u001b[39m');
      for (const line of stripVTControlCharacters(shown).split('\n')) {
        expect(displayWidth(line)).toBeLessThanOrEqual(60);
      }
      expect(await onTerminal({ NO_COLOR: '1' })).toMatch(/^方舟.*● Running/m);
      expect(await onTerminal({ NO_COLOR: '1' })).not.toContain('\u001b[');
      const { root } = bench.state;
      const piped = await runHoldfast(root, ['list'], { FORCE_COLOR: undefined });
      expect(piped).toMatchObject({
        code: 0,
        err: '',
        out: expect.stringMatching(/^方舟 +ref +Running/m),
      });
      expect(piped.out).not.toContain('\u001b[');
      const forced = await runHoldfast(root, ['list'], { FORCE_COLOR: '1', NO_COLOR: undefined });
      expect(forced.out).toContain('\u001b[32mRunning\u001b[39m');
      expect(await runHoldfast(root, ['list', '-q'])).toEqual({ code: 0, out: 'ref\n', err: '' });
      expect(JSON.parse((await runHoldfast(root, ['list', '--json'])).out)).toMatchObject({
        schema: 1,
      });
      await bench.finish();
    },
  );

  it('lists what is known without a background service, starts none, and says so', async () => {
    expect(await runHoldfast(bench.state.root, ['list'])).toMatchObject({
      code: 3,
      out: expect.stringMatching(/^方舟 +ref +Stopped, and should run/m),
      err: expect.stringMatching(/background service does not run/),
    });
    expect(bench.census()).toEqual([]);
  });

  it('“status” of one gateway shows the end of its log [C6]', async () => {
    await bench.serve();
    await bench.running(await bench.client());
    const { root } = bench.state;
    const one = await runHoldfast(root, ['status', '方舟']);
    expect(one).toMatchObject({
      code: 0,
      out: expect.stringMatching(/The end of the log of 方舟.*\n.*ready on/s),
    });
    expect((await runHoldfast(root, ['status'])).out).not.toMatch(/ready on/);
    await bench.finish();
  });
});
