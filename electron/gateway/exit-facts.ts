/** What is known at the moment of an end, before the successor changes it: port, daemon, state file, log. */
import type { Problem } from '../contract/gateway.ts';
import type { Identity } from '../contract/identity.ts';
import type { ExitInfo } from '../process/index.ts';
import { type LeftBehind, maybeDaemon } from './background.ts';
import { type Living, sizeOf } from './living.ts';
import type { Told } from './model.ts';
import { portConflict } from './port-owner.ts';
import { lastReading } from './report.ts';

export interface Surroundings {
  /** Where it was in its life. */
  readonly status: string;
  /** Earlier processes of it, of which something may live. */
  readonly former: readonly Identity[];
  readonly stateRoot: string;
  readonly dataDir: string;
  readonly logFile: string;
}

export interface ExitFacts {
  /** What may be its daemon. */
  readonly behind: LeftBehind | null;
  /** Someone else holds the port it needs. */
  readonly conflict: Problem | null;
  readonly told: Told | null;
  /** Its successor writes into the same file from here on. */
  readonly logEnd: number;
}

export function exitFacts(living: Living, exit: ExitInfo, around: Surroundings): ExitFacts {
  const behind = around.status === 'stopping' ? null : maybeDaemon(living, exit);
  // It ended by itself before it was ready: because of its port? (Looking costs 10 ms.)
  const early = around.status === 'starting' && exit.signal === null && !behind;
  return {
    behind,
    conflict: early
      ? portConflict(living.profile, [living.identity, ...around.former], around.stateRoot)
      : null,
    told: toldBy(living, around.dataDir),
    logEnd: sizeOf(around.logFile),
  };
}

function toldBy({ profile, identity, startedAt }: Living, dataDir: string): Told | null {
  const { report: spec } = profile;
  const last = spec ? lastReading({ spec, dataDir, identity, startedAt }) : null;
  if (!last) return null;
  return { reason: last.report.reason ?? null, restart: last.restart, stopped: last.stopped };
}
