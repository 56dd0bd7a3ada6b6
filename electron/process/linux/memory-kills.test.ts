/** The kernel's counters of processes that it ended for lack of memory, in files that the test writes. */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { eventually } from '../../testing/eventually.ts';
import { type MemoryKillSources, MemoryKillWatch, watchMemoryKills } from './memory-kills.ts';

let folder: string;
let now: number;
let watched: MemoryKillWatch;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-memory-'));
  now = 0;
  write('events', 0);
  write('vmstat', 7);
});
afterEach(() => {
  watched.close();
  rmSync(folder, { recursive: true, force: true });
});

function write(name: 'events' | 'vmstat', kills: number): void {
  writeFileSync(join(folder, name), `oom 3\noom_kill ${kills}\noom_group_kill 9\n`);
}

function begin(changes: Partial<MemoryKillSources> = {}): void {
  watched = new MemoryKillWatch({
    eventsFile: join(folder, 'events'),
    isOwnGroup: true,
    vmstatFile: join(folder, 'vmstat'),
    now: () => now,
    ...changes,
  });
}

test('a kill in its own control group is known to be the cause [R114]', () => {
  begin();
  expect(watched.verdict()).toBeNull();
  write('events', 1);
  expect(watched.verdict()).toBe('known');
});

test('a kill in a group that Holdfast shares is only likely to be the cause [R114]', () => {
  begin({ isOwnGroup: false });
  write('events', 1);
  expect(watched.verdict()).toBe('likely');
});

test('a kill somewhere on the system is only a hint [R114]', () => {
  begin({ eventsFile: null });
  expect(watched.verdict()).toBeNull();
  write('vmstat', 8);
  expect(watched.verdict()).toBe('possible');
});

test('kills from before the start are no cause [R114]', () => {
  write('events', 4);
  begin();
  expect(watched.verdict()).toBeNull();
});

test('an earlier kill in its group is not the cause of a later end [R114]', async () => {
  const reads = vi.fn(() => now);
  begin({ now: reads });
  write('events', 1);
  // The watch has heard it, and asked for the time.
  await eventually(() => expect(reads).toHaveBeenCalled());
  now = 60_000;
  expect(watched.verdict()).toBeNull();
});

test('a group without the file gives no more than the hint [R114]', () => {
  begin({ eventsFile: join(folder, 'none') });
  appendFileSync(join(folder, 'none'), 'oom_kill 1\n');
  expect(watched.verdict()).toBeNull();
});

test.skipIf(process.platform !== 'linux')('of a process that runs well, nothing is said', () => {
  const real = watchMemoryKills(process.pid);
  expect(real.verdict()).toBeNull();
  real.close();
  begin();
});
