/** Checks the watcher of a state folder from outside: its answer, its lock, where it lives. */
import { existsSync } from 'node:fs';
import type { WatcherState } from '../../contract/watcher-contract.ts';
import type { StateFolder } from '../../files/state-folder.ts';
import { acquireLock, isAlive } from '../../process/index.ts';
import { readEndpoint } from '../../rpc/endpoint.ts';
import { escapeFinding, type Finding, fail, pass, skip } from './finding.ts';

/** @param serving what the watcher says of itself; null when none answers */
export function inspectWatcher(state: StateFolder, serving: WatcherState | null): Finding[] {
  if (!serving) return [judgeAbsence(state), skip('lock', 'No background service answers.')];
  const { identity, buildId, escape: escaped } = serving.watcher;
  return [
    pass('watcher', `Process ${identity.pid} of build ${buildId} answers.`),
    judgeLock(state, identity.pid),
    escapeFinding(escaped, 'No app has judged yet how it lives outside.'),
  ];
}

function judgeAbsence(state: StateFolder): Finding {
  const recorded = existsSync(state.endpoint) ? readEndpoint(state) : undefined;
  if (!recorded)
    return fail(
      'watcher',
      'No background service runs for this folder. Start Holdfast, or: holdfast start <gateway>',
    );
  const { pid } = recorded.identity;
  return isAlive(recorded.identity)
    ? fail(
        'watcher',
        `The background service (pid ${pid}) runs and does not answer. To replace it: holdfast start <gateway>`,
      )
    : fail(
        'watcher',
        `The background service (pid ${pid}) was ended from outside. Start Holdfast, or: holdfast start <gateway>`,
      );
}

/** Only while a watcher answers: then its lock is held, and trying to take it disturbs no other program. */
function judgeLock(state: StateFolder, pid: number): Finding {
  const lock = acquireLock(state.watcherLock);
  if ('release' in lock) {
    lock.release();
    return fail('lock', `${state.watcherLock} is free although the background service runs.`);
  }
  return lock.heldBy === undefined || lock.heldBy === pid
    ? pass('lock', `${state.watcherLock} is held by it.`)
    : fail('lock', `${state.watcherLock} is held by process ${lock.heldBy}.`);
}
