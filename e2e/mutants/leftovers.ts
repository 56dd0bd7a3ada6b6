/** Ends what a mutant made its test leave behind, and empties the tests' temporary folder. */
import { chmodSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Identity } from '../../electron/contract/identity.ts';
import { endProcess, identify } from '../../electron/process/index.ts';
import { variableOf } from '../../electron/process/windows/memory.ts';
import { allProcesses } from '../../electron/process/windows/processes.ts';
import { census } from '../fixtures/census.ts';
import type { Place } from './place.ts';

/** A killed process ends within milliseconds unless the kernel is busy on its behalf. */
const endTimeoutMs = 10_000;

/** Ends every process that belongs to the place, and empties its temporary folder. */
export async function endLeftovers(place: Place): Promise<void> {
  const find = process.platform === 'win32' ? findOnWindows : findByCensus;
  const deadline = performance.now() + endTimeoutMs;
  for (let found = find(place); found.length > 0; found = find(place)) {
    for (const identity of found) endProcess(identity);
    if (performance.now() > deadline) {
      throw new Error(`These do not end: ${found.map(({ pid }) => pid).join(', ')}.`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  for (const name of readdirSync(place.temporary)) removeAll(join(place.temporary, name));
}

function findByCensus({ tree, temporary }: Place): Identity[] {
  const { processes } = census({ stateDir: tree, roots: [temporary] });
  return processes.flatMap(({ pid, startedAt }) => {
    const identity = identify(pid);
    return identity?.startedAt.endsWith(`:${startedAt}`) ? [identity] : [];
  });
}

/** Windows shows no working folders: a process belongs to the place whose temporary folder it has. */
function findOnWindows({ temporary }: Place): Identity[] {
  return allProcesses().flatMap(({ pid }) => {
    const identity = variableOf(pid, 'TEMP') === temporary ? identify(pid) : undefined;
    return identity ? [identity] : [];
  });
}

/** Staged folders are read-only; their owner may not empty them until they are writable again. */
function removeAll(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    openFolders(path);
    rmSync(path, { recursive: true, force: true });
  }
}

function openFolders(folder: string): void {
  chmodSync(folder, 0o700);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) openFolders(join(folder, entry.name));
  }
}
