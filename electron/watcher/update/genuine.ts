/**
 * Whether the file of an update is what the release keys have signed: asked of a short-lived program beside
 * this watcher (electron/trust/main.ts) before the watcher arms. So nothing that the app's own check was
 * made to believe gets installed.
 */
import * as z from 'zod/mini';
import { publishers, trustedRoot } from '../../contract/build-info.ts';
import { ContractError } from '../../contract/define.ts';
import { errorText } from '../../contract/error-text.ts';
import { sha512Of } from '../../files/file-hash.ts';
import { checkFolder } from '../../files/folder-list.ts';
import type { StateFolder } from '../../files/state-folder.ts';
import { askCommand } from '../../gateway/version/ask-command.ts';
import type { Clock } from '../../process/index.ts';
import { stagedOr, trustScript } from '../../staging/staged.ts';
import { listInstalled } from '../../transaction/installed-folder.ts';
import { readKept } from '../../transaction/kept.ts';
import { newFileOf, type OldFolder, type Plan, readPlan } from '../../transaction/plan.ts';

export interface GenuineDeps {
  readonly state: StateFolder;
  readonly clock: Clock;
  /** The watcher's own. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** It reads 150 MB and a few kilobytes of metadata: a second, and on a slow, busy disk some tens. */
const timeoutMs = 120_000;

const verdictSchema = z.object({
  problem: z.nullable(z.object({ message: z.string(), hint: z.optional(z.string()) })),
});

/** The version that was installed before has no newest signature: what it was is on record since it was replaced. */
async function checkKept(state: StateFolder, plan: Plan): Promise<string> {
  const { file, sha512 } = newFileOf(plan);
  const kept = readKept(state);
  const isKept = kept?.sha512 === sha512 && kept.version === plan.toVersion;
  if (!isKept || (await sha512Of(file)).sha512 !== sha512) {
    throw new ContractError(`Version ${plan.toVersion} is not the version that was kept here.`);
  }
  if (plan.expected.kind === 'folder') {
    await checkFolder(plan.expected.newFolder, file, sha512).catch((error: unknown) => {
      throw new ContractError(`Version ${plan.toVersion} was kept here, but ${errorText(error)}`);
    });
  }
  return sha512;
}

/**
 * The folder that an attempt is going to replace, listed for its way back; null where it replaces a file. Rejects
 * with a ContractError.
 */
export async function listReplaced(attempt: string, state: StateFolder): Promise<OldFolder | null> {
  const { expected } = planOf(attempt, state);
  if (expected.kind === 'appimage') return null;
  return listInstalled(state, attempt, expected).catch((error: unknown) => {
    throw new ContractError(
      `What is installed could not be recorded for the way back: ${errorText(error)}.`,
    );
  });
}

export interface CheckedAttempt {
  /** base64 sha512 of the file that the release keys have signed, or that was kept. */
  readonly genuine: string;
  /** The folder that it is going to replace, as it is; null where it replaces a file. */
  readonly old: OldFolder | null;
}

/** What has to be known of an attempt before it is armed. Rejects with a ContractError. */
export async function checkAttempt(attempt: string, deps: GenuineDeps): Promise<CheckedAttempt> {
  const genuine = await checkGenuine(attempt, deps);
  return { genuine, old: await listReplaced(attempt, deps.state) };
}

/** @returns base64 sha512 of the file that was checked. Rejects with a ContractError. */
export async function checkGenuine(attempt: string, deps: GenuineDeps): Promise<string> {
  const { state } = deps;
  const plan = planOf(attempt, state);
  if (plan.isReturn) return checkKept(state, plan);
  const { file, sha512 } = newFileOf(plan);
  const args = [
    ...['--root', trustedRoot],
    ...['--metadata', state.attempt(attempt).metadata, '--seen', state.seenOutside],
    ...['--file', file, '--signed-as', plan.signedAs ?? '', '--version', plan.toVersion],
    ...(plan.expected.kind === 'nsis' ? publishers.flatMap((name) => ['--publisher', name]) : []),
  ];
  const here = import.meta.dirname;
  const command = {
    type: 'command' as const,
    command: process.execPath,
    args: [stagedOr(trustScript(here), here, '..', '..', 'trust', 'main.ts'), ...args],
    timeoutMs,
  };
  const { root: stateRoot, run: runFolder, root: dataDir } = state;
  const question = { clock: deps.clock, env: deps.env, stateRoot, runFolder, dataDir };
  const [printed] = await askCommand({ env: {} }, command, question).catch((error: unknown) => {
    throw new ContractError(`The update could not be checked. ${errorText(error)}`);
  });
  const { problem } = verdictOf(printed);
  if (problem) throw new ContractError([problem.message, problem.hint].filter(Boolean).join(' '));
  return sha512;
}

function planOf(attempt: string, state: StateFolder): Plan {
  try {
    return readPlan(state, attempt);
  } catch (error) {
    throw new ContractError(`The update can't be taken over: ${errorText(error)}`);
  }
}

function verdictOf(printed: string): z.infer<typeof verdictSchema> {
  try {
    return z.parse(verdictSchema, JSON.parse(printed));
  } catch (cause) {
    throw new ContractError('The update could not be checked: the check gave no verdict.', {
      cause,
    });
  }
}
