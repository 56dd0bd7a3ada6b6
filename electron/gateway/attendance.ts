/**
 * Accompanies one living process: until it is ready, how much is known of it, whether it still
 * answers. Reports to the supervisor, which decides; what the sights mean is in judgement.ts.
 */
import type { Problem } from '../contract/gateway.ts';
import type { Identity } from '../contract/identity.ts';
import type { Profile } from '../contract/profile.ts';
import { type Clock, deadline, identify, startedBefore } from '../process/index.ts';
import { Addresses } from './addresses.ts';
import { type Finding, judgeStart } from './judgement.ts';
import { LastHeard } from './last-heard.ts';
import { type PortOwner, portOwner, portProblem } from './port-owner.ts';
import { connects } from './probe.ts';
import { ReadinessLook } from './readiness.ts';
import { type Reading, type Reporter, readReport } from './report.ts';
import { watchReport } from './report-watch.ts';
import { SignsOfLife } from './signs-of-life.ts';
import { type Evidence, gatherEvidence } from './status.ts';
import type { Tuning } from './types.ts';
import { beats, Complaints, type Look, watchVitals } from './vitals.ts';

/** How long a leftover that answers in the gateway's place is given to be swept away. */
const lookAgainMs = 250;
/** One that was late is judged again at this pace. */
const judgeAgainMs = 5_000;
/** Two looks at its work, so far apart, tell whether it is at work. */
const workLookMs = 500;

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
  /** It lives and was not ready in time; looked at further. */
  onUnready(problem: Problem): void;
  onOverdue(problem: Problem): void;
  onPortHeld(problem: Problem): void;
  /** Of all looks together: trouble as long as one of them sees trouble. */
  onFinding(finding: Finding): void;
  onReport(reading: Reading | null): void;
  /** Something to know that is no trouble; null: no more. */
  onNote(note: Problem | null): void;
}

export class Attendance {
  readonly #deps: AttendanceDeps;
  readonly #complaints = new Complaints();
  readonly #addresses: Addresses;
  readonly #heard: LastHeard;
  readonly #signs: SignsOfLife;
  readonly #reporter: Reporter | null;
  readonly #readiness: ReadinessLook;
  #over = false;
  #ready = false;
  #late = false;
  #reports = false;
  #begun = 0;
  /** When it last showed a sign of life, once it was late. */
  #signAt = 0;
  #cancelLimit = (): void => {};
  #cancelLook = (): void => {};
  #endVitals = (): void => {};
  #endReport = (): void => {};

  constructor(deps: AttendanceDeps) {
    const { profile, identity, clock, dataDir } = deps;
    this.#deps = deps;
    this.#addresses = new Addresses(profile);
    this.#heard = new LastHeard(clock);
    this.#signs = new SignsOfLife({
      identity,
      clock,
      beats: () => beats(profile, dataDir),
      reports: () => this.#reports,
    });
    this.#reporter = this.#makeReporter();
    this.#readiness = new ReadinessLook({
      ...deps,
      addresses: this.#addresses,
      heard: this.#heard,
      reported: () => this.#reportedState(),
      lookUp: () => this.#addresses.take(this.#signs.listens()),
      late: () => this.#late,
      cancelled: () => this.#over,
    });
  }

  /** Begins to look for its being ready. */
  begin(): void {
    const { profile, clock, onReport } = this.#deps;
    this.#begun = clock.now();
    if (this.#reporter) {
      this.#endReport = watchReport({
        ...this.#reporter,
        name: profile.name,
        onReport,
        onFinding: (finding) => this.#onFinding('report', finding),
        onLook: (reading) => {
          this.#reports = reading?.live === true;
        },
      });
    }
    this.#cancelLimit = deadline(clock, profile.startTimeoutMs, () => void this.#onLate());
    void this.#look();
  }

  /** Begins to look whether it still answers. */
  watch(): void {
    this.#endVitals();
    this.#endVitals = watchVitals({
      ...this.#deps,
      addresses: this.#addresses,
      heard: this.#heard,
      signs: this.#signs,
      wasReady: () => this.#ready,
      onFinding: (look, finding) => this.#onFinding(look, finding),
    });
  }

  /** Asks again how much is known. */
  evidence(): Promise<Evidence> {
    const { profile, identity, clock } = this.#deps;
    return gatherEvidence({
      profile,
      identity,
      host: this.#addresses.current,
      clock,
      vouches: () => this.#vouches(),
      portOwner: () => this.#owner(),
    });
  }

  end(): void {
    this.#over = true;
    this.#cancelLimit();
    this.#cancelLook();
    this.#endReport();
    this.#endVitals();
  }

  #makeReporter(): Reporter | null {
    const { profile, dataDir, identity, startedAt, clock } = this.#deps;
    const { report: spec, port, https } = profile;
    const host = () => this.#addresses.current;
    return spec ? { spec, dataDir, identity, startedAt, port, https, clock, host } : null;
  }

  async #reportedState(): Promise<string | null> {
    const reading = this.#reporter && (await readReport(this.#reporter));
    return reading?.report.state ?? null;
  }

  /** Only a report that names its pid is known to be its own. */
  async #vouches(): Promise<boolean> {
    const reporter = this.#reporter;
    return reporter?.spec.fields.pid !== undefined && (await readReport(reporter)) !== null;
  }

  #onFinding(look: Look, finding: Finding): void {
    if (this.#over) return;
    const { onFinding } = this.#deps;
    if (finding.type === 'hung') {
      onFinding(finding);
      return;
    }
    this.#complaints.put(look, finding.type === 'well' ? null : finding.problem);
    const problem = this.#complaints.first();
    if (this.#ready) onFinding(problem ? { type: 'complaint', problem } : { type: 'well' });
    else if (this.#late && problem) this.#deps.onUnready(problem);
  }

  /** Who answers where it is asked. */
  #owner(): PortOwner {
    const { profile, identity, stateRoot } = this.#deps;
    const { port, id: profileId } = profile;
    if (port === undefined) return { type: 'nobody' };
    const listens = this.#signs.listens();
    this.#addresses.take(listens);
    if (listens.some((socket) => socket.port === port)) return { type: 'own' };
    const owner = portOwner({ port, identity, stateRoot, profileId });
    if (owner.type !== 'foreign') return owner;
    return this.#isStranger(owner.pid) ? owner : { type: 'nobody' };
  }

  /**
   * Who listened there before it was started can't be its doing. Who came later may well be: a
   * container's port is served by another user's program; and some programs hide their sockets.
   */
  #isStranger(pid: number): boolean {
    const holder = pid === 0 ? undefined : identify(pid);
    return holder !== undefined && startedBefore(holder, this.#deps.identity);
  }

  /** The problem of a port that a stranger holds; null when it does not. */
  #held(): Problem | null {
    const owner = this.#owner();
    return owner.type === 'foreign' ? portProblem(this.#deps.profile.port ?? 0, owner) : null;
  }

  async #look(): Promise<void> {
    const { wasReady, clock, onReady, onPortHeld, onFinding } = this.#deps;
    if (wasReady) this.#addresses.take(this.#signs.listens());
    const host = wasReady ? this.#addresses.current : await this.#readiness.untilReady();
    if (host === null) return;
    this.#addresses.current = host;
    const found = await this.evidence();
    if (this.#over) return;
    const problem = found.stranger ? this.#held() : null;
    if (!wasReady && (found.stranger || !this.#addresses.has(host))) {
      if (problem && !this.#late) onPortHeld(problem);
      // What an ended gateway left behind is about to be swept away; or it listens elsewhere.
      else this.#cancelLook = clock.after(lookAgainMs, () => void this.#look());
      return;
    }
    this.#ready = true;
    this.#cancelLimit();
    this.#complaints.put('readiness', null);
    onReady(found);
    this.#noteUnseen(found);
    // One that has served before is not ended for who answers now: that is shown, until it answers.
    if (problem) this.#complaints.put('liveness', problem);
    const complaint = this.#complaints.first();
    if (complaint) onFinding({ type: 'complaint', problem: complaint });
  }

  /** Its port is served, and by whom can't be seen. */
  #noteUnseen({ proof }: Evidence): void {
    const { profile, onNote } = this.#deps;
    const { name, port, readiness } = profile;
    const asksPort = readiness.type === 'http' || readiness.type === 'tcp';
    const unseen = proof === 'alive' && port !== undefined && asksPort;
    const message = `${name} runs, and port ${port} answers, but Holdfast can't see which program listens there. It may be a container's, or one that hides its files.`;
    onNote(unseen ? { message } : null);
  }

  /** The start timeout is over, or was before. */
  async #onLate(): Promise<void> {
    if (this.#over || this.#ready) return;
    const { profile, clock, tuning, onPortHeld, onUnready, onOverdue } = this.#deps;
    const { name, port, startTimeoutMs } = profile;
    // The first of two looks at its work.
    this.#signs.look();
    const listens = this.#signs.listens();
    if (listens.length === 0 && !this.#late) {
      const problem = this.#held();
      if (problem) {
        onPortHeld(problem);
        return;
      }
    }
    this.#addresses.take(listens);
    const host = this.#addresses.current;
    const timeoutMs = tuning.probeTimeoutMs;
    const isOpen = port !== undefined && (await connects({ host, port, timeoutMs, clock }));
    await new Promise<void>((resume) => {
      this.#cancelLimit = clock.after(workLookMs, resume);
    });
    if (this.#over || this.#ready) return;
    const verdict = judgeStart({
      name,
      port,
      startTimeoutMs,
      lateMs: clock.now() - this.#begun,
      said: this.#readiness.saidWithin(this.#late ? 2 * judgeAgainMs : startTimeoutMs),
      missing: this.#readiness.missing(),
      listens,
      connects: isOpen,
      life: this.#signs.look(),
    });
    const now = clock.now();
    if (verdict.type === 'unready') this.#signAt = now;
    else if (!this.#late || now - this.#signAt >= startTimeoutMs) {
      onOverdue(verdict.problem);
      return;
    }
    this.#late = true;
    this.#cancelLimit = clock.after(judgeAgainMs, () => void this.#onLate());
    if (verdict.type === 'unready') {
      this.#complaints.put('readiness', verdict.problem);
      onUnready(this.#complaints.first() ?? verdict.problem);
    }
  }
}
