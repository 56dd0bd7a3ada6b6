/**
 * The health checks of a gateway that serves, ours or an external one, taken together: each has its own
 * problem, and the gateway is degraded as long as one has. An answer to one is a sign of life for the
 * others.
 */
import type { Problem } from '../../contract/gateway.ts';
import type { Identity } from '../../contract/identity.ts';
import type { Heartbeat } from '../../contract/probes.ts';
import type { Profile } from '../../contract/profile.ts';
import { askLoop } from '../probes/loop-tick.ts';
import { dataPath } from '../profiles/profiles.ts';
import { isFresh, watchHeartbeat } from './heartbeat.ts';
import { type Finding, judgeSilence } from './judgement.ts';
import { type LivenessWatch, watchLiveness } from './liveness.ts';
import { SignsOfLife } from './signs-of-life.ts';

export type HealthCheck = 'readiness' | 'liveness' | 'heartbeat' | 'report';

/** The present problems of a gateway, one for each check. */
export class Problems {
  readonly #of = new Map<HealthCheck, Problem>();

  /** Null: that check has none. */
  put(check: HealthCheck, problem: Problem | null): void {
    if (problem) this.#of.set(check, problem);
    else this.#of.delete(check);
  }

  /** The one to show: the oldest. */
  first(): Problem | null {
    const [problem] = this.#of.values();
    return problem ?? null;
  }
}

export interface HealthChecks extends Omit<LivenessWatch, 'onFinding'> {
  onFinding(check: HealthCheck, finding: Finding): void;
}

interface SignsSetup extends Pick<HealthChecks, 'profile' | 'dataDir' | 'clock' | 'tuning'> {
  readonly identity: Identity;
  /** It answered the last question for its report. */
  reports(): boolean;
}

/** What the process of `identity` shows when it does not answer, by what its profile names. */
export function signsOf({ identity, reports, ...how }: SignsSetup): SignsOfLife {
  return new SignsOfLife({
    identity,
    clock: how.clock,
    reports,
    beats: () => heartbeatIsFresh(how.profile, how.dataDir),
    asksLoop: loopProbeOf(how),
  });
}

/** Whether the profile names a heartbeat, and it is fresh. */
function heartbeatIsFresh({ heartbeat }: Profile, dataDir: string): boolean {
  return heartbeat !== undefined && isFresh(dataPath(heartbeat.path, dataDir), heartbeat.maxAgeMs);
}

/** How the event loop of this gateway is asked; null when its profile does not say. */
function loopProbeOf({
  profile: { heartbeat },
  dataDir,
  clock,
  tuning,
}: Omit<SignsSetup, 'identity' | 'reports'>): (() => Promise<boolean>) | null {
  if (!heartbeat?.loopTick) return null;
  return () => askLoop(heartbeat, dataDir, { timeoutMs: tuning.probeTimeoutMs, clock });
}

/** Begins the checks that the profile names; each ends with `hung`, and all with `signal`. */
export function startHealthChecks(checks: HealthChecks): void {
  const { heartbeat } = checks.profile;
  watchLiveness({ ...checks, onFinding: (finding) => checks.onFinding('liveness', finding) });
  if (heartbeat) startHeartbeatCheck(checks, heartbeat);
}

function startHeartbeatCheck(checks: HealthChecks, { path, maxAgeMs }: Heartbeat): void {
  const { profile, dataDir, clock, tuning, signs, lastAnswer, signal } = checks;
  const { name, liveness, startTimeoutMs } = profile;
  const seconds = Math.round(maxAgeMs / 1_000);
  const what = `has not shown its heartbeat for ${seconds} s`;
  // A gateway that answers was asked twice in this time, and answered once.
  const answerAgeMs = liveness ? 2 * (liveness.everyMs + tuning.probeTimeoutMs) : 0;
  watchHeartbeat({
    file: dataPath(path, dataDir),
    maxAgeMs,
    clock,
    signal,
    againMs: Math.min(tuning.retryAfterMissMs, maxAgeMs),
    onBeat: () => checks.onFinding('heartbeat', { type: 'well' }),
    onOverdue(ms, misses) {
      if (answerAgeMs > 0 && lastAnswer.isWithin(answerAgeMs)) {
        const message = `${name} ${what}, but it answers. ${lastAnswer.sentence()}`;
        checks.onFinding('heartbeat', { type: 'problem', problem: { message } });
        return false;
      }
      const finding = judgeSilence({
        name,
        what,
        misses,
        silentMs: maxAgeMs + ms,
        neverAnswered: false,
        signs: signs.read(),
        limits: {
          missesUntilHung: tuning.missesUntilHung,
          hungAfterMs: liveness?.hungAfterMs,
          startTimeoutMs,
        },
        lastAnswer: lastAnswer.sentence(),
      });
      checks.onFinding('heartbeat', finding);
      return finding.type === 'hung';
    },
  });
}
