/**
 * `holdfast uninstall`: takes Holdfast away from this user, before or after the app itself is removed. What becomes
 * of the gateways is asked; what starts Holdfast at login, its background service and its programs go in any case.
 *
 *   asked ─► the service is told to end, with the gateways or without ─► the entry for the login
 *         ─► the search path ─► programs and what they need ─► (--data: everything)
 *
 * Each step may be repeated: what is gone already is passed over.
 */
import { existsSync, promises, readdirSync } from 'node:fs';
import path from 'node:path';
import { cliExit } from '../contract/exit-codes.ts';
import type { StateFolder } from '../files/state-folder.ts';
import {
  exitOf,
  type LoginEntries,
  loginEntries,
  loginEntryId,
  sharedExitWaiter,
  systemClock,
  type UserPath,
  userPath,
  within,
} from '../process/index.ts';
import { readEndpoint } from '../rpc/endpoint.ts';
import type { StageSource } from '../staging/staging.ts';
import { removeStaged } from '../staging/staging.ts';
import { readKept } from '../transaction/kept.ts';
import { CliProblem } from './cli-problem.ts';
import type { UninstallCommand } from './requests.ts';
import { findWatcher } from './serving-watcher.ts';
import { type Ask, terminalQuestion } from './terminal-question.ts';
import type { Voice } from './voice.ts';
import { ownSource, withWatcher } from './watcher-link.ts';

/** After the gateways have ended it has only its files to close, milliseconds. */
const serviceEndMs = 30_000;

export interface UninstallDeps {
  readonly entries: LoginEntries;
  readonly path: UserPath | null;
  readonly source: StageSource;
  readonly ask: Ask | null;
}

/** @returns the exit code */
export async function uninstall(
  state: StateFolder,
  command: UninstallCommand,
  voice: Voice,
  deps: UninstallDeps = {
    entries: loginEntries(),
    path: userPath(),
    source: ownSource(),
    ask: terminalQuestion(),
  },
): Promise<number> {
  const gateways = await fateOf(command, deps.ask);
  if (gateways === null) {
    voice.warn('Nothing was changed.');
    return cliExit.failed;
  }
  await endService(state, gateways, voice, deps.source);
  await deps.entries.unregister(loginEntryId(state.root));
  await deps.path?.remove(path.dirname(state.launcher));
  const left = await removeFiles(state, command.data);
  for (const file of left) voice.warn(`${file} is in use; remove it when that has ended.`);
  // Windows removes no program that runs, and gateways that were to run on may run from there.
  const isWanted =
    gateways === 'keep' && left.every((file) => [file, path.dirname(file)].includes(state.staged));
  voice.print(
    command.data
      ? 'Holdfast is gone from this account. Remove the app itself now, as you have installed it.'
      : `Holdfast is gone from this account, except for settings, gateways, logs and data: ${state.root}. Remove the app itself now, as you have installed it.`,
  );
  return left.length === 0 || isWanted ? cliExit.ok : cliExit.failed;
}

/** What becomes of the gateways; null when the user does not want any of it. */
async function fateOf(
  { gateways, data, yes }: UninstallCommand,
  ask: Ask | null,
): Promise<'stop' | 'keep' | null> {
  if (gateways === null && ask === null) {
    throw new CliProblem(
      'What is to become of your gateways? --gateways stop ends them; with --gateways keep they run on, and nothing restarts them.',
      cliExit.usage,
    );
  }
  const fate =
    gateways ??
    ((await ask?.('Stop your gateways, too? Otherwise they run on, and nothing restarts them.'))
      ? 'stop'
      : 'keep');
  if (data && fate === 'keep') {
    throw new CliProblem(
      '--data removes what gateways need; it goes with --gateways stop.',
      cliExit.usage,
    );
  }
  if (yes) return fate;
  if (ask === null)
    throw new CliProblem('To say yes where nobody can be asked: --yes', cliExit.usage);
  const what = data
    ? 'with all settings, gateways, logs and data'
    : 'without your settings and data';
  return (await ask(`Take Holdfast off this account, ${what}?`)) ? fate : null;
}

/** To stop gateways that nobody watches a service is started once more: it knows which they are. */
async function endService(
  state: StateFolder,
  gateways: 'stop' | 'keep',
  voice: Voice,
  source: StageSource,
): Promise<void> {
  if (gateways === 'stop' && existsSync(state.ledger)) {
    await withWatcher({ state, voice, source }, async ({ client }) => {
      await client.call('watcher.retire', { gateways });
    });
  } else {
    const watcher = await findWatcher(state);
    await watcher?.call('watcher.retire', { gateways });
    watcher?.close();
  }
  const identity = readEndpoint(state)?.identity;
  if (!identity) return;
  const exit = await within(systemClock, serviceEndMs, (signal) =>
    exitOf(sharedExitWaiter(), identity, signal),
  );
  if (exit === 'late') {
    throw new CliProblem(
      `The background service (process ${identity.pid}) has not ended. Quit Holdfast’s window, then try again.`,
      cliExit.failed,
    );
  }
}

/** What could not be removed. */
async function removeFiles(state: StateFolder, data: boolean): Promise<string[]> {
  const kept = readKept(state);
  const programs = existsSync(state.staged)
    ? readdirSync(state.staged).map((name) => path.join(state.staged, name))
    : [];
  const left: string[] = [];
  for (const folder of programs) await removeStaged(folder).catch(() => left.push(folder));
  const rest = data
    ? [state.root]
    : [state.staged, path.dirname(state.launcher), state.compiled, state.run, state.rehearsals];
  for (const file of [...(kept ? [kept.file] : []), ...rest]) {
    const removed = promises.rm(file, { recursive: true, force: true, maxRetries: 5 });
    await removed.catch(() => left.push(file));
  }
  return left;
}
