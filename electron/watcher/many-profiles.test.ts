/** What thousands of profiles cost at the start and the end of a watcher: counted, not timed. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as z from 'zod/mini';
import { profileSchema } from '../contract/profile.ts';

const counts = vi.hoisted(() => ({ fsyncs: 0, scans: 0 }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const fsyncSync: typeof fs.fsyncSync = (fd) => {
    counts.fsyncs += 1;
    fs.fsyncSync(fd);
  };
  return { ...fs, fsyncSync };
});
vi.mock('../process/linux/proc.ts', async (original) => {
  const proc = await original<typeof import('../process/linux/proc.ts')>();
  const allPids: typeof proc.allPids = () => {
    counts.scans += 1;
    return proc.allPids();
  };
  return { ...proc, allPids };
});
const { loadProfiles, saveProfile, removeProfile } = await import(
  '../gateway/profiles/profiles.ts'
);
const { createSupervisor } = await import('../gateway/supervisor.ts');
const { sharedExitWaiter, systemClock } = await import('../process/index.ts');
const { Registry } = await import('./registry.ts');
const { VersionWatch } = await import('./version-watch.ts');

const many = 200;
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hf-many-'));
  for (const name of ['profiles', 'ledger', 'logs', 'data']) mkdirSync(join(root, name));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function open() {
  const folder = join(root, 'profiles');
  const registry = new Registry({
    folder,
    loadProfiles: () => loadProfiles(folder),
    profileExists: () => false,
    saveProfile: (profile) => saveProfile(folder, profile),
    removeProfile: (profile) => removeProfile(folder, profile),
    withheld: () => false,
    createSupervisor: (profile) =>
      createSupervisor({
        profile,
        shipped: () => ({ node: process.execPath, script: '', buildId: '' }),
        pinned: () => null,
        ledgerDir: join(root, 'ledger'),
        logFile: join(root, 'logs', `${profile.id}.log`),
        dataDir: join(root, 'data', profile.id),
        stateRoot: root,
        waiter: sharedExitWaiter(),
        clock: systemClock,
        random: Math.random,
        log: () => {},
      }),
    onChange: () => {},
    log: { info: () => {}, error: () => {} },
  });
  registry.open();
  return registry;
}

function saveMany(update: object = { policy: 'keep' }): void {
  for (let n = 0; n < many; n += 1) {
    const program = { type: 'command', command: 'true' };
    const raw = { schema: 1, id: `g${n}`, name: `G ${n}`, program, autostart: false, update };
    saveProfile(join(root, 'profiles'), z.parse(profileSchema, raw));
  }
}

test('many profiles are opened with one scan of all processes, and closed without a write for each [R32]', () => {
  saveMany();
  counts.fsyncs = 0;
  counts.scans = 0;
  const registry = open();
  expect(registry.supervisors().size).toBe(many);
  // One for nonces, one for the writers of logs; macOS and Windows have other calls.
  expect(counts.scans).toBeLessThanOrEqual(2);
  registry.freeze('retired');
  registry.close();
  expect(counts.fsyncs).toBe(0);
  expect(readdirSync(join(root, 'ledger'))).toEqual([]);
});

test('a change of one gateway among many has the versions of no other looked at', () => {
  saveMany({ policy: 'keep', version: { type: 'file', path: 'version' } });
  const registry = open();
  let looks = 0;
  const counted = [...registry.supervisors()].map(([id, one]) => {
    const view = one.view.bind(one);
    one.view = () => {
      looks += 1;
      return view();
    };
    return [id, one] as const;
  });
  const versions = new VersionWatch({
    state: { versions: join(root, 'versions.json'), run: root, root, gatewayData: () => root },
    clock: systemClock,
    supervisors: () => new Map(counted),
    userEnvironment: () => ({}),
    onChange: () => {},
    log: () => {},
  });
  versions.notice();
  expect(looks).toBe(many);
  const [first] = counted;
  if (!first) throw new Error('no gateway');
  for (let change = 0; change < many; change += 1) versions.noticeOne(first[1]);
  expect(looks).toBe(2 * many);
  versions.pause();
  registry.freeze('retired');
  registry.close();
});
