/** Holdfast is taken off an account: with real watchers and gateways, and entries in a folder of the test. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive, type LoginEntries, loginEntryId } from '../process/index.ts';
import { readEndpoint } from '../rpc/endpoint.ts';
import { createSource } from '../testing/stage-source.ts';
import { type Bench, createBench } from '../testing/watcher-bench.ts';
import { act } from './act.ts';
import type { UninstallCommand } from './requests.ts';
import { uninstall } from './uninstall.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await createBench();
});
afterEach(() => bench.sweep());

const silent = { print: () => {}, warn: () => {} };

/** The entry for the login as a file, and a search path as a set. */
function around() {
  const file = (id: string): string => path.join(bench.folder, 'entries', id);
  mkdirSync(path.join(bench.folder, 'entries'));
  writeFileSync(file(loginEntryId(bench.state.root)), '');
  const unused = (): never => {
    throw new Error('not asked');
  };
  const entries: LoginEntries = {
    file,
    isCurrent: unused,
    says: unused,
    isEnabled: unused,
    register: unused,
    unregister: async (id) => rmSync(file(id)),
    others: unused,
  };
  const folders = new Set(['/usr/bin', path.dirname(bench.state.launcher)]);
  const searchPath = {
    has: (folder: string) => folders.has(folder),
    add: unused,
    remove: async (folder: string) => void folders.delete(folder),
  };
  return {
    entries,
    path: searchPath,
    folders,
    left: () => readdirSync(path.join(bench.folder, 'entries')),
  };
}

async function served() {
  const source = createSource(bench.folder);
  await act(bench.state, { name: 'start', gateways: ['ref'], json: false }, silent, source);
  const watcher = readEndpoint(bench.state)?.identity;
  const gateway = await bench.running(await bench.client());
  if (!watcher) throw new Error('No watcher serves.');
  return { source, watcher, gateway };
}

const asked = (changes: Partial<UninstallCommand>): UninstallCommand => ({
  name: 'uninstall',
  gateways: null,
  data: false,
  yes: false,
  ...changes,
});
const yesTo =
  (...yes: readonly RegExp[]) =>
  async (question: string) =>
    yes.some((one) => one.test(question));

describe('uninstall', () => {
  it('ends service and gateways, and leaves settings and data alone', async () => {
    const { source, watcher, gateway } = await served();
    const { left, folders, ...deps } = around();
    const ask = yesTo(/Stop your gateways/, /Take Holdfast off/);
    expect(await uninstall(bench.state, asked({}), silent, { ...deps, source, ask })).toBe(0);
    expect([watcher, gateway].map(isAlive)).toEqual([false, false]);
    expect([left(), [...folders]]).toEqual([[], ['/usr/bin']]);
    const { staged, run, launcher, profiles } = bench.state;
    expect([staged, run, launcher].map((one) => existsSync(one))).toEqual([false, false, false]);
    expect(readdirSync(profiles)).toEqual(['ref.json']);
  });

  it('lets gateways run on when that is wanted', async () => {
    const { source, watcher, gateway } = await served();
    const { left, folders: _, ...deps } = around();
    const words = asked({ gateways: 'keep', yes: true });
    expect(await uninstall(bench.state, words, silent, { ...deps, source, ask: null })).toBe(0);
    expect([watcher, gateway].map(isAlive)).toEqual([false, true]);
    expect(left()).toEqual([]);
  });

  it('leaves nothing at all with --data, and ends gateways that nobody watches', async () => {
    const { source, watcher, gateway } = await served();
    process.kill(watcher.pid, 'SIGKILL');
    const { left, folders: _, ...deps } = around();
    const words = asked({ gateways: 'stop', data: true, yes: true });
    expect(await uninstall(bench.state, words, silent, { ...deps, source, ask: null })).toBe(0);
    expect(isAlive(gateway)).toBe(false);
    expect([left(), existsSync(bench.state.root)]).toEqual([[], false]);
  });

  it('does nothing without an answer, and says what would be one', async () => {
    const { source, watcher, gateway } = await served();
    const { left, folders: _, ...deps } = around();
    const without = { ...deps, source, ask: null };
    const refused = (changes: Partial<UninstallCommand>, ask = without) =>
      uninstall(bench.state, asked(changes), silent, ask);
    await expect(refused({})).rejects.toThrow(/--gateways stop ends them/);
    await expect(refused({ gateways: 'stop' })).rejects.toThrow(/--yes/);
    await expect(refused({ gateways: 'keep', data: true })).rejects.toThrow(/--gateways stop/);
    const no = { ...deps, source, ask: yesTo(/Stop your/) };
    expect(await uninstall(bench.state, asked({}), silent, no)).toBe(1);
    expect([watcher, gateway].map(isAlive)).toEqual([true, true]);
    expect(left()).toHaveLength(1);
    await bench.finish();
  });
});
