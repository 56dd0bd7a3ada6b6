/** A build that a gateway was rolled back to: kept through kills and successions, and removed when it is over. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { GatewayView } from '../contract/gateway.ts';
import type { Profile } from '../contract/profile.ts';
import { writeLedger } from '../gateway/ledger/ledger.ts';
import { saveProfile } from '../gateway/profiles/profiles.ts';
import { type Identity, isAlive, systemClock } from '../process/index.ts';
import { platform } from '../process/platform.ts';
import type { Stage } from '../staging/staged.ts';
import { stageWatcher } from '../staging/staging.ts';
import { createSource } from '../testing/stage-source.ts';
import { type Bench, createBench, until } from '../testing/watcher-bench.ts';
import { createLink } from './link.ts';
import type { Link } from './types.ts';

const keptBuild = '0.9.0+kept';
/** What a watcher from source says that it brings. */
const brought = '0.0.0+dev';
const successionCount = 10;

let bench: Bench;
/** Sockets of this test alone. */
let sockets: string;
let runtimeBefore: string | undefined;
let link: Link;
let kept: Stage;

beforeEach(async () => {
  sockets = mkdtempSync(path.join(tmpdir(), 'hf-run-'));
  runtimeBefore = process.env.XDG_RUNTIME_DIR;
  process.env.XDG_RUNTIME_DIR = sockets;
  bench = await createBench();
  kept = await stageWatcher(bench.state, createSource(bench.folder, keptBuild, keptGateway));
  const pin = {
    build: keptBuild,
    version: '0.9.0',
    failedVersion: '1.0.0',
    reason: 'It died.',
    bundle: path.basename(kept.bundle),
    runtime: path.basename(path.dirname(kept.runtime)),
  };
  writeLedger(bench.state.ledger, {
    schema: 1,
    id: 'ref',
    desired: 'running',
    released: false,
    process: null,
    proof: null,
    pin,
    restarts: 0,
    lastExit: null,
  });
});
afterEach(async () => {
  link?.close();
  await bench.sweep();
  if (runtimeBefore === undefined) delete process.env.XDG_RUNTIME_DIR;
  else process.env.XDG_RUNTIME_DIR = runtimeBefore;
  rmSync(sockets, { recursive: true, force: true });
});

/** The reference gateway, as the build that is kept. */
const keptGateway = `
  process.env.HOLDFAST_GATEWAY_BUILD = '${keptBuild}';
  await import(${JSON.stringify(pathToFileURL(path.join(import.meta.dirname, '..', 'reference-gateway', 'main.ts')).href)});
`;

/** What the build that Holdfast brings says of itself. */
const shippedSays = (build: string): Profile => ({
  ...bench.profile,
  env: { HOLDFAST_GATEWAY_BUILD: build },
});

/** An app of that build, with a watcher. */
async function connect(buildId: string): Promise<void> {
  link = createLink({
    state: bench.state,
    source: createSource(bench.folder, buildId),
    version: '0.0.0',
    buildId,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    clock: systemClock,
  });
  await link.connect();
}

/** The next app, whose watcher takes over. */
async function succeed(round: number): Promise<void> {
  const watcher = link.watcher()?.watcher.identity;
  link.close();
  await connect(`0.0.${round}+next`);
  await link.succeed();
  await until(() => watcher && !isAlive(watcher), 'the older watcher to end');
}

/** It writes nothing any more; the link brings another. */
async function killWatcher(...others: Identity[]): Promise<void> {
  const watcher = link.watcher()?.watcher.identity;
  if (!watcher) throw new Error('no watcher');
  for (const one of [watcher, ...others]) platform.signal(one, 'SIGKILL');
  await until(() => {
    const connected = link.state().status === 'connected';
    return connected && link.watcher()?.watcher.identity.pid !== watcher.pid;
  }, 'another watcher');
}

const view = (): GatewayView | undefined => link.watcher()?.gateways.ref;

function runs(build: string, other?: Identity): Promise<Identity> {
  return until(() => {
    const now = view();
    const identity = now?.state.status === 'running' && now.state.identity;
    return identity && identity.pid !== other?.pid && now?.build === build && identity;
  }, `build ${build} to run`);
}

const staged = (kind: string): string[] =>
  readdirSync(bench.state.staged).filter((name) => name.startsWith(kind));
const has = (stage: Stage): boolean => existsSync(stage.bundle) && existsSync(stage.runtime);

/** The kept one, the watcher's own, and one to go back to. */
const settled = (bundles: number): Promise<unknown> =>
  until(() => staged('bundle-').length <= bundles, `no more than ${bundles} bundles to be staged`);

async function finish(): Promise<void> {
  link.close();
  await bench.finish();
}

it('is started again after kills of gateway and watcher, and after ten successions [R94]', async () => {
  await connect('0.0.0+first');
  const first = await runs(keptBuild);
  expect(view()?.pinned).toMatchObject({ build: keptBuild, failedVersion: '1.0.0' });
  await killWatcher(first);
  await runs(keptBuild, first);

  // Stopped, nothing but the pin says that the stage is needed.
  await link.client.call('gateway.stop', { id: 'ref' });
  for (let round = 1; round <= successionCount; round += 1) {
    await succeed(round);
    await settled(3);
    expect(view()).toMatchObject({ desired: 'stopped', pinned: { build: keptBuild } });
    expect(has(kept)).toBe(true);
    expect(readdirSync(path.join(sockets, 'holdfast'))).toHaveLength(1);
  }
  expect(staged('runtime-').length).toBeLessThanOrEqual(2);
  await link.client.call('gateway.start', { id: 'ref' });
  await runs(keptBuild, first);
  await finish();
});

it('stays when the one that Holdfast brings is tried again in vain, and goes when that serves [R95]', async () => {
  saveProfile(bench.state.profiles, shippedSays('other'));
  await connect('0.0.0+first');
  const first = await runs(keptBuild);
  await expect(link.client.call('gateway.update', { id: 'ref' })).rejects.toThrow(
    new RegExp(
      `^Reference could not be updated: .*other.* It runs build ${escaped(keptBuild)} again\\.$`,
    ),
  );
  await runs(keptBuild, first);
  expect(view()?.pinned).toMatchObject({ build: keptBuild });

  await link.client.call('profile.save', { profile: shippedSays(brought) });
  await link.client.call('gateway.update', { id: 'ref' });
  await runs(brought);
  expect(view()).not.toHaveProperty('pinned');
  for (let round = 1; round <= 2; round += 1) await succeed(round);
  await settled(2);
  expect(existsSync(kept.bundle)).toBe(false);
  expect(view()).not.toHaveProperty('pinned');
  await finish();
});

it('goes at the user’s word when its gateway is stopped, without a start [R95]', async () => {
  await connect('0.0.0+first');
  await runs(keptBuild);
  await link.client.call('gateway.stop', { id: 'ref' });
  await link.client.call('gateway.update', { id: 'ref' });
  await killWatcher();
  expect(view()).toMatchObject({ desired: 'stopped', state: { status: 'stopped' } });
  expect(view()).not.toHaveProperty('pinned');
  for (let round = 1; round <= 2; round += 1) await succeed(round);
  await settled(2);
  expect(existsSync(kept.bundle)).toBe(false);
  await finish();
});

function escaped(text: string): string {
  return text.replace(/[.+]/g, '\\$&');
}
