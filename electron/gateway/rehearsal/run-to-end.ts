/** Runs a command of a rehearsal to its end: the command that brings the new version. */
import path from 'node:path';
import {
  type Clock,
  type ExitInfo,
  type ExitWaiter,
  firstOf,
  type Identity,
  passed,
  type SpawnSpec,
  spawnDetached,
  stopTree,
} from '../../process/index.ts';
import { aborted, Failure } from './until-ready.ts';

/** A command past its time is asked to end, and killed this much later, milliseconds. */
const graceMs = 5_000;

interface RunToEnd {
  readonly spec: SpawnSpec;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly waiter: ExitWaiter;
  readonly signal?: AbortSignal | undefined;
  onRunning(identity: Identity): void;
}

/** Resolves when it has ended with 0; rejects with a clause. What it leaves running is the caller's to end. */
export async function runToEnd(run: RunToEnd): Promise<void> {
  const { spec, timeoutMs, clock, waiter, signal: cancelled, onRunning } = run;
  const program = path.basename(spec.command);
  const { identity, exited } = spawnDetached(spec);
  onRunning(identity);
  const end = await firstOf<ExitInfo | 'late' | 'cancelled'>([
    () => exited,
    (signal) => passed(clock, timeoutMs, signal).then(() => 'late' as const),
    (signal) => aborted(cancelled, signal).then(() => 'cancelled' as const),
  ]);
  if (typeof end === 'object') {
    if (end.code === 0) return;
    const how =
      end.signal === null ? `ended with exit code ${end.code}` : `was ended by ${end.signal}`;
    throw new Failure(`the command that brings it (${program}) ${how}`);
  }
  await stopTree(identity, { graceMs, graceful: 'SIGTERM', clock, waiter });
  if (end === 'cancelled') throw new Failure('it was cancelled');
  throw new Failure(
    `the command that brings it (${program}) was not finished after ${timeoutMs / 1_000} s`,
  );
}
