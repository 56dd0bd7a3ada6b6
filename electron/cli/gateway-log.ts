/** A gateway's log, read without its watcher: by its name, its ledger and the process that writes it. */
import { existsSync } from 'node:fs';
import type { LogLine } from '../contract/log-calls.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { readLedger } from '../gateway/ledger/ledger.ts';
import { type LogWriter, locateLog, movedLogProblem } from '../gateway/logs/log-keeper.ts';
import { logLimit } from '../gateway/logs/log-limit.ts';
import { type LogLocation, rotateIfLarge } from '../gateway/logs/log-rotation.ts';
import { followLog, type Tail } from '../gateway/logs/log-tail.ts';
import { isAlive, systemClock } from '../process/index.ts';
import { watcherRuns } from './serving-watcher.ts';

export interface GatewayLogReader {
  readonly file: string;
  /** True when there is something to read. */
  exists(): boolean;
  /** A sentence when it is not at its name any more; else null. */
  problem(name: string): string | null;
  /** Cuts it when no watcher does. Never throws. */
  keepSmall(): void;
  /** The last lines, as they are now. */
  last(lines: number): readonly LogLine[];
  /** The last `lines` lines, and what is added until the answer is closed. `holds`: it keeps the program running. */
  follow(
    how: { readonly lines: number; readonly holds: boolean },
    onLines: (added: readonly LogLine[], gap: boolean) => void,
  ): Tail;
}

export function gatewayLog(state: StateFolder, id: string): GatewayLogReader {
  const file = state.gatewayLog(id);
  const place = (): LogLocation => locateLog(file, writerOf(state, id));
  const follow: GatewayLogReader['follow'] = (how, onLines) =>
    followLog(file, {
      ...how,
      clock: systemClock,
      locate: () => place().source ?? { path: file, through: null },
      onLines,
    });
  return {
    file,
    exists() {
      const { moved, source } = place();
      return existsSync(file) || (moved && source !== null);
    },
    problem(name) {
      const now = place();
      if (!now.moved) return null;
      const { message, hint } = movedLogProblem(name, file, now);
      return `${message} ${hint}`;
    },
    keepSmall() {
      const { source } = place();
      if (source === null || watcherRuns(state)) return;
      try {
        rotateIfLarge(file, logLimit(state.settings)(), source);
      } catch {
        // The user has not asked for it, and the next watcher tries again.
      }
    },
    follow,
    last(lines) {
      const tail = follow({ lines, holds: false }, () => undefined);
      tail.close();
      return tail.lines;
    },
  };
}

/** The running process that writes the log, by its ledger. */
export function writerOf(state: StateFolder, id: string): LogWriter | null {
  const reading = readLedger(state.ledger, id);
  const written = reading.type === 'record' ? reading.ledger.process : null;
  if (!written?.logKey || !isAlive(written.identity)) return null;
  return { pid: written.identity.pid, key: written.logKey };
}
