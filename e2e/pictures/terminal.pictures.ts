/**
 * The pictures of the command line: what the built `holdfast` writes on a real terminal (`script` gives it one),
 * drawn in the window's own engine. `npm run screenshots`.
 */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { type AnsiSpan, parseAnsi } from '../../renderer/format/ansi.ts';
import { projectRoot } from '../support/desktop-app.ts';
import { expect, test, type World } from '../support/world.ts';
import { someGateways } from './gateways.ts';

const results = process.env.HOLDFAST_RESULTS ?? 'test-results';
const folder = join(results, 'pictures');
const columns = 118;
/** `top` draws its table anew from here. */
const home = '\u001b[H';

/** What a person sees after `holdfast <words>`: its lines, without the paths of this machine. */
async function shown(world: World, words: readonly string[]): Promise<string[]> {
  const program = join(projectRoot, 'out', 'watcher', 'cli.cjs');
  const command = [process.execPath, program, '--user-data-dir', world.state, ...words].join(' ');
  const line = `stty cols ${columns} rows 40; exec ${command}`;
  const env = {
    ...process.env,
    TERM: 'xterm-256color',
    NO_COLOR: undefined,
    FORCE_COLOR: undefined,
  };
  const child = spawn('script', ['-qec', line, '/dev/null'], {
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  // It may end by itself first.
  child.stdin.on('error', () => undefined);
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += String(chunk);
    // Ctrl+C, once `top` has measured twice and drawn that.
    if (out.split(home).length > 3 && !child.stdin.writableEnded) child.stdin.end('\u0003');
  });
  await new Promise((resolve) => child.on('close', resolve));
  const frames = out.split(home);
  const screen = frames.length > 2 ? (frames.at(-2) ?? '') : out;
  return screen
    .replaceAll(world.state, '~/.config/Holdfast')
    .replaceAll(homedir(), '~')
    .replaceAll(process.env.XDG_RUNTIME_DIR ?? homedir(), '/run/user/1000')
    .replaceAll(/\/holdfast-test-\d+/g, '/user.slice')
    .replaceAll('\r', '')
    .trimEnd()
    .split('\n');
}

const colours: ReadonlyMap<string | null, string> = new Map([
  ['red', '#ff7b72'],
  ['green', '#3fb950'],
  ['yellow', '#d29922'],
  ['cyan', '#39c5cf'],
]);

function drawn({ text, style }: AnsiSpan) {
  const { color, bold, dim } = style;
  const css = {
    color: colours.get(color) ?? '#d6dcdf',
    fontWeight: bold ? '700' : '400',
    opacity: dim ? '0.6' : '1',
  };
  return { text, css };
}

/** The lines on a dark ground, as wide as the terminal, below the command that was typed. */
async function picture(page: Page, name: string, lines: readonly string[]): Promise<void> {
  const prompt = { text: `$ holdfast ${name}\n`, css: { color: '#8b949e' } };
  const spans = lines.flatMap((line) => [...parseAnsi(line).map(drawn), { text: '\n', css: {} }]);
  await page.evaluate(
    ([pieces, width]) => {
      const terminal = document.createElement('pre');
      terminal.id = 'terminal';
      Object.assign(terminal.style, {
        ...{ position: 'fixed', inset: '0 auto auto 0', zIndex: '9999', margin: '0' },
        ...{ padding: '16px 20px', background: '#101315', width: `${width}ch` },
        ...{ whiteSpace: 'pre-wrap', wordBreak: 'break-all', boxSizing: 'content-box' },
        font: '13px/1.45 "DejaVu Sans Mono", monospace',
      });
      for (const { text, css } of pieces) {
        const span = document.createElement('span');
        span.textContent = text;
        Object.assign(span.style, css);
        terminal.append(span);
      }
      document.getElementById('terminal')?.remove();
      document.body.append(terminal);
    },
    [[prompt, ...spans], columns] as const,
  );
  mkdirSync(folder, { recursive: true });
  await page.locator('#terminal').screenshot({ path: join(folder, `terminal-${name}.png`) });
}

test('the command line on a terminal', async ({ world }) => {
  await someGateways(world);
  const { page } = await world.start();
  await expect(page.getByTestId('home-title')).toHaveText('2 of 6 gateways have a problem');
  for (const id of ['notes', 'photos', 'home']) {
    await expect(page.getByTestId(`home-gateway-${id}`)).toHaveAttribute('data-tone', 'good');
  }
  for (const name of ['list', 'status', 'top', 'doctor']) {
    const lines = await shown(world, [name]);
    expect(lines.join('\n')).toMatch(/Photo server|doctor|~\/\.config\/Holdfast/);
    await picture(page, name, lines);
  }
});
