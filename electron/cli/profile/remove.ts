/** `holdfast remove`: takes gateways out of Holdfast. Their logs and data stay. */
import { cliExit } from '../../contract/exit-codes.ts';
import type { StateFolder } from '../../files/state-folder.ts';
import type { StageSource } from '../../staging/staging.ts';
import { CliProblem } from '../cli-problem.ts';
import { viewOf } from '../describe.ts';
import { pickGateways } from '../gateway-names.ts';
import type { RemoveCommand } from '../requests.ts';
import { type Ask, terminalQuestion } from '../terminal-question.ts';
import type { Voice } from '../voice.ts';
import { ownSource, withWatcher } from '../watcher-link.ts';

export async function remove(
  state: StateFolder,
  { gateways, yes, json }: RemoveCommand,
  voice: Voice,
  source: StageSource = ownSource(),
  ask: Ask | null = json ? null : terminalQuestion(),
): Promise<number> {
  const chosen = await pickGateways(state, gateways);
  const names = chosen.map(({ name }) => name).join(', ');
  const question = `Stop and remove ${names}? Logs and data stay.`;
  if (!yes && ask === null) {
    throw new CliProblem(`${question} To say yes where nobody can be asked: --yes`, cliExit.usage);
  }
  if (!yes && !(await ask?.(question))) {
    voice.warn('Nothing was removed.');
    return cliExit.failed;
  }
  return withWatcher({ state, voice, source }, async (link) => {
    for (const { id, name } of chosen) {
      const { status } = viewOf(link, id).state;
      if (status !== 'stopped' && status !== 'external') {
        await link.client.call('gateway.stop', { id });
      }
      await link.client.call('profile.remove', { id });
      const message = `${name} was removed. Its log stays: ${state.gatewayLog(id)}`;
      voice.print(message);
      voice.report?.({ id, name, done: true, message });
    }
    return cliExit.ok;
  });
}
