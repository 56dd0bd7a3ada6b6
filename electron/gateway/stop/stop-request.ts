/**
 * Asks a gateway to stop in the way its profile names: a line on its pipe, a file that appears, a
 * request to its port. A request proves nothing: only the end of the process does, within the grace.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { errorText } from '../../contract/error-text.ts';
import type { Identity } from '../../contract/identity.ts';
import type { Profile, StopBy } from '../../contract/profile.ts';
import { textOf } from '../../files/untrusted-file.ts';
import {
  type Clock,
  listenersOf,
  signalProcess,
  signalsAreHeard,
  writeStopLine,
} from '../../process/index.ts';
import { Addresses } from '../probes/addresses.ts';
import { ask } from '../probes/http.ts';
import { portOwner } from '../probes/port-owner.ts';
import { dataPath } from '../profiles/profiles.ts';
import { writePlannedStop } from './planned-stop.ts';

/** A gateway that is well answers within milliseconds; the grace itself is much longer. */
const askTimeoutMs = 2_000;
/** The content of our stop file; a file with another content is not ours to remove. */
const stopWord = 'stop\n';

export interface StopRequest {
  readonly profile: Profile;
  readonly identity: Identity;
  /** As the starter named it; null when the name is not known. */
  readonly stopPipe: string | null;
  readonly stateRoot: string;
  readonly dataDir: string;
  readonly clock: Clock;
}

/** The way for `profile` on this system. */
export function stopBy({ stop, program }: Profile): StopBy {
  if (stop.by) return stop.by;
  return { type: program.type === 'shipped' && !signalsAreHeard ? 'pipe' : 'signal' };
}

/** Resolves when it was asked. Rejects with a clause about why it could not be asked. */
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

/** Before a start: an old stop file would stop the new process at once. Leaves the files of others. */
export function clearStopFile(profile: Profile, dataDir: string): void {
  const by = stopBy(profile);
  if (by.type !== 'file') return;
  const file = dataPath(by.path, dataDir);
  try {
    if (isOurs(file)) rmSync(file, { force: true });
  } catch {
    // The gateway will find it and exit, and the exit is shown with its reason.
  }
}

function isOurs(file: string): boolean {
  return textOf(file, 16, { owner: 'any' }) === stopWord;
}

function writeStopFile(file: string): void {
  try {
    // Never overwrites a file of someone else.
    writeFileSync(file, stopWord, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (isOurs(file)) return;
    const why = errorText(error);
    throw new Error(`its stop file can't be written (${why})`, { cause: error });
  }
}

async function askByHttp(
  by: Extract<StopBy, { type: 'http' }>,
  request: StopRequest,
): Promise<void> {
  const { profile, identity, stateRoot, clock } = request;
  const port = profile.port ?? 0;
  const owner = portOwner({ port, identity, stateRoot, profileId: profile.id });
  // Another program on its port must not be stopped instead.
  if (owner.type !== 'own') throw new Error(`it does not listen on port ${port} itself`);
  const addresses = new Addresses(profile);
  addresses.take(listenersOf(identity));
  const { https } = profile;
  for (const host of addresses.candidates) {
    const { path, method } = by;
    const options = { host, port, https, method, timeoutMs: askTimeoutMs, clock };
    const answer = await ask(path, options);
    if (answer.type === 'refused') continue;
    if (answer.type === 'other' && !answer.closed) throw new Error(`it ${answer.clause}`);
    // A gateway that hangs up in the middle of its answer may well be stopping.
    if (answer.type !== 'answer' || answer.status < 400) return;
    throw new Error(`${method} ${path} was answered with ${answer.status}`);
  }
  throw new Error(`nothing answers on port ${port}`);
}
