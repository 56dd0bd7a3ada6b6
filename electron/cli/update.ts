/** `holdfast update`: looks for new versions of gateways, installs them, and keeps or undoes them. */
import { sentenceOf } from '../contract/define.ts';
import { cliExit } from '../contract/exit-codes.ts';
import type { GatewayView } from '../contract/gateway.ts';
import { undecidedPhases } from '../contract/gateway-update-words.ts';
import type { Profile } from '../contract/profile.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { ownUpdateCommandOf, sharesFiles } from '../gateway/profiles/own-update.ts';
import type { Link } from '../link/types.ts';
import { describeGateway, describeLastUpdate, indent, nameWidth, viewOf } from './describe.ts';
import { padded } from './display-width.ts';
import { goBack } from './go-back.ts';
import type { UpdateCommand } from './requests.ts';
import type { Ask } from './terminal-question.ts';
import type { Voice } from './voice.ts';

export interface UpdateDeps {
  readonly state: StateFolder;
  readonly link: Link;
  readonly voice: Voice;
  /** Asks a question that is answered by yes or no; null: no person is there to ask. */
  readonly ask: Ask | null;
}

/**
 * @param id null: every gateway whose profile says how it is updated
 * @returns the exit code
 */
export async function update(
  deps: UpdateDeps,
  command: UpdateCommand,
  id: string | null,
): Promise<number> {
  const { link, voice } = deps;
  const { act, yes } = command;
  if (act === 'keep' || act === 'undo') return decide(deps, act, id);
  if (act === 'back') return goBack(deps, yes);
  const profiles = await updatable(link);
  const ids = id === null ? profiles.map((one) => one.id) : [viewOf(link, id).id];
  if (ids.length === 0) {
    voice.print('No gateway has a profile that says how it is updated.');
    return cliExit.ok;
  }
  const named = id !== null;
  return act === 'check' ? check(deps, ids, named) : install(deps, ids, { named, yes }, profiles);
}

/** @param id null: about Holdfast itself */
async function decide(
  { link: { client }, link, voice }: UpdateDeps,
  act: 'keep' | 'undo',
  id: string | null,
): Promise<number> {
  const keeps = act === 'keep';
  const about = id === null ? { id: 'holdfast', name: 'Holdfast' } : viewOf(link, id);
  if (id === null) await client.call(keeps ? 'update.keepVersion' : 'update.undoVersion', null);
  else await client.call(keeps ? 'gateway.keepVersion' : 'gateway.undoVersion', { id: about.id });
  const message = keeps ? 'The new version stays.' : 'The old version is being put back.';
  voice.print(message);
  voice.report?.({ id: about.id, name: about.name, done: true, message });
  return cliExit.ok;
}

/** The profiles that name an update command. */
async function updatable(link: Link): Promise<Profile[]> {
  const profiles = await link.client.call('profile.list', null);
  return profiles.filter((one) => ownUpdateCommandOf(one) !== undefined);
}

async function check(
  { link, voice }: UpdateDeps,
  ids: readonly string[],
  named: boolean,
): Promise<number> {
  let code: number = cliExit.ok;
  for (const id of ids) {
    try {
      await link.client.call('gateway.checkVersion', { id });
      const view = viewOf(link, id);
      voice.print(`${padded(view.name, nameWidth)} ${versionLine(view)}`);
      voice.report?.({ id, name: view.name, done: true, message: versionLine(view) });
    } catch (error) {
      reportFailure(link, voice, id, error);
      if (named) throw error;
      voice.warn(`${id}: ${sentenceOf(error)}`);
      code = cliExit.failed;
    }
  }
  return code;
}

/** `1.0.0; 1.1.0 is available`, or why that is not known. */
export function versionLine({ version }: GatewayView): string {
  if (!version) return 'Its profile does not say how to tell its versions.';
  const { installed, newest, problem } = version;
  if (problem) return [problem.message, problem.hint].filter(Boolean).join(' ');
  const has = installed ?? 'an unknown version';
  if (newest === null || newest === installed) return newest === null ? has : `${has}, the newest`;
  if (version.offered) return `${has}; ${newest} is available`;
  return `${has}; ${newest} was undone before, or is not newer`;
}

async function install(
  deps: UpdateDeps,
  ids: readonly string[],
  { named, yes }: { readonly named: boolean; readonly yes: boolean },
  profiles: readonly Profile[],
): Promise<number> {
  const { link, voice, ask } = deps;
  const tried: Profile[] = [];
  let code: number = cliExit.ok;
  for (const id of ids) {
    const profile = profiles.find((one) => one.id === id);
    // Its files were updated a moment ago, or that failed.
    if (profile && tried.some((one) => sharesFiles(one, profile))) continue;
    const view = viewOf(link, id);
    if (!yes && ask && !(await ask(`Update ${view.name} (${versionLine(view)})?`))) continue;
    if (profile) tried.push(profile);
    try {
      await installOne(deps, id);
    } catch (error) {
      reportFailure(link, voice, id, error);
      if (named) throw error;
      voice.warn(`${id}: ${sentenceOf(error)}`);
      code = cliExit.failed;
    }
  }
  return code;
}

function reportFailure(link: Link, voice: Voice, id: string, error: unknown): void {
  voice.report?.({ id, name: viewOf(link, id).name, done: false, message: sentenceOf(error) });
}

/** Rejects with a sentence. */
async function installOne({ link, voice }: UpdateDeps, id: string): Promise<void> {
  await link.client.call('gateway.update', { id });
  const found = link.watcher()?.gatewayUpdates[id];
  const view = viewOf(link, id);
  voice.print(describeGateway(view));
  if (found?.receipt) voice.print(describeLastUpdate(id, found.receipt));
  const phase = found?.update?.phase;
  const watched = phase !== undefined && undecidedPhases.has(phase) ? undecided(id) : null;
  if (watched !== null) voice.print(`${indent}${watched}`);
  voice.report?.({ id, name: view.name, done: true, message: watched });
}

function undecided(id: string): string {
  return `It is watched for a while, and the old version comes back if it fails. To decide now: holdfast update ${id} --keep, or --undo`;
}
