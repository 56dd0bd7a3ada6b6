/**
 * A whole update with a real watcher, real gateways and real processes as the app; the watcher
 * is killed by SIGKILL at every record of the journal, and another one goes on.
 */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { testRoot } from '../../../e2e/fixtures/release-keys.ts';
import { ownBuildId } from '../../contract/build-info.ts';
import { type ProfileInput, profileSchema } from '../../contract/profile.ts';
import { saveProfile } from '../../gateway/profiles/profiles.ts';
import { type Identity, identify, isAlive, spawnDetached, stopTree } from '../../process/index.ts';
import type { WatcherConnection } from '../../rpc/client.ts';
import { readEndpoint } from '../../rpc/endpoint.ts';
import type { Stage } from '../../staging/staged.ts';
import { freePort } from '../../testing/free-port.ts';
import { signAttempt } from '../../testing/signed-attempt.ts';
import {
  layAppImage,
  newAttempt,
  planned,
  stageContent,
  writeAttempt,
} from '../../testing/update-plan.ts';
import { type Bench, createBench, until } from '../../testing/watcher-bench.ts';
import { readReceipt } from '../../transaction/attempts.ts';
import type { TransactionEventType } from '../../transaction/events.ts';
import { readJournal } from '../../transaction/journal.ts';
import type { AppImageInstall, Plan } from '../../transaction/plan.ts';

const oldBuild = 'old-build';
const newBuild = 'new-build';
/** Answers with the build that it is given. */
const server = (build: string): string => `
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
const at = process.argv.indexOf('--port');
const port = Number(at > 0 ? process.argv[at + 1] : process.env.HOLDFAST_PORT);
const build = ${build};
process.on('SIGTERM', () => process.exit(0));
createServer((request, response) => {
  response.end(JSON.stringify({ build, nonce: process.env.HOLDFAST_NONCE, pid: process.pid }));
}).listen(port, '127.0.0.1');
`;

let bench: Bench;
const apps: Identity[] = [];
afterEach(async () => {
  const started = startedApps();
  await bench.sweep();
  for (const app of [...apps.splice(0), ...started]) {
    if (isAlive(app)) await stopTree(app, { graceMs: 0, graceful: 'none' });
  }
});

/** Apps that a watcher started, but was killed before it could record them. */
function startedApps(): Identity[] {
  const apps = path.join(bench.folder, 'apps');
  const list = path.join(apps, 'started');
  if (!existsSync(list)) return [];
  return readFileSync(list, 'utf8')
    .split('\n')
    .flatMap((pid) => {
      const identity = pid === '' ? undefined : identify(Number(pid));
      return identity && readlinkSync(`/proc/${identity.pid}/cwd`) === apps ? [identity] : [];
    });
}

function stage(buildId: string): Stage {
  return stageContent(bench.state, {
    buildId,
    version: '1.0.0',
    gateway: server(JSON.stringify(buildId)),
    runtime: `#!/bin/sh\nexec '${process.execPath}' "$@"\n`,
  });
}

function sleeper(): Identity {
  const { identity } = spawnDetached({
    kind: 'app',
    command: '/bin/sleep',
    args: ['600'],
    cwd: bench.folder,
    env: { HOLDFAST_STATE: bench.state.root },
    stdout: 'ignore',
    stderr: 'ignore',
    nonce: '',
    escape: 'session',
  });
  apps.push(identity);
  return identity;
}

interface Prepared {
  readonly plan: Plan;
  readonly files: AppImageInstall;
  readonly port: number;
  readonly pids: Readonly<Record<string, number>>;
}

/** A watcher with its gateways, and an attempt that waits to be armed. */
async function prepare(): Promise<Prepared> {
  bench = await createBench();
  vi.stubEnv('HOLDFAST_TRUSTED_ROOT', testRoot());
  const port = await freePort();
  const folder = path.join(bench.folder, 'release');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'build.txt'), oldBuild);
  const build = `readFileSync(${JSON.stringify(path.join(folder, 'build.txt'))}, 'utf8').trim()`;
  writeFileSync(path.join(folder, 'server.mjs'), server(build));
  const freed = z.parse(profileSchema, {
    schema: 1,
    id: 'freed',
    name: 'Freed',
    program: {
      type: 'command',
      command: process.execPath,
      args: [path.join(folder, 'server.mjs')],
    },
    env: { HOLDFAST_PORT: String(port) },
    port,
    readiness: { type: 'http', path: '/readyz' },
    status: { path: '/status' },
    update: {
      policy: 'release',
      folder,
      command: { command: '/bin/sh', args: ['-c', `echo ${newBuild} > build.txt`], cwd: folder },
    },
  } satisfies ProfileInput);
  saveProfile(bench.state.profiles, freed);
  await bench.serve();
  const connection = await bench.client();
  const serving = async () => {
    const { state } = await connection.call('subscribe', null);
    return [state.gateways.ref, state.gateways.freed].flatMap((view) =>
      view?.state.status === 'running' && view.build !== undefined
        ? [{ id: view.id, identity: view.state.identity, build: view.build }]
        : [],
    );
  };
  let found = await serving();
  while (found.length < 2) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    found = await serving();
  }
  const install = path.join(bench.folder, 'apps');
  mkdirSync(install);
  const attempt = newAttempt(bench.state);
  const program = (mark: string): string =>
    `#!/bin/sh\n# ${mark}\necho $$ >>started\nexec sleep 600\n`;
  const appFile = path.join(install, 'App.AppImage');
  const files = layAppImage(appFile, attempt, { old: program('old'), new: program('new') });
  const plan = writeAttempt(bench.state, attempt, {
    fromBuild: oldBuild,
    toBuild: newBuild,
    app: sleeper(),
    expected: files,
    currentStage: stage(ownBuildId),
    nextStage: stage(newBuild),
    gateways: [bench.profile, freed].map((profile) => {
      const serves = found.find(({ id }) => id === profile.id);
      return planned(profile, serves?.identity ?? null, serves?.build ?? null);
    }),
    env: { PATH: '/usr/bin:/bin' },
    soakMs: 0,
    budgets: { appExitMs: 30_000, proveMs: 20_000, appStartMs: 60_000 },
  });
  await signAttempt(bench.state, plan);
  connection.close();
  const pids = Object.fromEntries(found.map(({ id, identity }) => [id, identity.pid]));
  return { plan, files, port, pids };
}

const events = (plan: Plan) =>
  readJournal(bench.state.attempt(plan.attempt).journal).records.map(({ event }) => event);

/** Kills the serving watcher as soon as the journal holds an event of `type`. */
async function killAt(plan: Plan, type: TransactionEventType): Promise<void> {
  await until(
    () => events(plan).some((event) => event.type === type),
    `the journal to say ${type}`,
  );
  const watcher = readEndpoint(bench.state)?.identity;
  if (!watcher) throw new Error('No watcher serves.');
  process.kill(watcher.pid, 'SIGKILL');
  await until(() => !isAlive(watcher), 'the watcher to be dead');
}

/** The app's part: arm, release, rename, hand over, end. */
async function act(connection: WatcherConnection, { plan, files }: Prepared): Promise<void> {
  const { attempt, app } = plan;
  await connection.call('update.arm', { attempt });
  await connection.call('update.release', { attempt });
  renameSync(files.newFile, files.appFile);
  await connection.call('update.handOver', { attempt, app });
}

/** The report of a newly started app, to whichever watcher serves. */
async function reportApp(plan: Plan): Promise<void> {
  let launched: Identity | undefined;
  await until(() => {
    for (const event of events(plan)) if (event.type === 'app-launched') launched = event.identity;
    return launched !== undefined && isAlive(launched);
  }, 'an app to be started');
  if (!launched) return;
  apps.push(launched);
  const connection = await bench.client();
  const build = readFileSync(plan.expected.appFile, 'utf8').includes('# new') ? newBuild : oldBuild;
  await connection.call('update.appStarted', { buildId: build, identity: launched });
  connection.close();
}

async function buildAt(port: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/status`, {
    headers: { connection: 'close' },
  });
  return z.parse(z.object({ build: z.string() }), await answer.json()).build;
}

it('without a fault: every gateway is new and verified, and its absence is in the receipt', async () => {
  const prepared = await prepare();
  const { plan } = prepared;
  await act(await bench.client(), prepared);
  await stopTree(plan.app, { graceMs: 0, graceful: 'none' });
  await reportApp(plan);
  await until(() => readReceipt(bench.state, plan.attempt)?.outcome === 'committed', 'commit');
  const receipt = readReceipt(bench.state, plan.attempt);
  for (const line of receipt?.gateways ?? []) {
    expect(line).toMatchObject({ result: 'replaced', proof: 'verified' });
    expect(line.after?.build).toBe(newBuild);
    expect(line.absenceMs).toBeGreaterThan(0);
  }
  expect(await buildAt(bench.port)).toBe(newBuild);
  expect(await buildAt(prepared.port)).toBe(newBuild);
  expect(existsSync(prepared.files.oldLink)).toBe(false);
  await bench.finish();
});

it.each(['keep', 'stop'] as const)(
  'a watcher does not retire during an update, gateways: %s',
  async (gateways) => {
    const prepared = await prepare();
    const { plan, port, pids } = prepared;
    const connection = await bench.client();
    const watcher = readEndpoint(bench.state)?.identity;
    await connection.call('update.arm', { attempt: plan.attempt });
    await expect(connection.call('watcher.retire', { gateways })).rejects.toThrow(
      'An update is under way; wait for its end.',
    );
    // The same one answers, and nothing was stopped.
    const { state } = await connection.call('subscribe', null);
    expect(state.watcher.identity).toEqual(watcher);
    expect(state.transaction).toMatchObject({ attempt: plan.attempt, phase: 'armed' });
    for (const id of ['ref', 'freed']) {
      expect(state.gateways[id]?.state).toMatchObject({ identity: { pid: pids[id] } });
    }
    const problem = { message: 'Cancelled.' };
    await connection.call('update.rollBack', { attempt: plan.attempt, problem });
    expect(await buildAt(port)).toBe(oldBuild);
    // When the update is over, the call is accepted again.
    await stopTree(plan.app, { graceMs: 0, graceful: 'none' });
    await bench.finish();
  },
  60_000,
);

const before: readonly TransactionEventType[] = [
  'armed',
  'rehearsing',
  'rehearsed',
  'releasing',
  'gateway-stopped',
  'released',
];
const after: readonly TransactionEventType[] = [
  'handed-over',
  'files-compared',
  'command-started',
  'command-ended',
  'swapping',
  'gateway-proved',
  'app-ended',
  'app-launching',
  'app-launched',
];

it.each(before)(
  'killed at %s, with its app: everything old is back [F1, R145]',
  async (type) => {
    const prepared = await prepare();
    const { plan } = prepared;
    const kill = killAt(plan, type);
    await act(await bench.client(), prepared).catch(() => undefined);
    await kill;
    // Its app has ended as well: only the one that stood by can repair this.
    await stopTree(plan.app, { graceMs: 0, graceful: 'none' });
    await bench.served();
    // On a busy machine the app was faster than the kill, and has renamed its file.
    const decision = await until(
      () => events(plan).find(({ type: one }) => one === 'handed-over' || one === 'put-back')?.type,
      'the decision of the one that stood by',
    );
    const handedOver = decision === 'handed-over';
    if (handedOver) await reportApp(plan);
    const outcome = handedOver ? 'committed' : 'put-back';
    await until(() => readReceipt(bench.state, plan.attempt)?.outcome === outcome, outcome);
    if (!handedOver) {
      expect(readFileSync(plan.expected.appFile, 'utf8')).toContain('# old');
      expect(await buildAt(prepared.port)).toBe(oldBuild);
      expect(existsSync(prepared.files.oldLink)).toBe(false);
    }
    // What the killed watcher had tried beside the gateway is gone, with its copy of the data.
    await until(() => !existsSync(path.join(bench.state.rehearsals, 'ref')), 'the end of the try');
    await bench.finish();
  },
  60_000,
);

it('killed between the rename and the hand-over, with its app: the one that stands by finishes it [R153]', async () => {
  const prepared = await prepare();
  const { plan, files, port } = prepared;
  const connection = await bench.client();
  await connection.call('update.arm', { attempt: plan.attempt });
  await connection.call('update.release', { attempt: plan.attempt });
  const watcher = readEndpoint(bench.state)?.identity;
  if (!watcher) throw new Error('No watcher serves.');
  renameSync(files.newFile, files.appFile);
  // Together, as by a power cut.
  process.kill(watcher.pid, 'SIGKILL');
  process.kill(plan.app.pid, 'SIGKILL');
  await until(() => !isAlive(watcher), 'the watcher to be dead');
  await bench.served();
  await reportApp(plan);
  await until(() => readReceipt(bench.state, plan.attempt)?.outcome === 'committed', 'commit');
  expect(await buildAt(bench.port)).toBe(newBuild);
  expect(await buildAt(port)).toBe(newBuild);
  expect(readFileSync(files.appFile, 'utf8')).toContain('# new');
  await bench.finish();
});

it.each(after)(
  'killed at %s, while no app runs: the one that stands by finishes it [F1, R145]',
  async (type) => {
    const prepared = await prepare();
    const { plan } = prepared;
    const kill = killAt(plan, type);
    await act(await bench.client(), prepared).catch(() => undefined);
    await stopTree(plan.app, { graceMs: 0, graceful: 'none' });
    await kill;
    await bench.served();
    await reportApp(plan);
    await until(() => readReceipt(bench.state, plan.attempt)?.outcome === 'committed', 'commit');
    expect(await buildAt(bench.port)).toBe(newBuild);
    expect(await buildAt(prepared.port)).toBe(newBuild);
    expect(readFileSync(plan.expected.appFile, 'utf8')).toContain('# new');
    await bench.finish();
  },
  60_000,
);
