/**
 * Puts the watcher's bundle and its runtime outside the app: copied under the name of their own
 * content, made read-only, and checked again whenever they are about to be run. A copy that is
 * interrupted leaves a draft that nobody runs and the next staging sweeps away.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, promises, readdirSync } from 'node:fs';
import path from 'node:path';
import { readLedger } from '../gateway/ledger.ts';
import { hashFile, stageFile } from '../process/index.ts';
import { unfinishedAttempt } from './attempts.ts';
import { readPlan } from './plan.ts';
import {
  bundleFolder,
  MANIFEST_FILE,
  type Manifest,
  manifestHash,
  RUNTIME_FILE,
  readManifest,
  runtimeFile,
  type Stage,
  verifyBundle,
  verifyRuntime,
} from './staged.ts';
import type { StateFolder } from './state-folder.ts';

export interface StageSource {
  /** Folder with the bundles and their `manifest.json`. */
  readonly bundle: string;
  /** The Node executable. */
  readonly runtime: string;
}

/** Drafts older than this belong to a staging that died; a living one takes seconds. */
const DRAFT_MS = 10 * 60_000;

/** Stages `source`; what is staged already is only verified. Rejects with a sentence. */
export async function stageWatcher(state: StateFolder, source: StageSource): Promise<Stage> {
  try {
    await promises.mkdir(state.staged, { recursive: true, mode: 0o700 });
    const [{ bundle, manifest }, runtime] = await Promise.all([
      stageBundle(state, source.bundle),
      stageRuntime(state, source.runtime),
    ]);
    return { bundle, runtime, buildId: manifest.buildId };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `The watcher could not be put into ${state.staged}: ${why} Check that the disk has 200 MB free and that the folder is yours.`,
      { cause },
    );
  }
}

async function stageBundle(
  state: StateFolder,
  from: string,
): Promise<{ bundle: string; manifest: Manifest }> {
  const manifest = readManifest(from);
  const target = bundleFolder(state, manifest);
  if (existsSync(target)) {
    try {
      return { bundle: target, manifest: verifyBundle(target) };
    } catch {
      // Damaged or tampered with: what runs from it has it in memory, the name gets a sound copy.
      await removeStaged(target);
    }
  }
  const draft = draftName(target);
  try {
    await promises.mkdir(draft, { mode: 0o700 });
    for (const [name, expected] of Object.entries(manifest.files)) {
      const digest = await stageFile(path.join(from, name), path.join(draft, name));
      if (digest !== expected) {
        throw new Error(`${path.join(from, name)} is not the file its manifest names.`);
      }
    }
    await stageFile(path.join(from, MANIFEST_FILE), path.join(draft, MANIFEST_FILE));
    if (manifestHash(readManifest(draft)) !== manifestHash(manifest)) {
      throw new Error(`${from} changed while it was copied.`);
    }
    await settle(draft, target);
  } catch (error) {
    await removeStaged(draft);
    throw error;
  }
  return { bundle: target, manifest: verifyBundle(target) };
}

async function stageRuntime(state: StateFolder, from: string): Promise<string> {
  const target = runtimeFile(state, await hashFile(from));
  if (existsSync(target)) {
    try {
      await verifyRuntime(target);
      return target;
    } catch {
      await removeStaged(path.dirname(target));
    }
  }
  const folder = path.dirname(target);
  const draft = draftName(folder);
  try {
    await promises.mkdir(draft, { mode: 0o700 });
    const staged = path.join(draft, RUNTIME_FILE);
    const digest = await stageFile(from, staged, { executable: true });
    if (runtimeFile(state, digest) !== target)
      throw new Error(`${from} changed while it was copied.`);
    await settle(draft, folder);
  } catch (error) {
    await removeStaged(draft);
    throw error;
  }
  return target;
}

/** Gives a complete draft its name; another app that staged the same was as right as we are. */
async function settle(draft: string, target: string): Promise<void> {
  if (process.platform !== 'win32') await promises.chmod(draft, 0o500);
  try {
    await promises.rename(draft, target);
  } catch (error) {
    if (!existsSync(target)) throw error;
    await removeStaged(draft);
  }
}

function draftName(target: string): string {
  const folder = path.dirname(target);
  return path.join(folder, `.draft-${path.basename(target)}-${randomBytes(6).toString('hex')}`);
}

async function removeStaged(folder: string): Promise<void> {
  // What is read-only for its owner can't be emptied.
  await promises.chmod(folder, 0o700).catch(() => {});
  await promises.rm(folder, { recursive: true, force: true });
}

/**
 * Keeps what `inUse` names (paths inside staged folders), what gateways run from or keep to, what an
 * update under way may need, and the newest other bundle and runtime; removes the rest. Never fails:
 * what can't be removed is tried again next time.
 */
export async function collectStaged(state: StateFolder, inUse: readonly string[]): Promise<void> {
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
    if (name.startsWith('.draft-') && Date.now() - at > DRAFT_MS) doomed.push(name);
  }
  for (const name of doomed) await removeStaged(path.join(state.staged, name)).catch(() => {});
}

/** Also a process that was started long ago may still load parts of its program. */
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
