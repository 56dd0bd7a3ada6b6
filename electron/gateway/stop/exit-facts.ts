/** What is known at the moment of an exit, before the successor changes it: port, daemon, state file, log. */
import type { Problem } from '../../contract/gateway.ts';
import type { Identity } from '../../contract/identity.ts';
import type { ExitInfo } from '../../process/index.ts';
import { lastReading } from '../health/report.ts';
import type { ExitReport } from '../model.ts';
import { portConflict } from '../probes/port-owner.ts';
import { fileSize, type RunningProcess } from '../running-process.ts';
import { type LeftBehind, maybeDaemon } from './background.ts';

export interface ExitSurroundings {
  /** Of the gateway's state, before the exit. */
  readonly status: string;
  /** Earlier processes of it, of which something may be alive. */
  readonly former: readonly Identity[];
  readonly stateRoot: string;
  readonly dataDir: string;
  readonly logFile: string;
}

export interface ExitFacts {
  /** What may be its daemon. */
  readonly leftBehind: LeftBehind | null;
  /** Another program holds the port it needs. */
  readonly conflict: Problem | null;
  readonly exitReport: ExitReport | null;
  /** Its successor writes into the same file from here on. */
  readonly logEnd: number;
}

export function exitFacts(
  process: RunningProcess,
  exit: ExitInfo,
  around: ExitSurroundings,
): ExitFacts {
  const daemon = around.status === 'stopping' ? null : maybeDaemon(process, exit);
  // It exited by itself before it was ready: because of its port? (To find out takes 10 ms.)
  const early = around.status === 'starting' && exit.signal === null && !daemon;
  return {
    leftBehind: daemon,
    conflict: early
      ? portConflict(process.profile, [process.identity, ...around.former], around.stateRoot)
      : null,
    exitReport: exitReportOf(process, around.dataDir),
    logEnd: fileSize(around.logFile),
  };
}

function exitReportOf(
  { profile, identity, startedAt }: RunningProcess,
  dataDir: string,
): ExitReport | null {
  const { report: spec } = profile;
  const last = spec ? lastReading({ spec, dataDir, identity, startedAt }) : null;
  if (!last) return null;
  return { reason: last.report.reason ?? null, restart: last.restart, stopped: last.stopped };
}
