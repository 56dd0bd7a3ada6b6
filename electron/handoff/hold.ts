/**
 * For whole-app tests: lets one kill a process right after a certain record, and not a few
 * milliseconds later. Only the e2e flavour has it; from what ships the bundler removes it.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { E2E_FLAVOUR } from '../contract/build-info.ts';

const still = new Int32Array(new SharedArrayBuffer(4));
/** How often to look whether the test lets go; milliseconds. */
const LOOK_MS = 2;

/** Whose presence holds the writer of a `step` record in the journals of this state folder. */
export function holdFile(stateRoot: string, step: string): string {
  return path.join(stateRoot, `hold-${step}`);
}

/** Stands still, with everything the process does, while the hold file is there. */
export function holdAfter(journalFile: string, step: string): void {
  if (!E2E_FLAVOUR) return;
  // <state>/updates/<attempt>/<journal>
  const file = holdFile(path.resolve(journalFile, '../../..'), step);
  while (existsSync(file)) Atomics.wait(still, 0, 0, LOOK_MS);
}
