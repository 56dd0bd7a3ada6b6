/**
 * A trial: the program of a profile runs for some seconds, with a data folder of its own, to see what it
 * prints. Nothing of it is left, whatever came of it: it is recorded like a rehearsal, so that the next
 * watcher ends what a killed one has left.
 */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { errorText } from '../../contract/error-text.ts';
import type { Trial } from '../../contract/presets.ts';
import type { Profile } from '../../contract/profile.ts';
import { readPart } from '../../files/untrusted-file.ts';
import {
  type ExitInfo,
  firstOf,
  listenersOf,
  passed,
  removeStopPipe,
  SpawnError,
  spawnDetached,
  stopTree,
} from '../../process/index.ts';
import { lastLines } from '../logs/last-output.ts';
import { prepare } from '../profiles/program.ts';
import { fileSize } from '../running-process.ts';
import type { UserEnvironment } from '../types.ts';
import {
  type EndDeps,
  endRehearsal,
  endRehearsals,
  type RehearsalFolders,
  type RehearsalRecord,
  rehearsalFolder,
  writeRecord,
} from './record.ts';

/** Long enough for most servers to open their port. */
const trialMs = 10_000;
/** A program that is asked to end gets so long. */
const graceMs = 2_000;
const maxLines = 200;
/** As much as 200 lines may have; and where a program that floods the disk is ended. */
const shownBytes = 256 * 1024;
const maxOutputBytes = 16 * 1024 * 1024;
const sizeEveryMs = 250;

export interface TrialSetup extends EndDeps {
  /** Of a command. */
  readonly profile: Profile;
  readonly folders: RehearsalFolders;
  readonly stateRoot: string;
  readonly user: UserEnvironment;
  /** Ends it early. */
  readonly signal: AbortSignal;
  readonly forMs?: number;
}

export async function tryProfile(setup: TrialSetup): Promise<Trial> {
  const { profile, folders } = setup;
  await endRehearsals(folders, setup, profile.id);
  const nonce = randomBytes(16).toString('hex');
  const record: RehearsalRecord = { id: profile.id, nonce, processes: [] };
  writeRecord(folders, record);
  const logFile = path.join(rehearsalFolder(folders, profile.id), 'output.log');
  try {
    const outcome = await run(setup, record, logFile);
    return { ...outcome, lines: lastLines(printedIn(logFile), maxLines) };
  } catch (error) {
    if (!(error instanceof SpawnError)) throw error;
    return { ran: false, outcome: errorText(error), lines: [] };
  } finally {
    await endRehearsal(folders, record, setup);
  }
}

async function run(
  setup: TrialSetup,
  record: RehearsalRecord,
  logFile: string,
): Promise<Omit<Trial, 'lines'>> {
  const { profile, folders, stateRoot, user, clock, waiter, forMs = trialMs } = setup;
  const dataDir = path.join(path.dirname(logFile), 'data');
  const shipped = () => {
    throw new Error('A trial is of a command.');
  };
  const locations = { dataDir, logFile, stateRoot, user, shipped };
  const { spec, stopPipe } = prepare(profile, locations, record.nonce);
  const { identity, exited } = spawnDetached(spec);
  // A program that hides its nonce must be found too.
  record.processes.push(identity);
  writeRecord(folders, record);
  const began = clock.now();
  const end = await firstOf<ExitInfo | 'late' | 'flood'>([
    () => exited,
    async (over) => {
      await passed(clock, forMs, AbortSignal.any([over, setup.signal]));
      return 'late';
    },
    async (over) => {
      while (fileSize(logFile) <= maxOutputBytes) await passed(clock, sizeEveryMs, over);
      return 'flood';
    },
  ]);
  const tookMs = clock.now() - began;
  const ports = typeof end === 'object' ? [] : listenersOf(identity).map(({ port }) => port);
  await stopTree(identity, { graceful: 'SIGTERM', graceMs, clock, waiter });
  if (stopPipe !== null) removeStopPipe(stopPipe);
  const outcome = outcomeOf(end, tookMs, [...new Set(ports)], profile.port);
  return { ran: end === 'late', outcome };
}

function printedIn(logFile: string): string {
  const part = { maxBytes: shownBytes, start: (size: number) => Math.max(0, size - shownBytes) };
  return readPart(logFile, part).bytes.toString('utf8');
}

function outcomeOf(
  end: ExitInfo | 'late' | 'flood',
  tookMs: number,
  ports: readonly number[],
  wanted: number | undefined,
): string {
  if (end === 'flood') return 'It printed more than 16 MB, so it was ended.';
  if (end !== 'late') {
    const how = end.signal === null ? `exit code ${end.code ?? 'unknown'}` : end.signal;
    const when = tookMs < 100 ? 'at once' : `after ${(tookMs / 1_000).toFixed(1)} s`;
    const hint = end.code === 0 ? ' A gateway has to keep running.' : '';
    return `It ended by itself ${when} (${how}).${hint}`;
  }
  const time = `It ran for ${Math.round(tookMs / 1_000)} s`;
  const missed = wanted !== undefined && !ports.includes(wanted) ? `, but not on ${wanted}` : '';
  const listened =
    ports.length === 0
      ? `${time} and listened on no port`
      : `${time} and listened on port ${ports.join(', ')}${missed}`;
  return `${listened}. Then it was ended.`;
}
