/** Removes staged builds that nothing needs any more. */
import { promises, readdirSync } from 'node:fs';
import path from 'node:path';
import type { StateFolder } from '../files/state-folder.ts';
import { readLedger } from '../gateway/ledger/ledger.ts';
import { removeStaged } from '../staging/staging.ts';
import { unfinishedAttempt } from './attempts.ts';
import { readPlan } from './plan.ts';

/** Drafts older than this belong to a staging that died; staging takes seconds. */
const draftMs = 10 * 60_000;

/**
 * Keeps what `inUse` names (paths inside staged folders), what gateways run from or are pinned to,
 * what an update under way may need, and the newest other bundle and runtime; removes the rest. Never
 * fails: a folder that can't be removed is tried again next time.
 */
export async function collectStaged(state: StateFolder, inUse: readonly string[]): Promise<void> {
  for (const folder of await leftoverStages(state, inUse))
    await removeStaged(folder).catch(() => {});
}

/** The folders that `collectStaged` would remove. Never fails. */
export async function leftoverStages(
  state: StateFolder,
  inUse: readonly string[],
): Promise<string[]> {
  const names = await promises.readdir(state.staged).catch((): string[] => []);
  const ages = await Promise.all(
    names.map(async (name) => {
      const facts = await promises.stat(path.join(state.staged, name)).catch(() => undefined);
      return { name, at: facts?.mtimeMs ?? 0 };
    }),
  );
  const used = new Set(
    [...inUse, ...usedByGateways(state), ...usedByUpdate(state)].map(
      (file) => path.relative(state.staged, file).split(path.sep)[0] ?? '',
    ),
  );
  const doomed: string[] = [];
  for (const kind of ['bundle-', 'runtime-']) {
    const spare = ages
      .filter(({ name }) => name.startsWith(kind) && !used.has(name))
      .sort((a, b) => b.at - a.at);
    doomed.push(...spare.slice(1).map(({ name }) => name));
  }
  for (const { name, at } of ages) {
    if (name.startsWith('.draft-') && Date.now() - at > draftMs) doomed.push(name);
  }
  return doomed.map((name) => path.join(state.staged, name));
}

/** A process that was started long ago may still load parts of its program. */
function usedByGateways(state: StateFolder): string[] {
  return namesIn(state.ledger).flatMap((name) => {
    if (!name.endsWith('.json')) return [];
    const reading = readLedger(state.ledger, name.slice(0, -'.json'.length));
    if (reading.type !== 'record') return [];
    const { process: running, pin } = reading.ledger;
    const kept = pin ? [pin.bundle, pin.runtime].map((one) => path.join(state.staged, one)) : [];
    return [...kept, ...(running ? [running.exe, ...running.argv] : [])];
  });
}

function usedByUpdate(state: StateFolder): string[] {
  const attempt = unfinishedAttempt(state);
  if (attempt === null) return [];
  try {
    const { currentStage, nextStage } = readPlan(state, attempt);
    return [currentStage, nextStage].flatMap((one) => (one ? [one.bundle, one.runtime] : []));
  } catch {
    return [];
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
