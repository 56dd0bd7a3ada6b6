/**
 * The real OpenClaw, as npm installs it, updated by clicks in the real window from one published version to
 * the next, and put back once by a broken one. In a network that has nothing but loopback.
 */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, type Page, test } from '@playwright/test';
import type { GatewayReceipt } from '../../electron/contract/gateway-update.ts';
import type { ProfileInput } from '../../electron/contract/profile.ts';
import { isAlive } from '../../electron/process/index.ts';
import { freePort } from '../../electron/testing/free-port.ts';
import { endApps } from '../support/running-apps.ts';
import { type InstalledApp, installOldApp, watcherUntil } from '../support/update-world.ts';
import { leaveNothing } from '../support/watcher.ts';
import { expectStatus } from '../support/world.ts';
import { type NpmRegistry, startNpmRegistry } from './npm-registry.ts';
import { openClawEnvironment, pinnedPackages, writeOpenClawSettings } from './servers.ts';

/** npm writes 39,000 files, thrice, and the gateway starts twice: a quarter of an hour is not enough on a slow machine. */
const updateMs = 1_500_000;
/** 12 s on two idle cores, and longer right after an installation. */
const startMs = 120_000;

const id = 'openclaw';
const old = '2026.9.5';
const next = '2026.9.6';
const broken = '2026.9.7';

/** `forth`: to the next version; `back`: from that to a broken one; `all`. scripts/test.mjs chooses. */
const part = process.env.HOLDFAST_OPENCLAW_UPDATE ?? 'all';
const first = part === 'back' ? next : old;

test.describe.configure({ mode: 'serial' });

let app: InstalledApp;
let registry: NpmRegistry;
let page: Page;
let port: number;
let env: Record<string, string>;
/** The user's npm settings. OpenClaw's updater drops npm's variables. */
const npmSettings = join(homedir(), '.npmrc');

/** Where npm puts what is installed for all. */
const prefix = (): string => join(app.sandbox.folder, 'npm');

/** npm, which may have started this run, tells its own settings to whatever it starts. */
function forgetNpm(): void {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('npm_')) delete process.env[name];
  }
}

test.beforeAll(async () => {
  test.setTimeout(updateMs);
  forgetNpm();
  app = await installOldApp();
  const { folder } = app.sandbox;
  port = await freePort();
  writeOpenClawSettings(folder, port, '/one');
  registry = await startNpmRegistry(...pinnedPackages());
  registry.tagLatest(id, first);
  env = openClawEnvironment(folder, join(prefix(), 'bin'));
  const settings = { registry: registry.url, prefix: prefix(), cache: join(folder, 'npm-cache') };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(npmSettings, lines.join(''), { flag: 'wx' });
  await promisify(execFile)('npm', ['install', '--global', id], {
    env: { ...process.env, ...env },
  });
});

test.afterAll(async () => {
  await endApps(app.sandbox.state);
  await app.feed.close();
  await registry.close();
  rmSync(npmSettings);
  await leaveNothing(app.sandbox.state, app.sandbox.folder);
  app.sandbox.remove();
});

/**
 * What makes the proof short enough, and lets it find new versions: OpenClaw itself asks the public registry
 * alone, whatever npm is set to.
 */
function adjustProfile(): void {
  const file = join(app.sandbox.state, 'profiles', `${id}.json`);
  const { update, ...profile }: ProfileInput = JSON.parse(readFileSync(file, 'utf8'));
  if (update?.policy !== 'keep') throw new Error('the preset has another policy');
  const check = { type: 'http', url: `${registry.url}/${id}`, field: 'dist-tags.latest' } as const;
  app.sandbox.writeProfile({ ...profile, update: { ...update, check, soakMs: 5_000 } });
}

async function offered(version: string): Promise<void> {
  registry.tagLatest(id, version);
  await page.getByTestId('gateway-check-version').click();
  await expect(page.getByTestId('gateway-version-offer')).toContainText(`${version} is available`);
}

/** Clicks Update, and resolves with the receipt when it is over. */
async function updatedTo(version: string): Promise<GatewayReceipt> {
  await page.getByTestId('gateway-install-version').click();
  const { gatewayUpdates } = await watcherUntil(
    app.sandbox.state,
    ({ gatewayUpdates: { [id]: found } }) =>
      found?.update === null &&
      found.receipt?.toVersion === version &&
      found.receipt.outcome !== 'back',
    updateMs,
  );
  const receipt = gatewayUpdates[id]?.receipt;
  if (!receipt) throw new Error('there is no receipt');
  return receipt;
}

/** It answers, and what is installed, shown, and said by its command is this version. */
async function expectServing(version: string): Promise<void> {
  await expectStatus(page, 'running', startMs);
  await expect(page.getByTestId('fact-version')).toContainText(version);
  const command = join(prefix(), 'bin', id);
  const said = await promisify(execFile)(command, ['--version'], {
    env: { ...process.env, ...env },
  });
  expect(said.stdout).toContain(version);
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).ok).toBe(true);
}

/** No copy that only an update needs is left beside the program, or with the attempt. */
function expectNoCopies(): void {
  expect(readdirSync(join(prefix(), 'lib/node_modules')).sort()).toEqual(['openclaw']);
}

test('OpenClaw as npm installs it is found, kept with a click, and its version is known', async () => {
  test.setTimeout(updateMs);
  const desktop = await app.startOld(0, env);
  page = desktop.page;
  // There is no other gateway: what was found is in the first view.
  await page.getByTestId(`offer-add-${id}`).click();
  await page.getByTestId(`gateway-item-${id}`).click();
  await expectStatus(page, 'running', startMs);
  adjustProfile();
  await expect(page.getByTestId('fact-version')).toContainText(first, { timeout: startMs });
});

if (part !== 'back') {
  test('the next version is offered, and installed by a click', async () => {
    test.setTimeout(updateMs);
    await offered(next);
    const receipt = await updatedTo(next);
    expect(receipt).toMatchObject({ outcome: 'committed', fromVersion: old, problem: null });
    await expectServing(next);
    expectNoCopies();
  });
}

if (part !== 'forth') {
  test('a version that can’t start is undone: the old one serves, and is not offered again', async () => {
    test.setTimeout(updateMs);
    registry.publish(id, next, broken, (folder) => {
      const file = join(folder, 'package.json');
      const about: Record<string, unknown> = JSON.parse(readFileSync(file, 'utf8'));
      writeFileSync(file, JSON.stringify({ ...about, version: broken }));
      breakGateway(join(folder, 'openclaw.mjs'));
    });
    await offered(broken);
    const receipt = await updatedTo(broken);
    expect(receipt).toMatchObject({ outcome: 'put-back', fromVersion: next });
    expect(receipt.problem?.message).toContain('it lacks a part');
    await expectServing(next);
    expectNoCopies();
    await page.getByTestId('gateway-check-version').click();
    await expect(page.getByTestId('fact-newest')).toContainText(broken);
    await expect(page.getByTestId('gateway-version-offer')).toHaveCount(0);
  });
}

test('it is stopped, and nothing of it is left', async () => {
  const { gateways } = await watcherUntil(app.sandbox.state, () => true);
  const state = gateways[id]?.state;
  if (state?.status !== 'running') throw new Error('it does not run');
  await page.getByTestId('gateway-stop').click();
  await expectStatus(page, 'stopped', startMs);
  expect(isAlive(state.identity)).toBe(false);
});

/** Only as a gateway under a supervisor: OpenClaw's updater, which looks at the new version, is content. */
function breakGateway(program: string): void {
  const [first, ...rest] = readFileSync(program, 'utf8').split('\n');
  const fault = `if (process.env.OPENCLAW_SUPERVISOR_MODE === 'external' && process.argv.includes('run')) {
  console.error('it lacks a part');
  process.exit(1);
}`;
  writeFileSync(program, [first, fault, ...rest].join('\n'));
}
