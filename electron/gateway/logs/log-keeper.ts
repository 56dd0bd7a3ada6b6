/** One gateway's log: kept small, found again when others moved it away, and reported when they did. */
import type { Problem } from '../../contract/gateway.ts';
import type { Identity } from '../../contract/identity.ts';
import { type FileKey, fileKeyOf } from '../../files/file-identity.ts';
import type { LogSource } from '../../files/log-file.ts';
import { type Clock, whereLogIs } from '../../process/index.ts';
import { keepSmall, type LogLocation, type Rotation } from './log-rotation.ts';

/** The process that writes a log, and the file that it was given as such. */
export interface LogWriter {
  readonly pid: number;
  readonly key: FileKey;
}

/** Where the log at `file` is that `writer` writes; null: no process does. */
export function locateLog(file: string, writer: LogWriter | null): LogLocation {
  const named: LogSource = { path: file, through: null };
  if (writer === null || fileKeyOf(file) === writer.key) return { source: named, moved: false };
  return { source: whereLogIs(file, writer.key, writer.pid), moved: true };
}

/** What a user should know about a log that is no longer at its name. */
export function movedLogProblem(
  name: string,
  file: string,
  { source }: LogLocation,
): Problem & { readonly hint: string } {
  const message = `The log of ${name} was moved, removed or replaced by another program: what it writes does not reach ${file}.`;
  const hint = source
    ? 'Its output is shown all the same. Restart it, and it is written there again.'
    : 'Restart it to get its log back.';
  return { message, hint };
}

export interface LogKeeperDeps {
  readonly file: string;
  readonly maxBytes: () => number;
  readonly clock: Clock;
  name(): string;
  writer(): LogWriter | null;
  notice(problem: Problem | null): void;
  log(message: string): void;
}

/** Keeps the log from `start` to `end`; may be started again. */
export class LogKeeper {
  readonly #deps: LogKeeperDeps;
  #rotation: Rotation | null = null;
  #writing: Identity | null = null;

  constructor(deps: LogKeeperDeps) {
    this.#deps = deps;
  }

  start(): void {
    const { file, maxBytes, clock, log, name, notice } = this.#deps;
    this.#rotation = keepSmall({
      file,
      maxBytes,
      clock,
      log,
      locate: () => this.#locate(),
      onLocated: (location) =>
        notice(location.moved ? movedLogProblem(name(), file, location) : null),
    });
  }

  /** Which process writes it now; null: none does. */
  writtenBy(process: Identity | null): void {
    if (this.#writing !== process) this.#rotation?.checkSoon();
    this.#writing = process;
  }

  /** Where it can be read. */
  source(): LogSource {
    return this.#locate().source ?? { path: this.#deps.file, through: null };
  }

  end(): void {
    this.#rotation?.end();
    this.#rotation = null;
  }

  #locate(): LogLocation {
    return locateLog(this.#deps.file, this.#deps.writer());
  }
}
