/**
 * The planned-stop marker, as the Hermes gateway reads it: a file in its home that names the process
 * that should stop. Hermes checks for it every half second and ignores one older than a minute.
 */
import { rmSync } from 'node:fs';
import { errorText } from '../../contract/error-text.ts';
import type { Identity } from '../../contract/identity.ts';
import type { Profile, StopBy } from '../../contract/profile.ts';
import { writeDurable } from '../../files/durable-write.ts';
import { textOf } from '../../files/untrusted-file.ts';
import { belongsTo, startTicks } from '../../process/index.ts';
import { fieldOf, parseJson } from '../probes/json-field.ts';
import { dataPath } from '../profiles/profiles.ts';

/** Markers and pid files are a line of JSON. */
const maxBytes = 64 * 1024;

type PlannedStop = Extract<StopBy, { type: 'planned-stop' }>;

/** Throws an error with a clause when it can't be written. */
export function writePlannedStop(
  by: PlannedStop,
  target: { readonly identity: Identity; readonly dataDir: string },
): void {
  const file = dataPath(by.path, target.dataDir);
  const pid = ownPid(by, target);
  const marker = {
    target_pid: pid,
    target_start_time: startTicks(pid),
    stopper_pid: process.pid,
    // Python before 3.11 does not read a Z.
    written_at: new Date().toISOString().replace('Z', '+00:00'),
  };
  try {
    writeDurable(file, JSON.stringify(marker));
  } catch (error) {
    const why = errorText(error);
    throw new Error(`its stop marker can't be written (${why})`, { cause: error });
  }
}

/** After the end of the gateway: removes a marker of ours that it has left there. */
export function removePlannedStop({ stop }: Profile, dataDir: string): void {
  if (stop.by?.type !== 'planned-stop') return;
  const file = dataPath(stop.by.path, dataDir);
  if (fieldOf(readJson(file), 'stopper_pid') === process.pid) rmSync(file, { force: true });
}

function readJson(file: string): unknown {
  const text = textOf(file, maxBytes, { owner: 'any', links: 'follow' });
  return text === undefined ? undefined : parseJson(text);
}

function ownPid(
  { pidFile }: PlannedStop,
  { identity, dataDir }: { readonly identity: Identity; readonly dataDir: string },
): number {
  if (pidFile === undefined) return identity.pid;
  const pid = fieldOf(readJson(dataPath(pidFile, dataDir)), 'pid');
  return typeof pid === 'number' && belongsTo(identity, pid) ? pid : identity.pid;
}
