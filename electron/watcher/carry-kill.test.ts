/**
 * The whole carry with a real watcher, real gateways and real processes in the part of the app; the
 * watcher is killed by SIGKILL at every record that the journal gets, and another one goes on.
 */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { BUILD_ID } from '../contract/build-info.ts';
import { type ProfileInput, profileSchema } from '../contract/profile.ts';
import { saveProfile } from '../gateway/profiles.ts';
import { newAttemptId } from '../handoff/attempts.ts';
import type { WatcherConnection } from '../handoff/client.ts';
import { readEndpoint } from '../handoff/endpoint.ts';
import type { CarryEventType } from '../handoff/events.ts';
import { fileMark } from '../handoff/installed-file.ts';
import { openJournal, readJournal } from '../handoff/journal.ts';
import { type Plan, writePlan } from '../handoff/plan.ts';
import { profileHash } from '../handoff/profile-hash.ts';
import { readReceipt } from '../handoff/receipt-file.ts';
import { manifestHash, RUNTIME_FILE, type Stage } from '../handoff/staged.ts';
import { type Identity, identify, isAlive, spawnDetached, stopTree } from '../process/index.ts';
import { freePort } from '../process/test-port.ts';
import { type Bench, createBench, until } from './test-bench.ts';

const OLD_BUILD = 'old-build';
const NEW_BUILD = 'new-build';
/** Answers with the build it is told, or that lies beside it. */
const SERVER = (build: string): string => `
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
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

/** Apps that a watcher started and was killed before it could write down. */
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
  const script = SERVER(JSON.stringify(buildId));
  const sha256 = createHash('sha256').update(script).digest('hex');
  const manifest = {
    schema: 1 as const,
    buildId,
    version: '1.0.0',
    files: { 'gateway.mjs': sha256 },
  };
  const bundle = path.join(bench.state.staged, `bundle-${manifestHash(manifest)}`);
  mkdirSync(bundle, { mode: 0o700 });
  writeFileSync(path.join(bundle, 'gateway.mjs'), script, { mode: 0o600 });
  writeFileSync(path.join(bundle, 'manifest.json'), JSON.stringify(manifest), { mode: 0o600 });
  const node = `#!/bin/sh\nexec ${process.execPath} "$@"\n`;
  const hash = createHash('sha256').update(node).digest('hex').slice(0, 16);
  const runtime = path.join(bench.state.staged, `runtime-${hash}`, RUNTIME_FILE);
  if (!existsSync(runtime)) {
    mkdirSync(path.dirname(runtime), { mode: 0o700 });
    writeFileSync(runtime, node, { mode: 0o700 });
  }
  return { bundle, runtime, buildId };
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
  readonly port: number;
  readonly pids: Readonly<Record<string, number>>;
}

/** A watcher with its gateways, and an attempt that waits to be armed. */
async function prepare(): Promise<Prepared> {
  bench = await createBench();
  const port = await freePort();
  const folder = path.join(bench.folder, 'release');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'build.txt'), OLD_BUILD);
  const build = `readFileSync(${JSON.stringify(path.join(folder, 'build.txt'))}, 'utf8').trim()`;
  writeFileSync(path.join(folder, 'server.mjs'), SERVER(build));
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
      command: { command: '/bin/sh', args: ['-c', `echo ${NEW_BUILD} > build.txt`], cwd: folder },
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
  const attempt = newAttemptId(Date.now());
  const appFile = path.join(install, 'App.AppImage');
  const newFile = path.join(install, `.App.new-${attempt}`);
  const oldLink = path.join(install, `.App.old-${attempt}`);
  const program = (mark: string): string =>
    `#!/bin/sh\n# ${mark}\necho $$ >>started\nexec sleep 600\n`;
  writeFileSync(appFile, program('old'));
  writeFileSync(newFile, program('new'));
  for (const file of [appFile, newFile]) chmodSync(file, 0o755);
  linkSync(appFile, oldLink);
  const profiles = [bench.profile, freed];
  const plan: Plan = {
    schema: 1,
    attempt,
    token: 1,
    createdAt: Date.now(),
    fromVersion: '1.0.0',
    toVersion: '1.1.0',
    fromBuild: OLD_BUILD,
    toBuild: NEW_BUILD,
    app: sleeper(),
    expected: {
      appFile,
      appSha512: createHash('sha512').update(program('new')).digest('base64'),
      size: program('new').length,
      fileMark: fileMark(newFile) ?? '',
      newFile,
      oldLink,
    },
    currentStage: stage(BUILD_ID),
    nextStage: stage(NEW_BUILD),
    gateways: profiles.map((profile) => {
      const serves = found.find(({ id }) => id === profile.id);
      return {
        id: profile.id,
        profileHash: profileHash(profile),
        policy: profile.update.policy,
        wasRunning: true,
        identity: serves?.identity ?? null,
        build: serves?.build ?? null,
      };
    }),
    launch: { file: appFile, args: [], env: { PATH: '/usr/bin:/bin' } },
    soakMs: 0,
    budgets: { appExitMs: 10_000, proveMs: 5_000, appStartMs: 20_000 },
  };
  writePlan(bench.state, plan);
  const journal = openJournal(bench.state.attempt(attempt).journal, 1);
  journal.append({ type: 'prepared' }, Date.now());
  journal.close();
  connection.close();
  const pids = Object.fromEntries(found.map(({ id, identity }) => [id, identity.pid]));
  return { plan, port, pids };
}

const events = (plan: Plan) =>
  readJournal(bench.state.attempt(plan.attempt).journal).records.map(({ event }) => event);

/** Kills the serving watcher as soon as the journal holds an event of `type`. */
async function killAt(plan: Plan, type: CarryEventType): Promise<void> {
  await until(
    () => events(plan).some((event) => event.type === type),
    `the journal to say ${type}`,
  );
  const watcher = readEndpoint(bench.state)?.identity;
  if (watcher) process.kill(watcher.pid, 'SIGKILL');
}

/** The app's part: arm, release, rename, hand over, end. */
async function act(connection: WatcherConnection, { plan }: Prepared): Promise<void> {
  const { attempt, app, expected } = plan;
  await connection.call('update.arm', { attempt });
  await connection.call('update.release', { attempt });
  renameSync(expected.newFile, expected.appFile);
  await connection.call('update.handOver', { attempt, app });
}

/** What a newly started app says, to whichever watcher serves. */
async function reportApp(plan: Plan): Promise<void> {
  let launched: Identity | undefined;
  await until(() => {
    for (const event of events(plan)) if (event.type === 'app-launched') launched = event.identity;
    return launched !== undefined && isAlive(launched);
  }, 'an app to be started');
  if (!launched) return;
  apps.push(launched);
  const connection = await bench.client();
  const build = readFileSync(plan.expected.appFile, 'utf8').includes('# new')
    ? NEW_BUILD
    : OLD_BUILD;
  await connection.call('update.appStarted', { buildId: build, identity: launched });
  connection.close();
}

async function buildAt(port: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/status`, {
    headers: { connection: 'close' },
  });
  return z.parse(z.object({ build: z.string() }), await answer.json()).build;
}

it('without a fault: every gateway new and verified, absence told', async () => {
  const prepared = await prepare();
  const { plan } = prepared;
  await act(await bench.client(), prepared);
  await stopTree(plan.app, { graceMs: 0, graceful: 'none' });
  await reportApp(plan);
  await until(() => readReceipt(bench.state, plan.attempt)?.outcome === 'committed', 'commit');
  const receipt = readReceipt(bench.state, plan.attempt);
  for (const line of receipt?.gateways ?? []) {
    expect(line).toMatchObject({ result: 'replaced', proof: 'verified' });
    expect(line.after?.build).toBe(NEW_BUILD);
    expect(line.absenceMs).toBeGreaterThan(0);
  }
  expect(await buildAt(bench.port)).toBe(NEW_BUILD);
  expect(await buildAt(prepared.port)).toBe(NEW_BUILD);
  expect(existsSync(plan.expected.oldLink)).toBe(false);
  await bench.finish();
}, 60_000);

const BEFORE: readonly CarryEventType[] = ['armed', 'releasing', 'gateway-stopped', 'released'];
const AFTER: readonly CarryEventType[] = [
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

it.each(BEFORE)(
  'killed at %s: everything old is back',
  async (type) => {
    const prepared = await prepare();
    const { plan } = prepared;
    const kill = killAt(plan, type);
    await act(await bench.client(), prepared).catch(() => undefined);
    await kill;
    // Its app is gone as well: nobody but the next watcher can put things right.
    await stopTree(plan.app, { graceMs: 0, graceful: 'none' });
    const handedOver = events(plan).some((event) => event.type === 'handed-over');
    await bench.serve();
    if (handedOver) await reportApp(plan);
    const outcome = handedOver ? 'committed' : 'put-back';
    await until(() => readReceipt(bench.state, plan.attempt)?.outcome === outcome, outcome);
    if (!handedOver) {
      expect(readFileSync(plan.expected.appFile, 'utf8')).toContain('# old');
      expect(await buildAt(prepared.port)).toBe(OLD_BUILD);
      expect(existsSync(plan.expected.oldLink)).toBe(false);
    }
    await bench.finish();
  },
  60_000,
);

it.each(AFTER)(
  'killed at %s: the next watcher finishes it',
  async (type) => {
    const prepared = await prepare();
    const { plan } = prepared;
    const kill = killAt(plan, type);
    await act(await bench.client(), prepared).catch(() => undefined);
    await stopTree(plan.app, { graceMs: 0, graceful: 'none' });
    await kill;
    await bench.serve();
    await reportApp(plan);
    await until(() => readReceipt(bench.state, plan.attempt)?.outcome === 'committed', 'commit');
    expect(await buildAt(bench.port)).toBe(NEW_BUILD);
    expect(await buildAt(prepared.port)).toBe(NEW_BUILD);
    expect(readFileSync(plan.expected.appFile, 'utf8')).toContain('# new');
    await bench.finish();
  },
  60_000,
);
