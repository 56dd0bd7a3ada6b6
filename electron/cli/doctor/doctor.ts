/** `holdfast doctor`: what Holdfast needs around it, and what is left over. It changes nothing. */

import { sentenceOf } from '../../contract/define.ts';
import { cliExit } from '../../contract/exit-codes.ts';
import type { StateFolder } from '../../files/state-folder.ts';
import { jsonOf } from '../describe.ts';
import type { Answer } from '../status.ts';
import { describeFinding, type Finding, fail } from './finding.ts';
import { inspectSurroundings } from './inspect-surroundings.ts';
import { findWatcher, inspectWatcher } from './inspect-watcher.ts';

export async function doctor(state: StateFolder, json: boolean): Promise<Answer> {
  const probes = [...inspectSurroundings(state), ...(await watcherProbes(state))];
  const healthy = probes.every(({ result }) => result !== 'fail');
  const text = json
    ? jsonOf({ healthy, probes })
    : [state.root, ...probes.map(describeFinding)].join('\n');
  return { text, code: healthy ? cliExit.ok : cliExit.failed };
}

async function watcherProbes(state: StateFolder): Promise<Finding[]> {
  try {
    const connection = await findWatcher(state);
    if (!connection) return inspectWatcher(state, null);
    try {
      return inspectWatcher(state, (await connection.call('subscribe', null)).state);
    } finally {
      connection.close();
    }
  } catch (error) {
    return [fail('watcher', sentenceOf(error))];
  }
}
