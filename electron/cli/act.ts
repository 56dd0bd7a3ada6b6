/** `holdfast start`, `stop`, `restart` and `update`: through the watcher, which is started when none serves. */
import { sentenceOf } from '../contract/define.ts';
import { cliExit } from '../contract/exit-codes.ts';
import type { StateFolder } from '../files/state-folder.ts';
import type { Link } from '../link/types.ts';
import type { StageSource } from '../staging/staging.ts';
import { describeGateway, viewOf } from './describe.ts';
import { type Known, pickGateways } from './gateway-names.ts';
import { refuseWithoutKept } from './go-back.ts';
import type { Command, UpdateCommand } from './requests.ts';
import { settled } from './settled.ts';
import { terminalQuestion } from './terminal-question.ts';
import { update } from './update.ts';
import type { Voice } from './voice.ts';
import { ownSource, withWatcher } from './watcher-link.ts';

export type ActCommand = Extract<Command, { name: 'start' | 'stop' | 'restart' | 'update' }>;

export async function act(
  state: StateFolder,
  command: ActCommand,
  voice: Voice,
  source: StageSource = ownSource(),
  ask = command.json ? null : terminalQuestion(),
): Promise<number> {
  // Before anything is started: a misspelt name starts nothing.
  const chosen = await chosenBy(state, command);
  if (command.name === 'update' && command.act === 'back') refuseWithoutKept(state);
  return withWatcher({ state, voice, source }, (link) =>
    command.name === 'update'
      ? update({ link, voice, ask, state }, command, chosen?.[0]?.id ?? null)
      : actOnEach({ link, state, voice }, command, chosen ?? []),
  );
}

/** Null: whatever the watcher can update. */
async function chosenBy(state: StateFolder, command: ActCommand): Promise<readonly Known[] | null> {
  if (command.name !== 'update') return pickGateways(state, command.gateways);
  return command.gateway === null ? null : pickGateways(state, [command.gateway]);
}

interface Deps {
  readonly link: Link;
  readonly state: StateFolder;
  readonly voice: Voice;
}

/** All at once, for some take long; what fails for one does not keep the others from it. */
async function actOnEach(
  deps: Deps,
  command: Exclude<ActCommand, UpdateCommand>,
  chosen: readonly Known[],
): Promise<number> {
  const codes = await Promise.all(
    chosen.map(async ({ id, name }) => {
      try {
        return await actOn(deps, command, id);
      } catch (error) {
        const message = sentenceOf(error);
        deps.voice.report?.({ id, name, done: false, message });
        if (chosen.length === 1) throw error;
        deps.voice.warn(`${name}: ${message}`);
        return cliExit.failed;
      }
    }),
  );
  return Math.max(...codes);
}

async function actOn(
  { link, state, voice }: Deps,
  command: Exclude<ActCommand, UpdateCommand>,
  id: string,
): Promise<number> {
  if (command.name === 'restart' && command.whenIdle) {
    await link.client.call('gateway.restart', { id, when: 'idle' });
  } else {
    await link.client.call(`gateway.${command.name}`, { id });
    if (command.name !== 'stop') return settled(link, state, id, voice);
  }
  const view = viewOf(link, id);
  voice.print(describeGateway(view));
  voice.report?.({ id, name: view.name, done: true, message: null });
  return cliExit.ok;
}
