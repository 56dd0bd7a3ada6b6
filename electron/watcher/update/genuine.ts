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
import { askProgram, type Clock, isOfLoginEntry, loginEntryId } from '../../process/index.ts';
import { stagedOr, trustScript } from '../../staging/staged.ts';
import { type BundleTools, systemBundleTools, unpackBundle } from '../../transaction/app-bundle.ts';
import { bundleOf } from '../../transaction/folder-names.ts';
import { type FolderInstall, listInstalled } from '../../transaction/installed-folder.ts';
import { readKept } from '../../transaction/kept.ts';
import { newFileOf, type OldFolder, type Plan, readPlan } from '../../transaction/plan.ts';

export interface GenuineDeps {
  readonly state: StateFolder;
  readonly clock: Clock;
  /** The watcher's own. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What unpacks and judges an app bundle; by default what macOS brings. */
  readonly bundleTools?: BundleTools;
  /** Whether launchd has started this watcher; by default as its environment says. */
  readonly isAgent?: () => boolean;
}

/** It reads 150 MB and a few kilobytes of metadata: a second, and on a slow, busy disk some tens. */
const timeoutMs = 120_000;

/** Of the system's programs; what they print is only told when they fail. */
const maxPrintedBytes = 1024 * 1024;

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

/** The folder that an attempt is going to replace, listed for its way back. Rejects with a ContractError. */
function listReplaced(
  attempt: string,
  expected: FolderInstall,
  state: StateFolder,
): Promise<OldFolder> {
  return listInstalled(state, attempt, expected).catch((error: unknown) => {
    throw new ContractError(
      `What is installed could not be recorded for the way back: ${errorText(error)}.`,
    );
  });
}

export interface CheckedFolders {
  /** The folder that an attempt is going to replace, as it is; absent where it replaces a file. */
  readonly old?: OldFolder;
  /** Of the list of what was unpacked to take its place (base64); absent where nothing was. */
  readonly newListSha512?: string;
}

export interface CheckedAttempt {
  /** base64 sha512 of the file that the release keys have signed, or that was kept. */
  readonly genuine: string;
  readonly folders: CheckedFolders;
}

/** What has to be known of an attempt before it is armed. Rejects with a ContractError. */
export async function checkAttempt(attempt: string, deps: GenuineDeps): Promise<CheckedAttempt> {
  refuseOutsideLaunchd(attempt, deps);
  const genuine = await checkGenuine(attempt, deps);
  return { genuine, folders: await layFolders(attempt, deps) };
}

/** Lists what is replaced, and unpacks what takes its place where that comes in a zip. Rejects with a ContractError. */
export async function layFolders(attempt: string, deps: GenuineDeps): Promise<CheckedFolders> {
  const plan = planOf(attempt, deps.state);
  if (plan.expected.kind === 'appimage') return {};
  const old = await listReplaced(attempt, plan.expected, deps.state);
  if (plan.expected.kind !== 'bundle') return { old };
  const tools = deps.bundleTools ?? systemBundleTools(runSystemProgram);
  const { newFiles } = deps.state.attempt(attempt);
  const newListSha512 = await unpackBundle(tools, plan, plan.expected, newFiles).catch(
    (error: unknown) => {
      throw new ContractError(`The new version can't be used: ${errorText(error)}`);
    },
  );
  return { old, newListSha512 };
}

function runSystemProgram(program: string, args: readonly string[]): Promise<string> {
  return askProgram(program, args, { timeoutMs, maxBytes: maxPrintedBytes });
}

/** What an app has started may be ended with it by macOS, in the middle of the exchange. Throws a ContractError. */
function refuseOutsideLaunchd(attempt: string, deps: GenuineDeps): void {
  const { state, env, isAgent = () => isOfLoginEntry(loginEntryId(state.root), env) } = deps;
  const { appFile } = planOf(attempt, state).expected;
  if (bundleOf(appFile) === null || isAgent()) return;
  throw new ContractError(
    'macOS may end the background service together with the app, because the app has started it. Switch on “Start at login” in the settings, log out and in, then update again.',
  );
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
