/** An app that has to end: it is asked first, then killed; with its helpers, and nothing else. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  type Clock,
  createExitWaiter,
  type ExitWaiter,
  type Identity,
  identify,
  isAlive,
  systemClock,
} from '../../process/index.ts';
import { platform } from '../../process/platform.ts';
import { createWorkbench, until, type Workbench } from '../../testing/processes.ts';
import { endApp } from './app.ts';

/** A grace of seconds is over in a fraction of one. */
const hurry = 20;
const hurried: Clock = {
  now: () => systemClock.now() * hurry,
  after: (ms, callback) => systemClock.after(ms / hurry, callback),
};

let bench: Workbench;
let waiter: ExitWaiter;
let others: Identity[];
beforeEach(() => {
  bench = createWorkbench();
  waiter = createExitWaiter();
  others = [];
});
afterEach(() => {
  for (const one of others) platform.signal(one, 'SIGKILL');
  waiter.close();
  bench.clean();
});

/**
 * Starts an app that does `onAsked` when it is asked to end. It has a helper that ignores requests, and
 * has started a lasting program, which has a different nonce.
 */
async function startApp(
  onAsked: string,
): Promise<{ app: Identity; helper: Identity; lasting: Identity }> {
  const deaf = `
    process.on('SIGTERM', () => {});
    process.on('SIGUSR2', () => require('node:fs').writeFileSync('answer-' + process.pid, ''));
    setInterval(() => {}, 1e6);
    console.log('up')`;
  const script = `
    const { spawn } = require('node:child_process');
    const start = (name, env) => {
      const child = spawn(process.execPath, ['-e', ${JSON.stringify(deaf)}], {
        env: { ...process.env, ...env }, detached: true, stdio: ['ignore', 'pipe', 'ignore'],
      });
      return new Promise((up) => child.stdout.once('data', () => up(child.pid)));
    };
    process.on('SIGTERM', () => { ${onAsked} });
    setInterval(() => {}, 1e6);
    Promise.all([start('helper', {}), start('lasting', { HOLDFAST_NONCE: 'lasting' })])
      .then((pids) => require('node:fs').writeFileSync('pids', pids.join(' ') + ' .'));
  `;
  const { identity: app } = bench.run(script, { nonce: 'app' });
  const pids = await until(() => readPids(join(bench.folder, 'pids')), 'the app to be up');
  const [helper, lasting] = pids.map((pid) => identify(pid));
  if (!helper || !lasting) throw new Error('not started');
  others.push(helper, lasting);
  return { app, helper, lasting };
}

/** Who was killed a moment ago still counts as alive, and answers nothing any more. */
async function expectAnswer({ pid }: Identity): Promise<void> {
  process.kill(pid, 'SIGUSR2');
  await until(() => existsSync(join(bench.folder, `answer-${pid}`)), 'an answer');
}

function readPids(file: string): number[] | undefined {
  try {
    const words = readFileSync(file, 'utf8').split(' ');
    return words.at(-1) === '.' ? words.slice(0, -1).map(Number) : undefined;
  } catch {
    return undefined;
  }
}

it.each([
  ['ignores the request', () => undefined],
  ['stands still', (app: Identity) => process.kill(app.pid, 'SIGSTOP')],
])(
  'a deaf app that %s is killed when its grace is over, with its helpers alone [R96]',
  async (_, deafen) => {
    const { app, helper, lasting } = await startApp('');
    deafen(app);
    await endApp({ waiter, clock: hurried }, app);
    expect(isAlive(app)).toBe(false);
    await until(() => !isAlive(helper), 'the helper to end');
    await expectAnswer(lasting);
  },
);

it('an app that ends when it is asked may finish its work first', async () => {
  const last = "require('node:fs').writeFileSync('last', 'done'); process.exit()";
  const { app, helper } = await startApp(`setTimeout(() => { ${last} }, 200)`);
  await endApp({ waiter, clock: systemClock }, app);
  expect(readFileSync(join(bench.folder, 'last'), 'utf8')).toBe('done');
  await until(() => !isAlive(helper), 'the helper to end');
});

it('a process that has reused its pid is left alone', async () => {
  const { app } = await startApp('process.exit()');
  await endApp({ waiter, clock: hurried }, { ...app, startedAt: 'another start' });
  expect(isAlive(app)).toBe(true);
  platform.signal(app, 'SIGKILL');
});

it('lets a helper tidy up that follows its app, as one has to that mounts an AppImage [R154]', async () => {
  const helper = `
    process.on('disconnect', () => setTimeout(() => {
      require('node:fs').writeFileSync('tidy', '');
      process.exit();
    }, 100));`;
  const { identity: app } = bench.run(
    `
    const { spawn } = require('node:child_process');
    const stdio = ['ignore', 'ignore', 'ignore', 'ipc'];
    const child = spawn(process.execPath, ['-e', ${JSON.stringify(helper)}], { stdio, detached: true });
    child.once('spawn', () => require('node:fs').writeFileSync('pids', child.pid + ' .'));
    process.on('SIGTERM', () => process.exit());
    `,
    { nonce: 'app' },
  );
  const [pid = 0] = await until(() => readPids(join(bench.folder, 'pids')), 'the app to be up');
  const follower = identify(pid);
  if (!follower) throw new Error('not started');
  others.push(follower);
  await endApp({ waiter, clock: systemClock }, app);
  expect(existsSync(join(bench.folder, 'tidy'))).toBe(true);
  expect(isAlive(follower)).toBe(false);
});
