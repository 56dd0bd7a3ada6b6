/** `holdfast doctor`: what Holdfast needs around it, and what is left over. It changes nothing. */
import { cliExit } from '../../contract/exit-codes.ts';
import type { StateFolder } from '../../files/state-folder.ts';
import { jsonOf } from '../as-json.ts';
import { watcherRuns } from '../serving-watcher.ts';
import { type Row, survey } from '../survey.ts';
import type { Answer } from '../voice.ts';
import { describeFinding, type Finding, fail, pass, skip } from './finding.ts';
import { inspectLogin } from './inspect-login.ts';
import { inspectSandbox } from './inspect-sandbox.ts';
import { inspectSurroundings } from './inspect-surroundings.ts';
import { inspectWatcher } from './inspect-watcher.ts';

/** One thing that was mended, or could not be: sentences. */
export interface Repair {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly mended: boolean;
}

/** @param repairs what was mended just before */
export async function doctor(
  state: StateFolder,
  json: boolean,
  repairs: readonly Repair[] = [],
): Promise<Answer> {
  const found = await survey(state);
  const probes = [
    ...inspectSurroundings(state),
    inspectLogin(state),
    inspectSandbox(state),
    ...(found.watcher || !watcherRuns(state)
      ? inspectWatcher(state, found.watcher)
      : [fail('watcher', found.silence ?? '')]),
    ...found.rows.map(gatewayFinding),
  ];
  const healthy = probes.every(({ result }) => result !== 'fail');
  const text = json
    ? jsonOf(state, repairs.length > 0 ? { healthy, probes, repairs } : { healthy, probes })
    : [state.root, ...probes.map(describeFinding)].join('\n');
  return { text, code: healthy ? cliExit.ok : cliExit.failed };
}

/** A gateway that is wanted has to run: without that, nothing around it is of use. */
function gatewayFinding({ id, name, words, well, wanted, problem }: Row): Finding {
  const why = [`${name}: ${words}.`, problem?.message, problem?.hint].filter(Boolean).join(' ');
  if (!well) return fail('gateway', `${why} More: holdfast logs ${id}`);
  return wanted === 'stopped' ? skip('gateway', why) : pass('gateway', why);
}
