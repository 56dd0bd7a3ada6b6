/**
 * The flavour that users get, packed and started as it is: without the tests' doors. Nothing can drive
 * its window, so it is looked at through its watcher and its own command line.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { demoProfile } from '../electron/contract/demo-gateway.ts';
import { freePort } from '../electron/testing/free-port.ts';
import { endApps, runningApps } from './support/running-apps.ts';
import { createSandbox, type Sandbox } from './support/sandbox.ts';
import { leaveNothing, watcherState } from './support/watcher.ts';

let sandbox: Sandbox;
test.beforeEach(() => {
  sandbox = createSandbox('shipped');
});
test.afterEach(async () => {
  await endApps(sandbox.state);
  await leaveNothing(sandbox.state, sandbox.folder);
  sandbox.remove();
});

function shipped(...path: string[]): string {
  const folder = process.env.HOLDFAST_RELEASE_SHIPPED;
  if (!folder) throw new Error('HOLDFAST_RELEASE_SHIPPED names no packed release.');
  return join(folder, 'linux-unpacked', ...path);
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

function run(
  command: string,
  args: readonly string[],
): Promise<{ code: number | null; text: string }> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    text += String(chunk);
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, text })));
}

test('the release that users get opens no debugging port, keeps a gateway and answers its command line', async () => {
  const { state } = sandbox;
  const port = await freePort();
  sandbox.writeProfile(demoProfile(await freePort()));
  const app = spawn(
    shipped('holdfast'),
    [`--user-data-dir=${state}`, `--remote-debugging-port=${port}`, '--disable-updates'],
    { stdio: 'ignore' },
  );
  const ended = new Promise((resolve) => app.once('exit', resolve));
  // By then the window knows the gateway, and Chromium has read its switches long ago.
  await expect
    .poll(
      async () => (await watcherState(state).catch(() => null))?.watcher.escape?.proof ?? null,
      {
        timeout: 60_000,
      },
    )
    .not.toBeNull();
  await expect
    .poll(async () => Object.values((await watcherState(state)).gateways)[0]?.state.status, {
      timeout: 30_000,
    })
    .toBe('running');
  expect(runningApps(state)).toHaveLength(1);
  expect(await isOpen(port)).toBe(false);
  expect(existsSync(join(state, 'DevToolsActivePort'))).toBe(false);

  const stage = shipped('resources', 'holdfast-stage');
  const cli = [join(stage, 'watcher', 'cli.cjs'), '--user-data-dir', state, 'status'];
  const answer = await run(join(stage, 'runtime', 'watcher-node'), cli);
  expect(answer).toMatchObject({ code: 0, text: expect.stringMatching(/Running/) });

  app.kill('SIGTERM');
  await ended;
  expect(await isOpen(port)).toBe(false);
});
