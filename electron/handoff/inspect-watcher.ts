/** The watcher of a state folder, looked at from outside: its lock, its answer, where it lives. */
import { existsSync } from 'node:fs';
import type { WatcherState } from '../contract/watcher-contract.ts';
import { acquireLock, isAlive, systemClock } from '../process/index.ts';
import { connectWatcher, type WatcherConnection } from './client.ts';
import { readEndpoint, readSecret } from './endpoint.ts';
import { escapeProbe, fail, type Probe, pass, skip } from './probe-result.ts';
import type { StateFolder } from './state-folder.ts';

/** A connection to the watcher that serves; null when none does. Starts nothing. Rejects with a sentence. */
export async function findWatcher(state: StateFolder): Promise<WatcherConnection | null> {
  const endpoint = existsSync(state.endpoint) ? readEndpoint(state) : undefined;
  const secret = endpoint && readSecret(state);
  if (!endpoint || secret === undefined || !isAlive(endpoint.identity)) return null;
  const connection = await connectWatcher({ socket: endpoint.socket, secret, clock: systemClock });
  await connection.call('hello', { role: 'cli', protocol: endpoint.protocol });
  return connection;
}

/** @param serving what the watcher says of itself; null when none answers */
export function inspectWatcher(state: StateFolder, serving: WatcherState | null): Probe[] {
  if (!serving) return [judgeAbsence(state), skip('lock', 'No watcher serves.')];
  const { identity, buildId, escape: way } = serving.watcher;
  return [
    pass('watcher', `Process ${identity.pid} of build ${buildId} answers.`),
    judgeLock(state, identity.pid),
    escapeProbe(way, 'No app has judged yet how it lives outside.'),
  ];
}

function judgeAbsence(state: StateFolder): Probe {
  const recorded = existsSync(state.endpoint) ? readEndpoint(state) : undefined;
  if (!recorded) return fail('watcher', 'No watcher looks after this folder.');
  const { pid } = recorded.identity;
  return isAlive(recorded.identity)
    ? fail('watcher', `The watcher (pid ${pid}) lives and does not answer.`)
    : fail('watcher', `The watcher (pid ${pid}) has ended without saying so.`);
}

/** Only while a watcher answers: then its lock is held, and to try it disturbs nobody. */
function judgeLock(state: StateFolder, pid: number): Probe {
  const lock = acquireLock(state.watcherLock);
  if ('release' in lock) {
    lock.release();
    return fail('lock', `${state.watcherLock} is free although a watcher serves.`);
  }
  return lock.heldBy === undefined || lock.heldBy === pid
    ? pass('lock', `${state.watcherLock} is held by it.`)
    : fail('lock', `${state.watcherLock} is held by process ${lock.heldBy}.`);
}
