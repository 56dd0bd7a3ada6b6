/**
 * `holdfast update --back`: Holdfast itself becomes the version again that it was before. The app does it, as after a
 * click; it is started where none runs. Here it is asked for, and waited for.
 */
import { cliExit } from '../contract/exit-codes.ts';
import type { Problem } from '../contract/gateway.ts';
import type { Receipt } from '../contract/receipt.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { forgetRefusedReturn, readRefusedReturn } from '../link/refused-return.ts';
import type { Link } from '../link/types.ts';
import { systemClock, until, within } from '../process/index.ts';
import { type KeptVersion, readKept } from '../transaction/kept.ts';
import { CliProblem } from './cli-problem.ts';
import { type Surroundings, startApp } from './open.ts';
import type { Ask } from './terminal-question.ts';
import type { Voice } from './voice.ts';

/** A cold start of the app, and a large image that has to be copied and unpacked on a slow disk, milliseconds. */
const beginMs = 240_000;
/** Gateways that are slow to stop and to start lie in it, milliseconds. */
const endMs = 30 * 60_000;
/** Between two looks for a refusal, milliseconds. */
const lookAgainMs = 250;

const noneKept =
  'No earlier version of Holdfast is kept here. What updates itself keeps the version that it was before its last update. A package goes back by installing the older one over it: sudo apt install --allow-downgrades ./holdfast_*.deb';

/** @throws a CliProblem where there is nothing to go back to */
export function refuseWithoutKept(state: StateFolder): KeptVersion {
  const kept = readKept(state);
  if (kept) return kept;
  throw new CliProblem(noneKept, cliExit.failed);
}

type Followed = Pick<Link, 'watcher' | 'subscribe'>;

interface GoBackDeps {
  readonly state: StateFolder;
  readonly link: Followed;
  readonly voice: Voice;
  readonly ask: Ask | null;
}

/** @returns the exit code */
export async function goBack(
  { link, state, voice, ask }: GoBackDeps,
  yes: boolean,
  around?: Surroundings,
): Promise<number> {
  const { version } = refuseWithoutKept(state);
  if (!yes && ask && !(await ask(`Go back to Holdfast ${version}?`))) return cliExit.ok;
  const before = attemptOf(link);
  forgetRefusedReturn(state);
  await startApp(state, ['--go-back'], around);
  voice.warn(`Holdfast goes back to version ${version}…`);
  const begun = await once(link, beginMs, () =>
    attemptOf(link) === before ? readRefusedReturn(state) : 'begun',
  );
  if (begun === 'late') {
    throw new CliProblem(
      'Holdfast has not begun to go back. The updates in its window say why; so does its log.',
      cliExit.failed,
    );
  }
  const end = await once(link, endMs, () => receiptAfter(link, before) ?? readRefusedReturn(state));
  if (end === 'late') throw new CliProblem('It is not over yet.', cliExit.late);
  const refused = !('outcome' in end);
  const done = !refused && (end.outcome === 'back' || end.outcome === 'committed');
  const message = done
    ? `Holdfast is version ${version} again.`
    : `Holdfast has not gone back. ${sentenceOf(refused ? end : end.problem)}`;
  if (done) voice.print(message);
  voice.report?.({ id: 'holdfast', name: 'Holdfast', done, message });
  if (!done) throw new CliProblem(message, cliExit.failed);
  return cliExit.ok;
}

/** The update of Holdfast that is under way, or was the last one. */
function attemptOf(link: Followed): string | undefined {
  const watcher = link.watcher();
  return watcher?.transaction?.attempt ?? watcher?.receipt?.attempt;
}

function receiptAfter(link: Followed, before: string | undefined): Receipt | null {
  const receipt = link.watcher()?.receipt ?? null;
  return receipt?.attempt === before ? null : receipt;
}

function once<T>(link: Followed, ms: number, found: () => T | null | false) {
  return within(systemClock, ms, (signal) =>
    until((changed) => followed(link, changed), found, { signal }),
  );
}

/** A refusal lies in a file, of which the watcher says nothing. */
function followed(link: Followed, changed: () => void): () => void {
  const stop = link.subscribe(changed);
  const look = setInterval(changed, lookAgainMs);
  return () => {
    clearInterval(look);
    stop();
  };
}

function sentenceOf(problem: Problem | null): string {
  return [problem?.message, problem?.hint].filter(Boolean).join(' ');
}
