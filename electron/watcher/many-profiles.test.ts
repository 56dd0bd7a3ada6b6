/** What thousands of profiles cost at the start and the end of a watcher: counted, not timed. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as z from 'zod/mini';
import { profileSchema } from '../contract/profile.ts';

const counts = vi.hoisted(() => ({ fsyncs: 0, looks: 0 }));
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
    counts.looks += 1;
    return proc.allPids();
  };
  return { ...proc, allPids };
});
const { loadProfiles, saveProfile, removeProfile } = await import('../gateway/profiles.ts');
const { createSupervisor } = await import('../gateway/supervisor.ts');
const { sharedExitWaiter, systemClock } = await import('../process/index.ts');
const { createRegistry } = await import('./registry.ts');

const many = 200;
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hf-many-'));
  for (const name of ['profiles', 'ledger', 'logs', 'data']) mkdirSync(join(root, name));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function open() {
  const folder = join(root, 'profiles');
  const registry = createRegistry({
    folder,
    loadProfiles: () => loadProfiles(folder),
    profileExists: () => false,
    saveProfile: (profile) => saveProfile(folder, profile),
    removeProfile: (id) => removeProfile(folder, id),
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

test('many profiles are opened with one look at all processes, and closed without a write for each', () => {
  for (let n = 0; n < many; n += 1) {
    const program = { type: 'command', command: 'true' };
    const raw = { schema: 1, id: `g${n}`, name: `G ${n}`, program, autostart: false };
    saveProfile(join(root, 'profiles'), z.parse(profileSchema, raw));
  }
  counts.fsyncs = 0;
  counts.looks = 0;
  const registry = open();
  expect(registry.supervisors().size).toBe(many);
  // One for nonces, one for who writes a log; macOS and Windows have other calls.
  expect(counts.looks).toBeLessThanOrEqual(2);
  registry.freeze();
  registry.close();
  expect(counts.fsyncs).toBe(0);
  expect(readdirSync(join(root, 'ledger'))).toEqual([]);
});
