/** The Logs view in the real window: read in peace, searched in all files, taken elsewhere, read aloud. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Page } from '@playwright/test';
import type { ProfileInput } from '../electron/contract/profile.ts';
import type { SettingsChange } from '../electron/contract/settings.ts';
import { stateFolder } from '../electron/files/state-folder.ts';
import { accessibilityFindings } from './support/accessibility.ts';
import { expect, expectStatus, freePort, test, type World } from './support/world.ts';

/**
 * Prints its lines at the start, and what it is asked for: `/print` its query, `/flood?n` ten thousand
 * numbered lines a second, `n` in all.
 */
const writer = `
  const lines = JSON.parse(process.argv[2]);
  process.stdout.write(lines.map((line) => line + '\\n').join(''));
  let at = 0;
  const flood = (left) => {
    if (left <= 0) return;
    let text = '';
    for (let n = 0; n < 100; n += 1) text += 'INFO flood line ' + (at += 1) + ' of a busy gateway\\n';
    process.stdout.write(text);
    setTimeout(flood, 10, left - 100);
  };
  require('node:http').createServer(({ url }, response) => {
    const { pathname, search } = new URL(url, 'http://x');
    const asked = decodeURIComponent(search.slice(1));
    if (pathname === '/print') process.stdout.write(asked + '\\n');
    if (pathname === '/flood') flood(Number(asked));
    response.end('well');
  }).listen(Number(process.argv[1]), '127.0.0.1');
`;

const id = 'talker';

interface Talker {
  readonly page: Page;
  print(text: string): Promise<void>;
  /** Ten thousand lines a second, `lines` in all. */
  flood(lines: number): Promise<void>;
}

interface Start {
  readonly lines?: readonly string[];
  /** What older files hold, newest first. */
  readonly older?: readonly string[];
  readonly settings?: SettingsChange;
  readonly env?: Readonly<Record<string, string>>;
  readonly size?: { readonly width: number; readonly height: number };
}

/** The window at the log of a gateway that does as it is told. */
async function openLog(world: World, start: Start = {}): Promise<Talker> {
  const { lines = ['ready'], older = [], settings = {}, env = {}, size } = start;
  const write = (file: string, value: object) =>
    writeFileSync(join(world.state, file), JSON.stringify(value), { mode: 0o600 });
  write('settings.json', { schema: 1, checkForUpdates: false, trayNoticeShown: true, ...settings });
  const bounds = { x: 0, y: 0, ...(size ?? { width: 1100, height: 760 }), maximized: false };
  write('memory.json', { bounds, dismissed: null });
  const port = await freePort();
  const args = ['-e', writer, String(port), JSON.stringify(lines)];
  const profile: ProfileInput = {
    schema: 1,
    id,
    name: 'Talker',
    program: { type: 'command', command: process.execPath, args },
    port,
    readiness: { type: 'http', path: '/' },
  };
  world.writeProfile(profile);
  const state = stateFolder(world.state);
  mkdirSync(state.gatewayLogs, { recursive: true, mode: 0o700 });
  for (const [at, text] of older.entries())
    writeFileSync(`${state.gatewayLog(id)}.${at + 1}`, text);
  const { page } = await world.start({ env });
  await expectStatus(page, 'running');
  await page.getByTestId('nav-logs').click();
  await expect(page.getByTestId('logs')).toHaveAttribute('data-status', 'live');
  const ask = async (path: string): Promise<void> => {
    await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
  };
  return {
    page,
    print: (text) => ask(`/print?${encodeURIComponent(text)}`),
    flood: (count) => ask(`/flood?${count}`),
  };
}

const numbered = (count: number, more = '') =>
  Array.from({ length: count }, (_, at) => `INFO line ${at} ${more}`).join('\n');

/** What stands at the top of the visible part, and how far from the top. */
function inSight(page: Page): Promise<{ text: string; y: number }> {
  return page.getByTestId('log-lines').evaluate((box) => {
    const { top } = box.getBoundingClientRect();
    const lines = [...box.querySelectorAll('[data-seq]')];
    const first = lines.find((line) => line.getBoundingClientRect().bottom > top + 1);
    return { text: first?.textContent ?? '', y: (first?.getBoundingClientRect().top ?? 0) - top };
  });
}

test('what one reads stays where it is under a flood, and a button leads to the newest lines [U34]', async ({
  world,
}) => {
  const { page, flood } = await openLog(world);
  await flood(3_000);
  await expect(page.getByTestId('log-lines')).toContainText('flood line 3000 ');
  await page.getByTestId('log-lines').hover();
  await page.mouse.wheel(0, -900);
  const newest = page.getByTestId('log-newest');
  await expect(newest).toBeVisible();
  // What the wheel still moves has come to rest.
  let before = await inSight(page);
  await expect
    .poll(async () => {
      const last = before;
      before = await inSight(page);
      return before.y === last.y && before.text === last.text;
    })
    .toBe(true);
  expect(before.text).toContain('flood line');
  await flood(30_000);
  // More than the view holds: all that was there at first is dropped from it.
  await expect
    .poll(async () => Number(await newest.getAttribute('data-count')), { timeout: 30_000 })
    .toBeGreaterThan(10_000);
  expect(await inSight(page)).toEqual(before);
  await expect(newest).toHaveText(/^\d\d,\d{3} new lines$/);
  await newest.click();
  await expect(page.getByTestId('log-lines')).toContainText('flood line 33000 ', {
    timeout: 30_000,
  });
  await expect(newest).toHaveCount(0);
});

test('a search finds what is in older files, leads there, and goes on as the log grows [U35]', async ({
  world,
}) => {
  const { page, print } = await openLog(world, {
    lines: ['ready', 'the Needle in the live file'],
    older: [
      `${numbered(8_000, 'older')}\nneedle, older\n${numbered(8_000, 'older')}\n`,
      `${numbered(3_000, 'oldest')}\nneedle, oldest\n${numbered(3_000, 'oldest')}\n`,
    ],
  });
  const count = page.getByTestId('log-count');
  const current = page.locator('.log-current');
  await page.keyboard.press('Control+f');
  await page.keyboard.type('needle');
  await expect(count).toHaveText('3 of 3');
  await expect(current).toHaveText(/the Needle in the live file/);
  await page.keyboard.press('Enter');
  await expect(count).toHaveText('1 of 3');
  await expect(current).toHaveText(/needle, oldest/);
  await expect(current).toBeInViewport();
  await expect(page.getByTestId('log-lines')).toContainText('line 2999 oldest');
  await page.keyboard.press('Enter');
  await expect(current).toHaveText(/needle, older/);
  await page.keyboard.press('Shift+Enter');
  await expect(current).toHaveText(/needle, oldest/);
  const first = page.getByText('line 2701 oldest');
  await first.scrollIntoViewIfNeeded();
  await page.getByTestId('log-earlier').scrollIntoViewIfNeeded();
  const before = await first.boundingBox();
  await page.getByTestId('log-earlier').click();
  await expect(page.getByTestId('log-lines')).toContainText('line 2500 oldest');
  expect(await first.boundingBox()).toEqual(before);
  await page.getByTestId('log-later').click();
  await expect(page.getByTestId('log-lines')).toContainText('line 500 oldest');
  await print('one more needle');
  await expect(count).toHaveText('1 of 4');
  await page.getByTestId('log-case').click();
  await expect(count).toHaveText(/of 3$/);
  await page.getByTestId('log-newest').click();
  await expect(page.getByTestId('log-lines')).toContainText('one more needle');
});

test('a bad expression is said, a slow one is ended, and neither holds the window or the watcher', async ({
  world,
}) => {
  const evil = `${'a'.repeat(3_000)}!`;
  const { page, print } = await openLog(world, { lines: ['took 12 ms', 'took 7 s', evil] });
  const box = page.getByTestId('log-search');
  await page.getByTestId('log-regex').click();
  await box.fill('took \\d+ (ms|s)$');
  await expect(page.getByTestId('log-count')).toHaveText(/of 2$/);
  await expect(page.locator('mark').first()).toHaveText('took 12 ms');
  await box.fill('took (');
  await expect(page.getByTestId('log-problem')).toContainText('no regular expression');
  await box.fill('(?=a)(a+)+$');
  await expect(page.getByTestId('log-problem')).toContainText('takes too long');
  await print('still here');
  await expect(page.getByTestId('log-newest')).toHaveText('1 new line');
  await page.getByTestId('log-newest').click();
  await expect(page.getByTestId('log-lines')).toContainText('still here');
  await page.getByTestId('nav-status').click();
  await page.getByTestId('gateway-stop').click();
  await expectStatus(page, 'stopped');
});

test('only matching lines are shown, by text and by level, also as they come', async ({
  world,
}) => {
  const { page, print } = await openLog(world, {
    lines: [
      'INFO started',
      'ERROR it broke',
      '    at x.js:1',
      '{"level":"warn","msg":"slow"}',
      'plain',
    ],
    older: ['WARN from an older file\nINFO nothing\n'],
  });
  const lines = page.getByTestId('log-line');
  await page.getByTestId('log-level').selectOption('warning');
  await expect(lines).toHaveCount(4);
  await expect(lines.first()).toContainText('from an older file');
  await print('FATAL the end');
  await expect(lines).toHaveCount(5);
  await page.getByTestId('log-level').selectOption('all');
  await expect(page.getByTestId('log-lines')).toContainText('plain');
  await page.getByTestId('log-search').fill('it');
  await page.getByTestId('log-filter').click();
  await expect(lines).toHaveCount(1);
  await page.getByTestId('log-search').press('Escape');
  await expect(page.getByTestId('log-lines')).toContainText('FATAL the end');
});

test('times, colours, JSON and links; cleared, saved, and shown again [U36]', async ({ world }) => {
  const opened = join(world.folder, 'opened');
  const bin = join(world.folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'xdg-open'), `#!/bin/sh\nprintf %s "$1" > '${opened}'\n`);
  chmodSync(join(bin, 'xdg-open'), 0o755);
  const esc = '\u001b';
  const { page, print } = await openLog(world, {
    lines: [
      '2026-11-30T14:02:31.123Z INFO said when',
      `${esc}[38;2;250;240;60mtrue colour${esc}[0m and ${esc}[38;5;17mdark blue${esc}[0m`,
      '10 %\r100 %',
      '{"level":"info","nested":{"deep":[1,2]}}',
      'look at http://127.0.0.1:9/page?x=1.',
    ],
    older: ['an older line\n'],
    env: { PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` },
  });
  await expect(page.locator('time.log-time').first()).toHaveText(/^\d\d:02:31\.123$/);
  await print('received now');
  await expect(page.locator('time.log-received')).toHaveText(/^\d\d:\d\d:\d\d/);
  await expect(page.getByText('100 %')).not.toContainText('10 %');
  await expect(page.getByText('true colour')).toHaveCSS('color', /^rgb/);
  await page.getByTestId('log-unfold').click();
  await expect(page.getByTestId('log-tree')).toContainText('"deep": [');
  await page.getByTestId('log-link').click();
  await expect.poll(() => readText(opened)).toBe('http://127.0.0.1:9/page?x=1');

  await page.getByTestId('log-clear').click();
  await expect(page.getByTestId('logs-cleared')).toBeVisible();
  await page.getByTestId('log-save').click();
  const saved = join(world.state, `${id}.log`);
  await expect(page.getByTestId('toasts')).toContainText('The log was saved as');
  expect(readText(saved)).toMatch(/^an older line\n2026-11-30T14:02:31\.123Z INFO said when\n/);
  await page.getByTestId('toast-action').click();
  await expect(page.getByTestId('log-lines')).toContainText('said when');
  await page.getByTestId('log-earlier').click();
  await expect(page.getByTestId('log-lines')).toContainText('an older line');
});

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

test('a crash leads to its place in the log [U4]', async ({ world }) => {
  const crash = `
    for (let at = 0; at < 3000; at += 1) console.log('line ' + at);
    console.error('Error: no key 4711');
    console.error('    at start (main.js:1:1)');
    process.exit(78);
  `;
  world.writeProfile({
    schema: 1,
    id: 'broken',
    name: 'Broken',
    program: { type: 'command', command: process.execPath, args: ['-e', crash] },
    exitCodes: { restart: [], fatal: [78] },
  });
  const { page } = await world.start();
  await page.getByTestId('gateway-item-broken').click();
  await expectStatus(page, 'failed');
  await page.getByTestId('last-output-log').click();
  const current = page.locator('.log-current');
  await expect(current).toContainText('at start (main.js:1:1)');
  await expect(current).toBeInViewport();

  // It ends in the same way again: its history leads to the place of the first time.
  await page.getByTestId('nav-status').click();
  await page.getByTestId('problem-retry-broken').click();
  await page.getByTestId('nav-history').click();
  const outputs = page.getByTestId('history-output');
  // It may have been tried once more by itself, when the environment was known.
  await expect.poll(() => outputs.count()).toBeGreaterThan(1);
  await outputs.last().locator('summary').click();
  await outputs.last().getByRole('button').click();
  await expect(current).toContainText('at start (main.js:1:1)');
  // The second start follows.
  await expect(page.getByText('line 0', { exact: true })).toBeInViewport();
});

for (const theme of ['light', 'dark'] as const) {
  for (const size of [
    { width: 800, height: 600 },
    { width: 1920, height: 1080 },
  ]) {
    test(`axe finds nothing in a log that is searched, ${theme}, ${size.width} wide`, async ({
      world,
    }, info) => {
      const { page } = await openLog(world, { lines: colourful, settings: { theme }, size });
      await page.getByTestId('log-search').fill('message');
      await expect(page.getByTestId('log-count')).toHaveText(/of 12$/);
      await page.getByTestId('log-unfold').first().click();
      expect(await accessibilityFindings(page)).toEqual([]);
      const body = await page.screenshot();
      await info.attach(`logs-${theme}-${size.width}`, { body, contentType: 'image/png' });
    });
  }
}

const paint = (codes: string, text: string) => `\u001b[${codes}m${text}\u001b[0m`;
const colourful = [
  `2026-11-30T14:02:30.001Z ${paint('32', 'INFO')} listening on http://127.0.0.1:18789`,
  '{"time":"2026-11-30T14:02:31.500Z","level":"info","msg":"message stored","size":412,"from":{"id":7}}',
  ...Array.from({ length: 6 }, (_, at) => {
    const colour = paint(`38;5;${20 + at * 37}`, `channel-${at}`);
    return `2026-11-30T14:02:3${at}.120Z ${paint('36', 'DEBUG')} message ${at} of ${colour} acknowledged`;
  }),
  `2026-11-30T14:02:38.220Z ${paint('33', 'WARN')}  queue is 91 % full, message held back ${paint('2', '(3 more)')}`,
  `2026-11-30T14:02:39.812Z ${paint('31', 'ERROR')} message 8841 failed: upstream answered 503`,
  '    at send (queue.js:41:7)',
  `${paint('48;5;22;97', ' PASS ')} message checks ${paint('38;2;255;230;0', 'true colour')}`,
  'plain line without a level or a time, with a message',
  'downloading 10 %\rdownloading 100 % of a message',
];
