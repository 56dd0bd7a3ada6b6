/** For tests: what the app leaves beside its plan of what the release keys have signed. */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { signFeed } from '../../e2e/fixtures/release-keys.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { newFileOf, type Plan } from '../transaction/plan.ts';

/** Lays the newest metadata that is served from `from` into `to`, named as a client keeps it. */
export function layMetadata(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  // The newest of its kind comes last.
  for (const name of readdirSync(from).sort()) {
    const kept = name.replace(/^\d+\.(snapshot|targets)/, '$1');
    copyFileSync(path.join(from, name), path.join(to, kept));
  }
}

/** Signs the file of an attempt by the keys of tests. */
export async function signAttempt(state: StateFolder, plan: Plan): Promise<void> {
  const served = mkdtempSync(path.join(tmpdir(), 'holdfast-signed-'));
  copyFileSync(newFileOf(plan).file, path.join(served, plan.signedAs ?? ''));
  await signFeed(served, { version: plan.toVersion });
  layMetadata(path.join(served, 'metadata'), state.attempt(plan.attempt).metadata);
  rmSync(served, { recursive: true });
}
