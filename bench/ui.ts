/**
 * How fast the window is, beside an empty window of the same Electron in the same run.
 *
 *   npm run bench:ui [-- --json] [-- --starts 15]
 *
 * start      from the program's start to the view of the gateways, with a watcher that runs; the floor is
 *            an empty window's first paint. In turns.
 * first      the same for the very first start: nothing is staged yet, and no watcher runs
 * line       from a line that a gateway prints to the frame that shows it
 * search     frames while a search is on in a log that grows by 10,000 lines a second; the floor is the
 *            same window with nothing to do
 * home       frames of home with 50 gateways, one of which prints as much
 * hidden     what a hidden window does in ten seconds
 * bundle     the window's scripts and styles, gzip
 */
import { readdirSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { type DesktopApp, projectRoot, startApp } from '../e2e/support/desktop-app.ts';
import { createSandbox, type Sandbox } from '../e2e/support/sandbox.ts';
import { leaveNothing, retireWatcher, untilState, watcherState } from '../e2e/support/watcher.ts';
import { compare, countOption, figures, machine, round2 } from './figures.ts';
import {
  delaysOfMarks,
  emptyWindow,
  firstPaint,
  framesIn,
  gatewaysShown,
  wakeups,
} from './ui-probes.ts';

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, starts: { type: 'string', default: '15' } },
});
const starts = countOption('starts', values.starts);
const watchedMs = 10_000;
const marks = 200;

const printer = join(projectRoot, 'bench/servers/printer.mjs');

function writePrinter(sandbox: Sandbox, id: 'marks' | 'flood'): void {
  const args = [printer, id];
  const program = { type: 'command' as const, command: process.execPath, args };
  sandbox.writeProfile({ schema: 1, id, name: id, program });
}

function writeQuiet(sandbox: Sandbox, id: string): void {
  const program = { type: 'command' as const, command: '/bin/sleep', args: ['infinity'] };
  sandbox.writeProfile({ schema: 1, id, name: id, program });
}

/** Starts the app in `sandbox`, has `use` look at it, and closes it; the watcher stays. */
async function withApp<Result>(
  sandbox: Sandbox,
  use: (app: DesktopApp) => Promise<Result>,
  args: readonly string[] = [],
): Promise<Result> {
  const app = await startApp({ state: sandbox.state, args });
  try {
    return await use(app);
  } finally {
    await app.close();
  }
}

async function inSandbox<Result>(use: (sandbox: Sandbox) => Promise<Result>): Promise<Result> {
  const sandbox = createSandbox('bench-ui');
  try {
    return await use(sandbox);
  } finally {
    await retireWatcher(sandbox.state);
    await leaveNothing(sandbox.state, sandbox.folder);
    sandbox.remove();
  }
}

function allRun(sandbox: Sandbox, count: number) {
  return untilState(
    () => watcherState(sandbox.state),
    ({ gateways }) =>
      Object.values(gateways).filter(({ state }) => state.status === 'running').length === count,
  );
}

const shownAfter = ({ page, startedAt }: DesktopApp): Promise<number> =>
  gatewaysShown(page).then((at) => at - startedAt);

async function measureStarts() {
  return inSandbox(async (sandbox) => {
    writeQuiet(sandbox, 'one');
    // Brings the watcher, which stays.
    await withApp(sandbox, () => allRun(sandbox, 1));
    const floor: number[] = [];
    const holdfast: number[] = [];
    for (let left = starts; left > 0; left -= 1) {
      floor.push(await emptyWindow());
      holdfast.push(await withApp(sandbox, shownAfter));
    }
    return compare(floor, holdfast);
  });
}

async function measureFirst() {
  const times: number[] = [];
  for (let left = Math.min(starts, 5); left > 0; left -= 1) {
    times.push(
      await inSandbox((sandbox) =>
        withApp(sandbox, async ({ page, startedAt }) => {
          const after = (await firstPaint(page)) - startedAt;
          await untilState(
            () => watcherState(sandbox.state),
            () => true,
          );
          return after;
        }),
      ),
    );
  }
  return figures(times);
}

async function openLogs(page: Page, id: string): Promise<void> {
  await page.getByTestId('nav-home').click();
  await page.getByTestId(`home-logs-${id}`).click();
}

async function measureLines() {
  return inSandbox(async (sandbox) => {
    writePrinter(sandbox, 'marks');
    return withApp(sandbox, async ({ page }) => {
      await allRun(sandbox, 1);
      await openLogs(page, 'marks');
      const delays = await delaysOfMarks(page, marks);
      const sorted = [...delays].sort((a, b) => a - b);
      return { ...figures(delays), p99: sorted[Math.floor((sorted.length - 1) * 0.99)] };
    });
  });
}

async function measureSearch() {
  return inSandbox(async (sandbox) => {
    writePrinter(sandbox, 'flood');
    return withApp(sandbox, async ({ page }) => {
      await allRun(sandbox, 1);
      await page.getByTestId('nav-settings').click();
      const floor = await framesIn(page, watchedMs);
      await openLogs(page, 'flood');
      await page.getByTestId('log-search').fill('needle');
      await page.getByTestId('log-count').filter({ hasText: /\d/ }).waitFor();
      const frames = await framesIn(page, watchedMs);
      return { floor, frames, ratio: round2(frames / floor) };
    });
  });
}

async function measureHome() {
  return inSandbox(async (sandbox) => {
    writePrinter(sandbox, 'flood');
    for (let number = 1; number < 50; number += 1) writeQuiet(sandbox, `quiet-${number}`);
    return withApp(sandbox, async ({ page }) => {
      await allRun(sandbox, 50);
      await page.getByTestId('nav-home').click();
      const frames = await framesIn(page, watchedMs);
      return { frames, perSecond: round2(frames / (watchedMs / 1_000)) };
    });
  });
}

async function measureHidden() {
  return inSandbox(async (sandbox) => {
    writePrinter(sandbox, 'flood');
    const use = async (app: DesktopApp) => {
      await allRun(sandbox, 1);
      return wakeups(app, watchedMs);
    };
    return withApp(sandbox, use, ['--hidden']);
  });
}

/** Kilobytes of all scripts and styles of the window, each compressed by itself. */
function bundleKb(): number {
  const folder = join(projectRoot, 'out/renderer');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const loaded = files.filter((name) => /\.(?:js|css)$/.test(name));
  const bytes = loaded.map((name) => gzipSync(readFileSync(join(folder, name))).length);
  return round2(bytes.reduce((sum, size) => sum + size, 0) / 1_000);
}

const result = {
  machine: machine(),
  starts,
  load: round2(loadavg()[0] ?? 0),
  bundleKb: bundleKb(),
  start: await measureStarts(),
  first: await measureFirst(),
  line: await measureLines(),
  search: await measureSearch(),
  home: await measureHome(),
  hidden: await measureHidden(),
};
console.log(values.json ? JSON.stringify(result) : result);
