/**
 * Asks a gateway to stop in the way its profile names: a line on its pipe, a file that appears, a
 * request to its port. That it was asked proves nothing; its end does, and the grace is bounded.
 */
import { rmSync, writeFileSync } from 'node:fs';
import type { Identity } from '../contract/identity.ts';
import type { Profile, StopBy } from '../contract/profile.ts';
import { textOf } from '../files/untrusted-file.ts';
import {
  type Clock,
  listenersOf,
  signalProcess,
  signalsAreHeard,
  writeStopLine,
} from '../process/index.ts';
import { Addresses } from './addresses.ts';
import { dataPath } from './data-path.ts';
import { writePlannedStop } from './planned-stop.ts';
import { portOwner } from './port-owner.ts';
import { ask } from './probe.ts';

/** A gateway that is well answers within milliseconds; the grace itself is much longer. */
const askTimeoutMs = 2_000;
/** What the stop file says; a file with other words is not ours to remove. */
const stopWord = 'stop\n';

export interface StopRequest {
  readonly profile: Profile;
  readonly identity: Identity;
  /** As the starter named it; null when nobody knows. */
  readonly stopPipe: string | null;
  readonly stateRoot: string;
  readonly dataDir: string;
  readonly clock: Clock;
}

/** What holds for `profile` on this system. */
export function stopBy({ stop, program }: Profile): StopBy {
  if (stop.by) return stop.by;
  return { type: program.type === 'shipped' && !signalsAreHeard ? 'pipe' : 'signal' };
}

/** Resolves when it was asked. Rejects with a clause that says why it could not be. */
export async function askToStop(request: StopRequest): Promise<void> {
  const by = stopBy(request.profile);
  switch (by.type) {
    case 'signal':
      return;
    case 'pipe':
      if (request.stopPipe === null) throw new Error('the name of its stop pipe is not known');
      return writeStopLine(request.stopPipe, askTimeoutMs);
    case 'file':
      return writeStopFile(dataPath(by.path, request.dataDir));
    case 'http':
      return askByHttp(by, request);
    case 'planned-stop':
      writePlannedStop(by, request);
      signalProcess(request.identity, request.profile.stop.signal);
      return;
  }
}

/** Before a start: a file from last time would stop the new process at once. Leaves other people's files. */
export function clearStopFile(profile: Profile, dataDir: string): void {
  const by = stopBy(profile);
  if (by.type !== 'file') return;
  const file = dataPath(by.path, dataDir);
  try {
    if (isOurs(file)) rmSync(file, { force: true });
  } catch {
    // The gateway will see it and end; the exit is shown with its reason.
  }
}

function isOurs(file: string): boolean {
  return textOf(file, 16, { owner: 'any' }) === stopWord;
}

function writeStopFile(file: string): void {
  try {
    // Never over a file that is someone else's.
    writeFileSync(file, stopWord, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (isOurs(file)) return;
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`its stop file can't be written (${why})`, { cause: error });
  }
}

async function askByHttp(by: Extract<StopBy, { type: 'http' }>, request: StopRequest) {
  const { profile, identity, stateRoot, clock } = request;
  const port = profile.port ?? 0;
  const owner = portOwner({ port, identity, stateRoot, profileId: profile.id });
  // A stranger on its port must not be stopped in its stead.
  if (owner.type !== 'own') throw new Error(`it does not listen on port ${port} itself`);
  const addresses = new Addresses(profile);
  addresses.take(listenersOf(identity));
  const { https } = profile;
  for (const host of addresses.candidates) {
    const { path, method } = by;
    const options = { host, port, https, method, timeoutMs: askTimeoutMs, clock };
    const answer = await ask(path, options);
    if (answer.type === 'refused') continue;
    if (answer.type === 'other' && !answer.closed) throw new Error(`it ${answer.said}`);
    // Who hangs up in the middle of the answer may well be ending.
    if (answer.type !== 'answer' || answer.status < 400) return;
    throw new Error(`${method} ${path} was answered with ${answer.status}`);
  }
  throw new Error(`nobody answers on port ${port}`);
}
