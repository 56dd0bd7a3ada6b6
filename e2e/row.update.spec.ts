/**
 * Updates in a row, each to a packed release that is newer than the one before: a gateway that calls
 * itself something else is kept through all of them, two whose ports are held are replaced without a
 * client being refused, there is one watcher, and nothing piles up. `npm run test:update:all` makes twenty.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { demoProfile } from '../electron/contract/demo-gateway.ts';
import type { Identity } from '../electron/contract/identity.ts';
import type { ProfileInput } from '../electron/contract/profile.ts';
import { stateFolder } from '../electron/files/state-folder.ts';
import { isAlive } from '../electron/process/index.ts';
import { readEndpoint } from '../electron/rpc/endpoint.ts';
import { freePort } from '../electron/testing/free-port.ts';
import { connectAllTheTime } from '../electron/testing/port-witness.ts';
import { attach, projectRoot } from './support/desktop-app.ts';
import { here } from './support/release-gateway.ts';
import { endApps, runningApps } from './support/running-apps.ts';
import { clickUpdate, identityOf, shownReceipt } from './support/update-checks.ts';
import { newBuild } from './support/update-profiles.ts';
import { type InstalledApp, installOldApp, watcherUntil } from './support/update-world.ts';
import { leaveNothing, watcherState } from './support/watcher.ts';

const soakMs = 1_500;
/** One update, with its download, two starts of Electron and the soak. */
const oneUpdateMs = 60_000;

interface Release {
  readonly version: string;
  readonly build: string;
  /** Undefined for the first, which the feed offers from the beginning. */
  readonly image?: string;
}

const following = (process.env.HOLDFAST_RELEASES_AFTER ?? '')
  .split(':')
  .filter((one) => one !== '');
const releases: readonly Release[] = [
  newBuild,
  ...following.map((folder, at) => ({
    version: `1.0.${at + 2}`,
    build: `1.0.${at + 2}+new-${at + 2}`,
    image: join(folder, 'Holdfast-x86_64.AppImage'),
  })),
];

let app: InstalledApp;
test.beforeEach(async () => {
  app = await installOldApp();
});
test.afterEach(async () => {
  await endApps(app.sandbox.state);
  await app.feed.close();
  await leaveNothing(app.sandbox.state, app.sandbox.folder);
  app.sandbox.remove();
});

/** What must not pile up. Memory is only recorded: it differs between processes. */
/** The build in use, the one an update came from, a spare one, and the runtime they share. */
const mostStages = 4;

interface Holdings {
  readonly stages: number;
  readonly sockets: number;
  readonly descriptors: number;
  readonly privateKiB: number;
}

/** What a client of a held port met in one update. */
interface Served {
  readonly update: string;
  readonly gateway: string;
  readonly connections: number;
  readonly refused: number;
  /** As the receipt says it. */
  readonly longestWaitMs: number | undefined;
}

function watcherNow(): { identity: Identity; socket: string } {
  const endpoint = readEndpoint(stateFolder(app.sandbox.state));
  if (!endpoint) throw new Error('no watcher serves');
  return endpoint;
}

function holdings(): Holdings {
  const { identity, socket } = watcherNow();
  const memory = readFileSync(`/proc/${identity.pid}/smaps_rollup`, 'utf8');
  const kib = [...memory.matchAll(/^Private_\w+: +(\d+) kB$/gm)].map(([, amount]) =>
    Number(amount),
  );
  return {
    stages: readdirSync(stateFolder(app.sandbox.state).staged).length,
    sockets: readdirSync(dirname(socket)).length,
    descriptors: readdirSync(`/proc/${identity.pid}/fd`).length,
    privateKiB: kib.reduce((sum, one) => sum + one, 0),
  };
}

/** Clicks Update, follows the app to its successor, and wants the watcher to be the release's. */
async function update(page: Page, port: number, release: Release): Promise<Page> {
  if (release.image) await app.offer(release.image, release.version);
  const [old] = runningApps(app.sandbox.state);
  if (!old) throw new Error('no app runs');
  await clickUpdate(page);
  await expect.poll(() => isAlive(old), { timeout: oneUpdateMs }).toBe(false);
  const next = await attach(port);
  await next.page.getByTestId('nav-update').click();
  await expect(next.page.getByTestId('receipt')).toHaveAttribute('data-outcome', 'committed', {
    timeout: oneUpdateMs,
  });
  expect((await shownReceipt(next.page)).toBuild).toBe(release.build);
  await watcherUntil(app.sandbox.state, ({ watcher }) => watcher.buildId === release.build);
  return next.page;
}

/** Two that are replaced in each update, whose ports are held in the two ways. */
async function heldProfiles(): Promise<ProfileInput[]> {
  return [
    { ...demoProfile(await freePort()), id: 'passed', name: 'Passed', listen: 'passed' },
    { ...demoProfile(await freePort()), id: 'fronted', name: 'Fronted', listen: 'fronted' },
  ];
}

/** Makes the update while clients connect to both every millisecond; none is refused. */
async function updateServing(
  of: readonly ProfileInput[],
  release: Release,
  make: () => Promise<Page>,
): Promise<{ page: Page; served: Served[] }> {
  const clients = of.map(({ port = 0 }) => connectAllTheTime(port));
  const page = await make();
  const seen = await Promise.all(clients.map((client) => client.stop()));
  const receipt = await shownReceipt(page);
  const served = of.map(({ id }, at) => {
    const found = receipt.gateways.find((one) => one.id === id);
    expect(found).toMatchObject({ result: 'replaced', after: { build: release.build } });
    return {
      update: release.version,
      gateway: id,
      connections: seen[at]?.connections ?? 0,
      refused: seen[at]?.refused.length ?? 0,
      longestWaitMs: found?.client?.longestWaitMs,
    };
  });
  expect(served).toEqual(served.map((one) => ({ ...one, refused: 0 })));
  return { page, served };
}

/** Every setting in another way than it is at first, and one that only a later version knows. */
const choices = {
  schema: 1,
  theme: 'dark',
  language: 'de',
  onQuit: 'keep',
  startHidden: true,
  checkForUpdates: false,
  notifications: 'problems',
  logMegabytes: 50,
  newGatewayGraceMs: 60_000,
  skippedVersion: '0.0.1',
  offersDismissed: ['ollama'],
  trayNoticeShown: true,
  ofLater: 'kept',
};

test('updates in a row keep a titled gateway, refuse no client of held ports, and pile nothing up', async () => {
  test.setTimeout((releases.length + 1) * oneUpdateMs);
  const { state } = app.sandbox;
  const port = await freePort();
  const replaced = await heldProfiles();
  for (const profile of replaced) app.sandbox.writeProfile(profile);
  app.sandbox.writeProfile({
    schema: 1,
    id: 'titled',
    name: 'Titled server',
    program: {
      type: 'command',
      command: 'perl',
      args: [here.fixture('titled-server.pl'), '--port', String(port), '--worker'],
      cwd: projectRoot,
    },
    port,
    readiness: { type: 'http', path: '/' },
    update: { policy: 'keep' },
  });
  const settings = join(state, 'settings.json');
  writeFileSync(settings, JSON.stringify(choices), { mode: 0o600 });
  const desktop = await app.startOld(soakMs);
  const before = await watcherUntil(state, ({ gateways }) =>
    ['titled', ...replaced.map(({ id }) => id)].every(
      (id) => gateways[id]?.state.status === 'running',
    ),
  );
  let page = desktop.page;
  const held: Holdings[] = [];
  const clients: Served[] = [];
  for (const release of releases) {
    const last = watcherNow().identity;
    const next = await updateServing(replaced, release, () => update(page, desktop.port, release));
    page = next.page;
    clients.push(...next.served);
    // It ends once it has heard that its successor serves.
    await expect.poll(() => isAlive(last)).toBe(false);
    const after = await watcherState(state);
    expect(identityOf(after.gateways.titled)).toEqual(identityOf(before.gateways.titled));
    expect(after.gateways.titled?.restarts).toBe(before.gateways.titled?.restarts);
    // The app removes what is no longer needed once it has heard that the new watcher serves.
    await expect.poll(() => holdings().stages).toBeLessThanOrEqual(mostStages);
    held.push(holdings());
  }
  expect(JSON.parse(readFileSync(settings, 'utf8'))).toMatchObject(choices);
  console.table(held);
  console.table(clients);
  const results = process.env.HOLDFAST_RESULTS;
  if (results)
    writeFileSync(join(results, 'updates-in-a-row.json'), JSON.stringify({ held, clients }));
  const [first, settled, ...later] = held;
  if (!first || !settled || later.length === 0)
    throw new Error('at least three updates are needed');
  for (const { sockets } of held) {
    expect(sockets).toBe(first.sockets);
  }
  // A request that is being answered has its own connection.
  const most = Math.max(first.descriptors, settled.descriptors);
  await expect.poll(() => holdings().descriptors).toBeLessThanOrEqual(most);
  expect((await fetch(`http://127.0.0.1:${port}/`)).ok).toBe(true);
});
