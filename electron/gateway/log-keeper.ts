/** One gateway's log: kept small, found again when others took it away, and said when they did. */
import type { Problem } from '../contract/gateway.ts';
import {
  type Clock,
  type FileKey,
  fileKeyOf,
  type LogSource,
  whereLogIs,
} from '../process/index.ts';
import { keepSmall, type LogPlace, type Rotation } from './log-rotation.ts';

/** The process that writes a log, and the file that it was given as such. */
export interface LogWriter {
  readonly pid: number;
  readonly key: FileKey;
}

/** Where the log at `file` is that `writer` writes; null: no process does. */
export function placeOfLog(file: string, writer: LogWriter | null): LogPlace {
  const named: LogSource = { path: file, through: null };
  if (writer === null || fileKeyOf(file) === writer.key) return { source: named, taken: false };
  return { source: whereLogIs(file, writer.key, writer.pid), taken: true };
}

/** What a user should know about a log that is not at its name any more. */
export function takenProblem(name: string, file: string, { source }: LogPlace): Required<Problem> {
  const message = `The log of ${name} was moved, removed or replaced by another program: what it writes does not reach ${file}.`;
  const hint = source
    ? 'Its output is shown all the same. Restart it, and it is written there again.'
    : 'Restart it to get its log back.';
  return { message, hint };
}

export interface LogKeeperDeps {
  readonly file: string;
  readonly maxBytes: number;
  readonly clock: Clock;
  name(): string;
  writer(): LogWriter | null;
  notice(problem: Problem | null): void;
  log(message: string): void;
}

/** Keeps it from now on. */
export function keepLog(deps: LogKeeperDeps): Rotation {
  const { file, maxBytes, clock, log } = deps;
  return keepSmall({
    file,
    maxBytes,
    clock,
    log,
    locate: () => placeOfLog(file, deps.writer()),
    onTaken: (place) => deps.notice(place.taken ? takenProblem(deps.name(), file, place) : null),
  });
}
