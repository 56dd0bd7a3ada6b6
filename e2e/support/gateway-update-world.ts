/**
 * The packed app, and in it one gateway after another whose update a test breaks. The app, its watcher and
 * a bystander that no update may touch keep running from test to test; after a failed one the next begins
 * with new ones. When an update is over, one process of its gateway may be there, and no file that only the
 * update needed.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test as base, expect, type Page } from '@playwright/test';
import type { GatewayReceipt } from '../../electron/contract/gateway-update.ts';
import type { Identity } from '../../electron/contract/identity.ts';
import type { ReceiptGateway } from '../../electron/contract/receipt.ts';
import type { WatcherState } from '../../electron/contract/watcher-contract.ts';
import { type AttemptStore, stateFolder } from '../../electron/files/state-folder.ts';
import { identify, isAlive } from '../../electron/process/index.ts';
import { freePort } from '../../electron/testing/free-port.ts';
import { census } from '../fixtures/census.ts';
import { newestJournal } from './attempt-records.ts';
import type { DesktopApp } from './desktop-app.ts';
import { printFailure, startAgain, watcherIdentity } from './fault-world.ts';
import { here, layVersionedGateway, statusAt, type VersionedGateway } from './release-gateway.ts';
import { endApps } from './running-apps.ts';
import { type InstalledApp, installOldApp, watcherUntil } from './update-world.ts';
import { leaveNothing, watcherOf } from './watcher.ts';
import { expectStatus, shownPid } from './world.ts';

export interface LaidGateway extends VersionedGateway {
  /** Where its updates lie. */
  readonly store: AttemptStore;
  /** The process before the update. */
  readonly before: Identity;
}

/** What is true when an update is over. */
export interface End {
  readonly outcome: 'committed' | 'put-back' | 'failed';
  readonly result: ReceiptGateway['result'];
  /** The version that serves; null: none does. */
  readonly serves: string | null;
}

const bystander = 'bystander';
/** What stays of an attempt. */
const attemptFiles = new Set(['journal.jsonl', 'plan.json', 'receipt.json']);

export class GatewayMachine {
  readonly installed: InstalledApp;
  readonly #state: string;
  #desktop: DesktopApp;
  readonly #bystander: Identity;
  #laid = 0;

  private constructor(installed: InstalledApp, desktop: DesktopApp, other: Identity) {
    this.installed = installed;
    this.#state = installed.sandbox.state;
    this.#desktop = desktop;
    this.#bystander = other;
  }

  static async start(): Promise<GatewayMachine> {
    const installed = await installOldApp();
    const { sandbox } = installed;
    const port = await freePort();
    sandbox.writeProfile({
      schema: 1,
      id: bystander,
      name: 'Bystander',
      program: {
        type: 'command',
        command: here.node,
        args: [here.fixture('foreign-server.ts'), String(port)],
        cwd: sandbox.folder,
      },
      port,
      readiness: { type: 'tcp' },
    });
    const desktop = await installed.startOld(0);
    return new GatewayMachine(installed, desktop, await runningAs(sandbox.state, bystander));
  }

  page = (): Page => this.#desktop.page;

  /** Starts the app again, after its end. */
  async startAgain(): Promise<void> {
    await this.#desktop.exited;
    this.#desktop = await startAgain(this.installed);
  }

  /** Version 1.0.0 of a new gateway runs and is shown. @param spoil what is done to its files before */
  async lay(
    ways: Parameters<typeof layVersionedGateway>[2],
    spoil: (laid: VersionedGateway) => void = () => undefined,
  ): Promise<LaidGateway> {
    this.#laid += 1;
    const laid = await layVersionedGateway(this.installed.sandbox, `locked-${this.#laid}`, ways);
    spoil(laid);
    const before = await runningAs(this.#state, laid.id);
    await this.show(laid);
    return { ...laid, before, store: stateFolder(this.#state).gatewayAttempts(laid.id) };
  }

  async show({ id }: Pick<VersionedGateway, 'id'>): Promise<void> {
    await this.page().getByTestId(`gateway-item-${id}`).click();
  }

  async clickUpdate(): Promise<void> {
    await this.page().getByTestId('gateway-install-version').click();
  }

  /** Waits for the end of the update, and checks what must be true then. */
  async expectEnd(gateway: LaidGateway, end: End): Promise<GatewayReceipt> {
    const { id, root } = gateway;
    const { gatewayUpdates } = await watcherUntil(this.#state, (state) => {
      const found = state.gatewayUpdates[id];
      return found?.update === null && found.receipt !== null && found.receipt.outcome !== 'back';
    });
    const receipt = gatewayUpdates[id]?.receipt;
    if (!receipt) throw new Error('there is no receipt');
    const { outcome, result, serves } = end;
    const after = serves === null ? null : { build: serves };
    expect(receipt).toMatchObject({ outcome, gateways: [{ id, result, after }] });
    if (serves !== null) await this.#expectServing(gateway, serves);
    const served = serves === null ? [] : [(await statusAt(gateway.port)).pid];
    await expect.poll(() => processesAt(root)).toEqual(served);
    await expect.poll(() => this.#watchers()).toEqual([watcherIdentity(this.installed).pid]);
    // What was copied for the way back is removed after the end is said.
    await expect.poll(() => this.#rests(gateway)).toEqual([]);
    expect(await runningAs(this.#state, bystander)).toEqual(this.#bystander);
    return receipt;
  }

  /** Stops the gateway and removes it; nothing of it runs. */
  async remove({ id, root }: LaidGateway): Promise<void> {
    const watcher = await watcherOf(this.#state);
    if (!watcher) throw new Error('no watcher serves');
    await watcher.call('gateway.stop', { id });
    await watcher.call('profile.remove', { id });
    watcher.close();
    await expect.poll(() => processesAt(root)).toEqual([]);
  }

  printFailure(gateway: LaidGateway | undefined): void {
    const own = gateway
      ? [stateFolder(this.#state).gatewayLog(gateway.id), ...newestJournal(gateway.store)]
      : [];
    printFailure(this.#state, own);
  }

  async end(): Promise<void> {
    const { sandbox, feed } = this.installed;
    await endApps(sandbox.state);
    await feed.close();
    await leaveNothing(sandbox.state, sandbox.folder);
    sandbox.remove();
  }

  /** It answers with this version, and watcher and window name the process that does. */
  async #expectServing(gateway: LaidGateway, version: string): Promise<void> {
    const { pid, nonce } = await runningAs(this.#state, gateway.id);
    expect(await statusAt(gateway.port)).toEqual(
      expect.objectContaining({ build: version, pid, nonce }),
    );
    await this.show(gateway);
    await expectStatus(this.page(), 'running');
    expect(await shownPid(this.page())).toBe(pid);
    await expect(this.page().getByTestId('fact-version')).toContainText(version);
  }

  #watchers(): number[] {
    return census({ stateDir: this.#state, roots: [] })
      .processes.filter(({ argv }) => argv[0]?.startsWith(join(this.#state, 'staged')))
      .map(({ pid }) => pid);
  }

  /** Files that an update needs only while it is under way. */
  #rests({ id, root, store }: LaidGateway): string[] {
    const { rehearsals, gatewayUpdates } = stateFolder(this.#state);
    const ofAttempts = readdirSync(store.updates).flatMap((attempt) =>
      readdirSync(join(store.updates, attempt)).filter((name) => !attemptFiles.has(name)),
    );
    return [
      ...ofAttempts,
      ...readdirSync(root).filter((name) => /\.(staged|previous)$/.test(name)),
      ...readdirSync(gatewayUpdates).filter((name) => name.startsWith('breakpoint-')),
      ...[join(rehearsals, id)].filter(existsSync),
    ];
  }
}

/** The process of this gateway, once it runs. The watcher may hear a moment later that it was killed. */
async function runningAs(state: string, id: string): Promise<Identity> {
  const processIn = ({ gateways: { [id]: found } }: WatcherState): Identity | undefined =>
    found?.state.status === 'running' ? found.state.identity : undefined;
  const found = await watcherUntil(state, (now) => {
    const process = processIn(now);
    return process !== undefined && isAlive(process);
  });
  const process = processIn(found);
  if (!process) throw new Error(`${id} does not run`);
  return process;
}

/** Every process that has to do with this folder. */
function processesAt(root: string): number[] {
  return census({ stateDir: root, roots: [] }).processes.map(({ pid }) => pid);
}

/** The one process that serves from it. */
export function serverAt({ folder }: VersionedGateway): Identity {
  const script = join(folder, 'server.mjs');
  const [found, ...more] = census({ stateDir: folder, roots: [] })
    .processes.filter(({ argv }) => argv[1] === script)
    .flatMap(({ pid }) => identify(pid) ?? []);
  if (!found || more.length > 0)
    throw new Error(`${more.length + (found ? 1 : 0)} gateways, not one`);
  return found;
}

export const test = base.extend<{ lay: GatewayMachine['lay'] }, { machine: GatewayMachine }>({
  machine: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's dependencies from this pattern.
    async ({}, use) => {
      const machine = await GatewayMachine.start();
      await use(machine);
      await machine.end();
    },
    { scope: 'worker' },
  ],
  lay: async ({ machine }, use, info) => {
    let laid: LaidGateway | undefined;
    await use(async (ways, spoil) => {
      laid = await machine.lay(ways, spoil);
      return laid;
    });
    if (info.status !== info.expectedStatus) machine.printFailure(laid);
    else if (laid) await machine.remove(laid);
  },
});
