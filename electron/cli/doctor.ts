/** `holdfast doctor`: what Holdfast needs around it, and what is left over. It changes nothing. */

import { sentenceOf } from '../contract/define.ts';
import { inspectSurroundings } from '../handoff/inspect-surroundings.ts';
import { findWatcher, inspectWatcher } from '../handoff/inspect-watcher.ts';
import { fail, type Probe } from '../handoff/probe-result.ts';
import type { StateFolder } from '../handoff/state-folder.ts';
import { describeProbe, jsonOf } from './describe.ts';
import { exitCodes } from './exit-codes.ts';
import type { Answer } from './status.ts';

export async function doctor(state: StateFolder, json: boolean): Promise<Answer> {
  const probes = [...inspectSurroundings(state), ...(await watcherProbes(state))];
  const healthy = probes.every(({ result }) => result !== 'fail');
  const text = json
    ? jsonOf({ healthy, probes })
    : [state.root, ...probes.map(describeProbe)].join('\n');
  return { text, code: healthy ? exitCodes.ok : exitCodes.failed };
}

async function watcherProbes(state: StateFolder): Promise<Probe[]> {
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
