/**
 * Accompanies one living process: until it is ready, how much is known of it, whether it still
 * answers. Reports to the supervisor, which decides.
 */
import type { Problem } from '../contract/gateway.ts';
import type { Identity } from '../contract/identity.ts';
import type { Profile } from '../contract/profile.ts';
import { type Clock, deadline } from '../process/index.ts';
import type { Finding } from './liveness.ts';
import { type PortOwner, portOwner, portProblem } from './port-owner.ts';
import { connects, type Host, loopback } from './probe.ts';
import { untilReady } from './readiness.ts';
import { type Reading, type Reporter, readReport } from './report.ts';
import { watchReport } from './report-watch.ts';
import { type Evidence, gatherEvidence } from './status.ts';
import type { Tuning } from './types.ts';
import { Complaints, type Look, watchVitals } from './vitals.ts';

/** How long a leftover that answers in the gateway's place is given to be swept away. */
const lookAgainMs = 250;

export interface AttendanceDeps {
  readonly profile: Profile;
  readonly identity: Identity;
  readonly stateRoot: string;
  readonly logFile: string;
  /** Where this start's output begins in the log. */
  readonly logOffset: number;
  readonly dataDir: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** An adopted one that counted as ready before is not asked to prove that again. */
  readonly wasReady: boolean;
  readonly clock: Clock;
  readonly tuning: Tuning;
  onReady(evidence: Evidence): void;
  onOverdue(problem: Problem): void;
  onPortHeld(problem: Problem): void;
  /** Of all looks together: trouble as long as one of them sees trouble. */
  onFinding(finding: Finding): void;
  onReport(reading: Reading | null): void;
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
  let endVitals = (): void => {};
  let endReport = (): void => {};
  const complaints = new Complaints();

  const reporter: Reporter | null = profile.report
    ? {
        spec: profile.report,
        dataDir: deps.dataDir,
        identity,
        startedAt: deps.startedAt,
        port: profile.port,
        clock,
        host: () => host,
      }
    : null;
  const onFinding = (look: Look, finding: Finding): void => {
    if (over) return;
    if (finding.type === 'hung') {
      deps.onFinding(finding);
      return;
    }
    complaints.put(look, finding.type === 'well' ? null : finding.problem);
    const problem = complaints.first();
    if (ready) deps.onFinding(problem ? { type: 'complaint', problem } : { type: 'well' });
  };

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
  // Only a report that names its pid is known to be its own.
  const vouches = async (): Promise<boolean> =>
    reporter?.spec.fields.pid !== undefined && (await readReport(reporter)) !== null;
  const evidence = (): Promise<Evidence> =>
    gatherEvidence({ profile, identity, host, clock, vouches, portOwner: owner });

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
      const reported = async (): Promise<string | null> =>
        (reporter && (await readReport(reporter))?.report.state) ?? null;
      const answered = await untilReady({ ...deps, reported, cancelled });
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
    // The next good answer of its own takes that back.
    if (problem) complaints.put('liveness', problem);
    const complaint = complaints.first();
    if (complaint) deps.onFinding({ type: 'complaint', problem: complaint });
  };

  return {
    begin() {
      if (reporter) {
        const { onReport } = deps;
        const { name } = profile;
        const onSaid = (finding: Finding) => onFinding('report', finding);
        endReport = watchReport({ ...reporter, name, onReport, onFinding: onSaid });
      }
      cancelLimit = deadline(clock, profile.startTimeoutMs, () => {
        if (over || ready) return;
        const problem = held();
        if (problem) deps.onPortHeld(problem);
        else deps.onOverdue(overdue(profile));
      });
      void look();
    },
    watch() {
      const { tuning, dataDir } = deps;
      endVitals();
      endVitals = watchVitals({ profile, host, dataDir, clock, tuning, onFinding });
    },
    evidence,
    end() {
      over = true;
      cancelLimit();
      cancelLook();
      endReport();
      endVitals();
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
