/** Waits until a rehearsed process is ready and proved, or says why it is not. */
import type { Problem, Proof } from '../../contract/gateway.ts';
import {
  type Clock,
  type ExitInfo,
  type ExitWaiter,
  exitOf,
  firstOf,
  once,
  passed,
} from '../../process/index.ts';
import { Monitor } from '../health/monitor.ts';
import type { Evidence } from '../health/proof.ts';
import type { RunningProcess } from '../running-process.ts';
import { defaultTuning } from '../tuning.ts';
import { pause } from '../wait.ts';

/** A process of which nothing is asked has shown nothing by being started: it has to stay. */
const stayMs = 3_000;
/** Between two questions for the status. */
const askAgainMs = 20;

/** Why a rehearsal failed, as a clause or a sentence. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

interface UntilReady {
  /** Its profile's `startTimeoutMs` is the limit. */
  readonly process: RunningProcess;
  readonly stateRoot: string;
  readonly logFile: string;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly waiter: ExitWaiter;
  readonly expectBuild: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Rejects with a Failure, also when it ends. */
export function untilReady(wait: UntilReady): Promise<{ build: string | null; proof: Proof }> {
  const { process, waiter, signal: cancelled } = wait;
  return firstOf([
    (signal) => proved(wait, signal),
    async (signal): Promise<never> => {
      throw new Failure(`it ${describeEnd(await exitOf(waiter, process.identity, signal))}`);
    },
    async (signal): Promise<never> => {
      await aborted(cancelled, signal);
      throw new Failure('it was cancelled');
    },
  ]);
}

async function proved(
  wait: UntilReady,
  signal: AbortSignal,
): Promise<{ build: string | null; proof: Proof }> {
  const { process, clock, expectBuild } = wait;
  const { readiness, startTimeoutMs, status } = process.profile;
  const begun = clock.now();
  const { monitor, evidence: first } = await monitored(wait, signal);
  try {
    if (readiness.type === 'started') await passed(clock, stayMs, signal);
    let evidence = first;
    while (status && evidence.proof !== 'verified') {
      if (clock.now() - begun > startTimeoutMs) {
        throw new Failure('its status did not confirm that it is the process that was started');
      }
      await pause(clock, askAgainMs, signal);
      signal.throwIfAborted();
      evidence = await monitor.evidence();
    }
    const { build, proof } = evidence;
    if (!status || expectBuild === undefined || build === expectBuild) return { build, proof };
    throw new Failure(`${build ?? 'a build without a name'} answers instead of ${expectBuild}`);
  } finally {
    monitor.end();
  }
}

/** Resolves when it is ready. */
async function monitored(
  wait: UntilReady,
  signal: AbortSignal,
): Promise<{ monitor: Monitor; evidence: Evidence }> {
  return once<{ monitor: Monitor; evidence: Evidence }>(
    (resolve, reject) => {
      let isReady = false;
      const fail = ({ message }: Problem): void => reject(new Failure(message));
      const monitor = new Monitor({
        ...wait,
        tuning: defaultTuning,
        onReady: (evidence) => {
          isReady = true;
          resolve({ monitor, evidence });
        },
        onStatus: () => undefined,
        onUnready: fail,
        onOverdue: fail,
        onPortHeld: fail,
        onFinding: () => undefined,
        onReport: () => undefined,
        onNote: () => undefined,
      });
      monitor.start();
      return () => {
        if (!isReady) monitor.end();
      };
    },
    { signal },
  );
}

/** Resolves when `awaited` aborts. */
export function aborted(awaited: AbortSignal | undefined, signal: AbortSignal): Promise<void> {
  return once(
    (resolve) => {
      const tell = (): void => resolve();
      if (awaited?.aborted) tell();
      awaited?.addEventListener('abort', tell, { once: true });
      return () => awaited?.removeEventListener('abort', tell);
    },
    { signal },
  );
}

function describeEnd({ code, signal }: ExitInfo): string {
  if (signal !== null) return `was ended by ${signal}`;
  return code === null ? 'ended' : `ended with exit code ${code}`;
}
