/**
 * Accompanies one living process: until it is ready, how much is known of it, whether it still
 * answers. Reports to the supervisor, which decides.
 */
import type { Problem } from '../contract/gateway.ts';
import type { Identity } from '../contract/identity.ts';
import type { Profile } from '../contract/profile.ts';
import type { Clock } from '../process/index.ts';
import { type Finding, watchLiveness } from './liveness.ts';
import { type PortOwner, portOwner, portProblem } from './port-owner.ts';
import { connects, type Host, loopback } from './probe.ts';
import { untilReady } from './readiness.ts';
import { type Evidence, gatherEvidence } from './status.ts';
import type { Tuning } from './types.ts';

/** How long a leftover that answers in the gateway's place is given to be swept away. */
const lookAgainMs = 250;

export interface AttendanceDeps {
  readonly profile: Profile;
  readonly identity: Identity;
  readonly stateRoot: string;
  readonly logFile: string;
  /** Where this start's output begins in the log. */
  readonly logOffset: number;
  /** An adopted one that counted as ready before is not asked to prove that again. */
  readonly wasReady: boolean;
  readonly clock: Clock;
  readonly tuning: Tuning;
  onReady(evidence: Evidence): void;
  onOverdue(problem: Problem): void;
  onPortHeld(problem: Problem): void;
  onFinding(finding: Finding): void;
}

export interface Attendance {
  /** Begins to look for its being ready. */
  begin(): void;
  /** Begins to look whether it still answers. */
  watch(): void;
  /** Asks again how much is known. */
  evidence(): Promise<Evidence>;
  end(): void;
}

export function attend(deps: AttendanceDeps): Attendance {
  const { profile, identity, clock } = deps;
  let over = false;
  let ready = false;
  let host: Host = loopback[0];
  let cancelLimit = (): void => {};
  let cancelLook = (): void => {};
  let endLiveness = (): void => {};

  const owner = (): PortOwner =>
    profile.port === undefined
      ? { type: 'nobody' }
      : portOwner({
          port: profile.port,
          identity,
          stateRoot: deps.stateRoot,
          profileId: profile.id,
        });
  const held = (): Problem | null => {
    const found = owner();
    return found.type === 'foreign' ? portProblem(profile.port ?? 0, found) : null;
  };
  const evidence = (): Promise<Evidence> =>
    gatherEvidence({ profile, identity, host, clock, portOwner: owner });

  const listeningHost = async (): Promise<Host> => {
    const { port } = profile;
    if (port === undefined) return host;
    const { tuning } = deps;
    for (const one of loopback) {
      if (await connects({ host: one, port, timeoutMs: tuning.probeTimeoutMs, clock })) return one;
    }
    return host;
  };
  const look = async (): Promise<void> => {
    if (deps.wasReady) {
      host = await listeningHost();
      if (over) return;
    } else {
      const cancelled = (): boolean => over;
      const { logFile, logOffset } = deps;
      const answered = await untilReady({ profile, clock, logFile, logOffset, cancelled });
      if (over || !answered) return;
      host = answered;
    }
    const found = await evidence();
    if (over) return;
    if (found.stranger && !deps.wasReady) {
      const problem = held();
      if (problem) deps.onPortHeld(problem);
      // What an ended gateway left behind is about to be swept away.
      else cancelLook = clock.after(lookAgainMs, () => void look());
      return;
    }
    ready = true;
    cancelLimit();
    deps.onReady(found);
    // One that has served before is not ended for who answers now: that is shown.
    const problem = found.stranger ? held() : null;
    if (problem) deps.onFinding({ type: 'complaint', problem });
  };

  return {
    begin() {
      cancelLimit = clock.after(profile.startTimeoutMs, () => {
        if (over || ready) return;
        const problem = held();
        if (problem) deps.onPortHeld(problem);
        else deps.onOverdue(overdue(profile));
      });
      void look();
    },
    watch() {
      const { tuning, onFinding } = deps;
      endLiveness();
      endLiveness = watchLiveness({ profile, host, clock, tuning, onFinding });
    },
    evidence,
    end() {
      over = true;
      cancelLimit();
      cancelLook();
      endLiveness();
    },
  };
}

function overdue(profile: Profile): Problem {
  const seconds = profile.startTimeoutMs / 1_000;
  return {
    message: `${profile.name} was not ready within ${seconds} s of its start.`,
    hint: 'Its log may say why. A gateway that needs longer can be given more time (startTimeoutMs).',
  };
}
