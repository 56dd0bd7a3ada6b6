/** The history of a gateway. Most are whole sentences; the parts of others are named as such. */
import { counts } from './counting.ts';

/** What a stretch of time is called. */
export const eventStates = {
  up: 'Running',
  unwell: 'Not healthy',
  down: 'Down',
  off: 'Stopped',
  unknown: 'Not known',
};

/** Why the background service begins to look after a gateway; parts. */
export const watchReasons = {
  boot: 'The machine was started, and Holdfast looks after it',
  started: 'Holdfast’s background service started',
  added: 'Holdfast looks after it from now on',
  succession: 'A newer background service took over',
  'taken-back': 'The background service took it back',
  other: 'Holdfast looks after it',
};

/** Why it no longer does; parts. */
export const unwatchReasons = {
  succession: 'The background service handed over to a newer one',
  retired: 'The background service ended, as it was asked to',
  signal: 'The background service was ended by the system or by another program',
  idle: 'The background service ended, because there was nothing left to do',
  other: 'Nobody looks after it any more',
};

/** Why a process was started; parts. */
export const startReasons = {
  boot: 'Started, because the machine was started',
  watcher: 'Started, because Holdfast’s background service started',
  added: 'Started, because it was added',
  user: 'Started',
  crash: 'Started again',
  asked: 'Started again, as it had asked for',
  hung: 'Started again, because it no longer answered',
  overdue: 'Started again, because it was not ready in time',
  update: 'Started after an update',
  retry: 'Started: another try',
  'owner-gone': 'Started, because nobody else runs it any more',
  'not-quit': 'Started again, because Holdfast was not quit',
  other: 'Started',
};

/** At whose request something was done; parts that follow a verb. */
export const requests = {
  user: 'by you',
  userThrough: {
    window: 'by you in the window',
    tray: 'by you in the tray',
    'command-line': 'by you on the command line',
    agent: 'by an agent that you allowed it',
  },
  quit: 'with all gateways, because you quit Holdfast',
  update: 'for an update',
  holdfast: 'by Holdfast',
};

/** How a process ended; parts. */
export const exits = {
  code: (code: number): string => `exit code ${code}`,
  codeUnknown: 'exit code unknown',
  signal: (signal: string): string => `ended by ${signal}`,
  stopped: (request: string): string => `stopped ${request}`,
  restarted: (request: string): string => `restarted ${request}`,
  background: 'went to the background',
  ownCommand: 'stopped by its own command',
  /** By how surely memory ran out. */
  memory: {
    known: 'the system ran out of memory and ended it',
    likely: 'ended by SIGKILL, most likely because memory ran out',
    possible:
      'ended by SIGKILL, perhaps because memory ran out: since its start the system has ended a process for that',
  },
};

export const events = {
  watching: (reason: string, version: string | undefined): string =>
    `${reason}${version ? ` (Holdfast ${version})` : ''}.`,
  unwatched: (reason: string): string => `${reason}.`,
  started: (reason: string, request: string | null, attempt: number | null): string =>
    `${reason}${request === null ? '' : ` ${request}`}${attempt === null ? '' : ` (try ${attempt})`}.`,
  adopted: 'It ran already, and Holdfast took it over without a restart.',
  ready: (after: string | null): string => (after === null ? 'Ready.' : `Ready after ${after}.`),
  endedByItself: (how: string): string => `It ended by itself: ${how}.`,
  crashed: (how: string): string => `It crashed: ${how}.`,
  endedBySignal: (signal: string): string =>
    `It was ended by ${signal}; who sent that is not known.`,
  ended: (how: string): string => `It ended: ${how}.`,
  endedWithSystem: 'Ended with the system.',
  hung: 'It no longer answered, so it is replaced.',
  overdue: 'It was not ready in time, so it is replaced.',
  unwell: 'It is not healthy.',
  recovered: 'Healthy again.',
  failed: 'It can’t be started.',
  stopped: (request: string): string => `Stopped ${request}.`,
  notWanted: 'Not wanted to run.',
  released: 'Kept stopped for an update.',
  external: (owner: string | undefined): string =>
    `${owner ?? 'Someone else'} runs it; Holdfast only watches.`,
  updated: (own: boolean, from: string | null, to: string | null): string =>
    `${own ? 'Holdfast was updated' : 'Updated'}${from ? ` from ${from}` : ''}${to ? ` to ${to}` : ''}.`,
  notUpdated: (own: boolean, to: string | null, failed: boolean): string =>
    `${own ? 'The update of Holdfast' : 'The update'}${to ? ` to ${to}` : ''} ${failed ? 'failed' : 'was undone'}.`,
  away: (time: string): string => `It was away for ${time}.`,
  profileChanged: (fields: readonly string[]): string =>
    `Its profile was changed: ${fields.join(', ')}.`,
  profileRemoved: 'Removed from Holdfast.',
  asleep: (time: string | null): string =>
    time === null ? 'The machine slept.' : `The machine slept for ${time}.`,
  leftOut: (count: number | undefined, restarts: number): string =>
    `${count ?? 'Some'} entries were left out to save space${restarts > 0 ? `, with ${restarts} restarts` : ''}.`,
  unknown: (kind: string, facts: string): string =>
    `“${kind}”, as another version of Holdfast calls it${facts}.`,
  running: 'Running.',
  starting: 'Starting.',
  nobodyWatched: 'Holdfast’s background service did not run.',
  machineOff: 'The machine was off, or Holdfast’s background service did not run.',
  notRecorded: 'Nothing was recorded yet.',
};

export const summaries = {
  never: 'It was not to run, or nobody watched it.',
  all: (up: string, absence: string | null, restarts: number): string =>
    `Up ${up} of the time, ${absence === null ? 'never away' : `away for ${absence} at most`}, ${
      restarts === 0 ? 'no' : counts.number(restarts)
    } ${counts.plural(restarts, { one: 'restart', other: 'restarts' })}.`,
};
