/**
 * What Holdfast promises, kept with servers that people really run: under the packed app, found or
 * added, restarted, killed, stopped in their tracks, adopted, restarted by themselves, kept through an
 * update, and gone after a stop. In a network that has nothing but loopback.
 *
 * Each test goes on where the one before it ended, as a day of a machine does. What was measured is in
 * `real-servers.json` of the results, and printed at the end.
 */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import type { GatewayView } from '../../electron/contract/gateway.ts';
import type { Identity } from '../../electron/contract/identity.ts';
import { stateFolder } from '../../electron/files/state-folder.ts';
import { identify, isAlive, sameProcess } from '../../electron/process/index.ts';
import { readEndpoint } from '../../electron/rpc/endpoint.ts';
import { freePort } from '../../electron/testing/free-port.ts';
import { attach, type DesktopApp } from '../support/desktop-app.ts';
import { endApps } from '../support/running-apps.ts';
import { clickUpdate, shownReceipt } from '../support/update-checks.ts';
import { newBuild } from '../support/update-profiles.ts';
import { type InstalledApp, installOldApp, watcherUntil } from '../support/update-world.ts';
import { leaveNothing, watcherOf, watcherState } from '../support/watcher.ts';
import { neverAway, outageOf, untilAnswers } from './outage.ts';
import {
  openClawEnvironment,
  type RealServer,
  realServers,
  writeOpenClawSettings,
} from './servers.ts';

/** OpenClaw needs 12 s to start on two idle cores; here six start at once. */
const startMs = 120_000;
/** 15 s until a hang is sure, and a start. */
const hangMs = 60_000;
const soakMs = 3_000;
/** In each of the two ways; more show that its own guard against restart loops stays calm. */
const selfRestarts = Number(process.env.HOLDFAST_SELF_RESTARTS ?? 1);

test.describe.configure({ mode: 'serial' });

let app: InstalledApp;
let servers: RealServer[];
let desktop: DesktopApp;
/** By server, then by what was done: milliseconds. */
const measured: Record<string, Record<string, number>> = {};

function measure(server: RealServer, what: string, ms: number): void {
  measured[server.id] = { ...measured[server.id], [what]: Math.round(ms) };
}

async function viewOf(id: string): Promise<GatewayView> {
  const view = (await watcherState(app.sandbox.state)).gateways[id];
  if (!view) throw new Error(`no gateway is called ${id}`);
  return view;
}

function identityIn(view: GatewayView): Identity {
  if (!('identity' in view.state)) {
    throw new Error(`${view.id} has no process: ${JSON.stringify(view.state)}`);
  }
  return view.state.identity;
}

/** Everyone at once, as on a machine; the first failure is the test's. */
async function each(act: (server: RealServer) => Promise<void>, of = servers): Promise<void> {
  await Promise.all(of.map(act));
}

async function identities(): Promise<Record<string, Identity>> {
  const found: Record<string, Identity> = {};
  for (const { id } of servers) found[id] = identityIn(await viewOf(id));
  return found;
}

/** What a server was before. */
function recall(before: Readonly<Record<string, Identity>>, { id }: RealServer): Identity {
  const found = before[id];
  if (!found) throw new Error(`${id} had no process`);
  return found;
}

async function allRun(): Promise<void> {
  await watcherUntil(
    app.sandbox.state,
    ({ gateways }) => servers.every(({ id }) => gateways[id]?.state.status === 'running'),
    startMs,
  );
}

/** Resolves when another process than `before` runs and is ready. */
function replaced(server: RealServer, before: Identity): () => Promise<boolean> {
  return async () => {
    const { state } = await viewOf(server.id);
    return state.status === 'running' && !sameProcess(state.identity, before);
  };
}

async function order(call: 'gateway.restart' | 'gateway.stop', id: string): Promise<void> {
  const connection = await watcherOf(app.sandbox.state);
  if (!connection) throw new Error('no watcher serves');
  try {
    await connection.call(call, { id });
  } finally {
    connection.close();
  }
}

/** The process and all its descendants, which Linux lists by the thread that started them. */
function treeOf(pid: number): number[] {
  const tasks = `/proc/${pid}/task`;
  const children = readdirSync(tasks).flatMap((thread) =>
    readFileSync(`${tasks}/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(treeOf)];
}

test.beforeAll(async () => {
  app = await installOldApp();
  const ports = [];
  for (let at = 0; at < 6; at += 1) ports.push(await freePort());
  servers = realServers(app.sandbox.folder, ports);
});

test.afterAll(async () => {
  await endApps(app.sandbox.state);
  await app.feed.close();
  await leaveNothing(app.sandbox.state, app.sandbox.folder);
  app.sandbox.remove();
  console.table(measured);
  const results = process.env.HOLDFAST_RESULTS;
  if (results) writeFileSync(join(results, 'real-servers.json'), JSON.stringify(measured, null, 2));
});

test('OpenClaw is found and kept with a click, the others are added, and all get ready', async () => {
  for (const { profile } of servers) if (profile) app.sandbox.writeProfile(profile);
  const begun = performance.now();
  desktop = await app.startOld(soakMs, openClawEnvironment(app.sandbox.folder));
  const { page } = desktop;
  await page.getByTestId('offers-show').click();
  await page.getByTestId('offer-add-openclaw').click();
  await each(async (server) => {
    await untilAnswers(server, startMs);
    measure(server, 'ready', performance.now() - begun);
  });
  await allRun();
});

test('each is restarted on request, and is another process afterwards', async () => {
  const before = await identities();
  await each(async (server) => {
    const old = recall(before, server);
    const restart = () => order('gateway.restart', server.id);
    measure(server, 'restart', await outageOf(server, restart, replaced(server, old), startMs));
    expect(isAlive(old)).toBe(false);
  });
  await allRun();
});

test('each that is killed is started again', async () => {
  const before = await identities();
  await each(async (server) => {
    const old = recall(before, server);
    const kill = () => process.kill(old.pid, 'SIGKILL');
    measure(server, 'kill', await outageOf(server, kill, replaced(server, old), startMs));
    expect((await viewOf(server.id)).lastExit?.signal).toBe('SIGKILL');
  });
  await allRun();
});

test('each that no longer answers is replaced, where its health check can see that', async () => {
  const before = await identities();
  const seen = servers.filter((server) => server.showsHang);
  await each(async (server) => {
    const old = recall(before, server);
    const halt = () => {
      for (const pid of treeOf(old.pid)) process.kill(pid, 'SIGSTOP');
    };
    const ms = await outageOf(server, halt, replaced(server, old), startMs + hangMs);
    measure(server, 'hang', ms);
  }, seen);
  await allRun();
});

test('the watcher is killed: every one runs on and is adopted, even under another process title', async () => {
  const before = await identities();
  const watcher = readEndpoint(stateFolder(app.sandbox.state))?.identity;
  if (!watcher) throw new Error('no watcher serves');
  process.kill(watcher.pid, 'SIGKILL');
  await watcherUntil(app.sandbox.state, (state) => state.watcher.identity.pid !== watcher.pid);
  await allRun();
  expect(await identities()).toEqual(before);
  for (const { id } of servers) {
    expect((await viewOf(id)).state).toMatchObject({ adopted: true });
  }
});

test('OpenClaw restarts itself by its own command and by a changed setting: neither is a crash', async () => {
  test.setTimeout(60_000 + 2 * selfRestarts * startMs);
  const [server] = servers;
  if (server?.id !== 'openclaw') throw new Error('OpenClaw is not the first');
  const { restarts } = await viewOf(server.id);
  const env = { ...process.env, ...openClawEnvironment(app.sandbox.folder) };
  const ways: Record<string, (round: number) => unknown> = {
    'own command': () => promisify(execFile)('openclaw', ['gateway', 'restart'], { env }),
    setting: (round) =>
      writeOpenClawSettings(app.sandbox.folder, server.port, round % 2 === 0 ? '/two' : '/one'),
  };
  for (let round = 0; round < selfRestarts; round += 1) {
    for (const [what, act] of Object.entries(ways)) {
      const old = identityIn(await viewOf(server.id));
      const restart = () => act(round);
      measure(server, what, await outageOf(server, restart, replaced(server, old), startMs));
      const view = await viewOf(server.id);
      expect(view).toMatchObject({ restarts, lastExit: { code: 0, signal: null } });
    }
  }
  await allRun();
});

/** Clicks Update, and resolves with the window of the new app once its update is committed. */
async function updated(): ReturnType<typeof attach> {
  await clickUpdate(desktop.page);
  await desktop.exited;
  const next = await attach(desktop.port);
  await next.page.getByTestId('nav-update').click();
  await expect(next.page.getByTestId('receipt')).toHaveAttribute('data-outcome', 'committed', {
    timeout: soakMs + 60_000,
  });
  await watcherUntil(app.sandbox.state, ({ watcher }) => watcher.buildId === newBuild.build);
  return next;
}

test('a packed update of Holdfast keeps every one: the same process before and after', async () => {
  const before = await identities();
  let over = false;
  const watched = each(async (server) => {
    measure(server, 'update', await neverAway(server, () => over));
  });
  const [next] = await Promise.all([
    updated().finally(() => {
      over = true;
    }),
    watched,
  ]);
  const receipt = await shownReceipt(next.page);
  for (const { id } of servers) {
    expect(receipt.gateways.find((one) => one.id === id)).toMatchObject({ result: 'kept' });
  }
  expect(await identities()).toEqual(before);
  await next.browser.close();
});

test('each is stopped, and nothing of it is left', async () => {
  const before = await identities();
  const trees = Object.values(before).flatMap(({ pid }) => treeOf(pid).map((one) => identify(one)));
  await each(async (server) => {
    const begun = performance.now();
    await order('gateway.stop', server.id);
    measure(server, 'stop', performance.now() - begun);
    expect((await viewOf(server.id)).state.status).toBe('stopped');
    expect(await server.answers()).toBe(false);
  });
  expect(trees.filter((one) => one && isAlive(one))).toEqual([]);
});
