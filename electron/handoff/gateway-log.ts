/** A gateway's log, read without its watcher: by its name, its ledger and the process that writes it. */
import { existsSync } from 'node:fs';
import type { LogLine } from '../contract/watcher-contract.ts';
import { readLedger } from '../gateway/ledger.ts';
import { type LogWriter, placeOfLog, takenProblem } from '../gateway/log-keeper.ts';
import { type LogPlace, rotateIfLarge } from '../gateway/log-rotation.ts';
import { followLog, type Tail } from '../gateway/log-tail.ts';
import { defaultTuning } from '../gateway/tuning.ts';
import { isAlive, systemClock } from '../process/index.ts';
import { readEndpoint } from './endpoint.ts';
import type { StateFolder } from './state-folder.ts';

export interface GatewayLogReader {
  readonly file: string;
  /** There is something to read. */
  exists(): boolean;
  /** What is wrong with where it is; null when it is where its name says. */
  problem(name: string): string | null;
  /** Cuts it, when no watcher is there to do so. Never throws. */
  keepSmall(): void;
  /** The last `lines` lines, and what is added until the answer is closed; `holds`: that keeps the program alive. */
  follow(
    how: { readonly lines: number; readonly holds: boolean },
    onLines: (added: readonly LogLine[], gap: boolean) => void,
  ): Tail;
}

export function gatewayLog(state: StateFolder, id: string): GatewayLogReader {
  const file = state.gatewayLog(id);
  const place = (): LogPlace => placeOfLog(file, writerOf(state, id));
  return {
    file,
    exists: () => existsSync(file) || place().source !== null,
    problem(name) {
      const now = place();
      if (!now.taken) return null;
      const { message, hint } = takenProblem(name, file, now);
      return `${message} ${hint}`;
    },
    keepSmall() {
      const endpoint = readEndpoint(state);
      const { source } = place();
      if (source === null || (endpoint && isAlive(endpoint.identity))) return;
      try {
        rotateIfLarge(file, defaultTuning.logMaxBytes, source);
      } catch {
        // It was not asked for, and the next watcher tries it again.
      }
    },
    follow: (how, onLines) =>
      followLog(file, {
        ...how,
        clock: systemClock,
        locate: () => place().source ?? { path: file, through: null },
        onLines,
      }),
  };
}

/** The living process that writes the log, as its ledger knows it. */
export function writerOf(state: StateFolder, id: string): LogWriter | null {
  const reading = readLedger(state.ledger, id);
  const written = reading.type === 'record' ? reading.ledger.process : null;
  if (!written?.logKey || !isAlive(written.identity)) return null;
  return { pid: written.identity.pid, key: written.logKey };
}
