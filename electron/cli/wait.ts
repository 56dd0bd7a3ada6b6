/**
 * `holdfast wait`: until gateways are healthy, or stopped. It starts nothing: where no watcher serves, it
 * waits for one too.
 */
import { cliExit } from '../contract/exit-codes.ts';
import type { WatcherState } from '../contract/watcher-contract.ts';
import { duration } from '../contract/words.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { mirrorWatcher } from '../link/mirror.ts';
import { passed, systemClock, until, within } from '../process/index.ts';
import type { WatcherConnection } from '../rpc/client.ts';
import { CliProblem } from './cli-problem.ts';
import { type Known, pickGateways } from './gateway-names.ts';
import type { WaitCommand } from './requests.ts';
import { findWatcher } from './serving-watcher.ts';
import { type Row, rowOfView, survey } from './survey.ts';
import type { Voice } from './voice.ts';

/** Until it is looked for a watcher again. */
const retryMs = 500;

export async function wait(
  state: StateFolder,
  { gateways, target, timeoutMs }: WaitCommand,
  voice: Voice,
): Promise<number> {
  const chosen = await pickGateways(state, gateways);
  const ended = await within(systemClock, timeoutMs, (signal) =>
    reached(state, chosen, target, signal),
  );
  if (ended !== 'late') {
    voice.print(`${chosen.map(({ name }) => name).join(', ')}: ${target}`);
    return cliExit.ok;
  }
  const { rows, silence } = await survey(state);
  const late = rows
    .filter((row) => chosen.some(({ id }) => id === row.id) && !isThere(row, target))
    .map(({ name, words, problem }) => [`${name}: ${words}.`, problem?.message]);
  const sentences = [`Not ${target} after ${duration(timeoutMs)}.`, ...late.flat(), silence];
  throw new CliProblem(sentences.filter(Boolean).join(' '), cliExit.late);
}

/** Resolves once all of them are there. A watcher that ends meanwhile is looked for again. */
async function reached(
  state: StateFolder,
  chosen: readonly Known[],
  target: WaitCommand['target'],
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const connection = await findWatcher(state).catch(() => null);
    if (connection) {
      try {
        if (await reachedIn(connection, chosen, target, signal)) return;
      } finally {
        connection.close();
      }
    } else if (target === 'stopped' && (await nothingRuns(state, chosen))) return;
    await passed(systemClock, retryMs, signal);
  }
}

/** False when the watcher has ended first. */
async function reachedIn(
  connection: WatcherConnection,
  chosen: readonly Known[],
  target: WaitCommand['target'],
  signal: AbortSignal,
): Promise<boolean> {
  const listeners = new Set<() => void>();
  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  let closed = false;
  connection.onClose(() => {
    closed = true;
    changed();
  });
  const mirror = await mirrorWatcher(connection, { clock: systemClock, onChange: changed });
  const there = (): boolean => allThere(mirror.state(), chosen, target);
  await until(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => closed || there(),
    { signal },
  );
  return there();
}

function allThere(
  { gateways }: WatcherState,
  chosen: readonly Known[],
  target: WaitCommand['target'],
): boolean {
  return chosen.every(({ id }) => {
    const view = gateways[id];
    return view !== undefined && isThere(rowOfView(view), target);
  });
}

async function nothingRuns(state: StateFolder, chosen: readonly Known[]): Promise<boolean> {
  const { rows } = await survey(state);
  return rows.every((row) => isThere(row, 'stopped') || chosen.every(({ id }) => id !== row.id));
}

function isThere({ state, well }: Row, target: WaitCommand['target']): boolean {
  if (target === 'stopped') return state === 'stopped';
  return well && (state === 'running' || state === 'external');
}
