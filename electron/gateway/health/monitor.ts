/**
 * Monitors one running process: until it is ready, how much is known of it, whether it still answers.
 * Reports to the supervisor, which decides; what the observations mean is in judgement.ts.
 */
import type { StartMarks } from '../../contract/events.ts';
import type { Problem } from '../../contract/gateway.ts';
import type { Identity } from '../../contract/identity.ts';
import {
  type Clock,
  deadline,
  identify,
  type ListeningSocket,
  startedBefore,
} from '../../process/index.ts';
import { Addresses } from '../probes/addresses.ts';
import { connects } from '../probes/http.ts';
import { type Claim, type PortOwner, portOwner, portProblem } from '../probes/port-owner.ts';
import type { RunningProcess } from '../running-process.ts';
import type { Tuning } from '../tuning.ts';
import { later, pause } from '../wait.ts';
import { type HealthCheck, Problems, signsOf, startHealthChecks } from './health-checks.ts';
import { type Finding, judgeStart, type StartVerdict } from './judgement.ts';
import { LastAnswer } from './last-answer.ts';
import { type Evidence, gatherEvidence } from './proof.ts';
import { ReadinessProbe } from './readiness.ts';
import { type Reading, type Reporter, readReport } from './report.ts';
import { watchReport } from './report-watch.ts';
import type { SignsOfLife } from './signs-of-life.ts';

/** How long a leftover that answers in the gateway's place is given to be swept away. */
export const leftoverMs = 250;
/** A late process is judged again at this pace. */
const judgeAgainMs = 5_000;
/** A status that did not answer in time is asked for again after 1 s, 2 s … 32 s. */
const lateStatusMs = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000] as const;
/** Two samples of its work, this far apart, tell whether it is at work. */
const workSampleMs = 500;

export interface MonitorDeps {
  readonly process: RunningProcess;
  readonly stateRoot: string;
  readonly logFile: string;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly tuning: Tuning;
  /** Earlier processes of it, of which something may be alive and answer in its place. */
  readonly former?: () => readonly Identity[];
  /** Before its front is open, whoever asks where its profile says would be refused: see SupervisorDeps. */
  readonly frontOpen?: (signal: AbortSignal) => Promise<void>;
  onReady(evidence: Evidence, marks: StartMarks): void;
  /** Its status has answered after all, which it did not when it became ready. */
  onStatus(evidence: Evidence): void;
  /** It is alive and was not ready in time; checked further. */
  onUnready(problem: Problem): void;
  onOverdue(problem: Problem): void;
  onPortHeld(problem: Problem): void;
  /** Of all checks together: a problem as long as one of them has one. */
  onFinding(finding: Finding): void;
  onReport(reading: Reading | null): void;
  /** Something to know that is no problem; null: no more. */
  onNote(note: Problem | null): void;
}

export class Monitor {
  readonly #deps: MonitorDeps;
  readonly #problems = new Problems();
  readonly #addresses: Addresses;
  readonly #lastAnswer: LastAnswer;
  readonly #signs: SignsOfLife;
  readonly #reporter: Reporter | null;
  readonly #readiness: ReadinessProbe;
  readonly #ended = new AbortController();
  /** Of the wait for readiness: aborted when it is ready, or the monitor ends. */
  readonly #waiting = new AbortController();
  #checks = new AbortController();
  #isReady = false;
  #isLate = false;
  #reports = false;
  #startedAt = 0;
  /** When it last showed a sign of life, once it was late. */
  #lastSignAt = 0;

  constructor(deps: MonitorDeps) {
    const { process, clock } = deps;
    const { profile, identity } = process;
    this.#deps = deps;
    this.#addresses = new Addresses(profile);
    this.#lastAnswer = new LastAnswer(clock);
    this.#signs = signsOf({ ...deps, profile, identity, reports: () => this.#reports });
    this.#reporter = this.#makeReporter();
    this.#readiness = new ReadinessProbe({
      ...deps,
      ...process,
      signal: this.#ended.signal,
      addresses: this.#addresses,
      lastAnswer: this.#lastAnswer,
      reportedState: () => this.#reportedState(),
      lookUp: () => this.#addresses.take(this.#signs.listens()),
      isLate: () => this.#isLate,
    });
  }

  /** Begins to wait for its readiness. */
  start(): void {
    const { process, clock, onReport } = this.#deps;
    const { name, startTimeoutMs } = process.profile;
    this.#startedAt = clock.now();
    if (this.#reporter) {
      watchReport({
        ...this.#reporter,
        name,
        signal: this.#ended.signal,
        onReport,
        onFinding: (finding) => this.#onFinding('report', finding),
        onChecked: (reading) => {
          this.#reports = reading?.live === true;
        },
      });
    }
    const cancel = deadline(clock, startTimeoutMs, () => void this.#onLate());
    this.#waiting.signal.addEventListener('abort', cancel, { once: true });
    void this.#awaitReady();
  }

  /** Checks from now on whether it still answers. */
  checkHealth(): void {
    this.#checks.abort();
    this.#checks = new AbortController();
    startHealthChecks({
      ...this.#deps,
      profile: this.#deps.process.profile,
      addresses: this.#addresses,
      lastAnswer: this.#lastAnswer,
      signs: this.#signs,
      signal: this.#checks.signal,
      wasReady: () => this.#isReady,
      onFinding: (check, finding) => this.#onFinding(check, finding),
    });
  }

  /** Asks again how much is known. */
  evidence(): Promise<Evidence> {
    const { process, clock } = this.#deps;
    const { profile, identity } = process;
    return gatherEvidence({
      profile,
      identity,
      host: this.#addresses.current,
      clock,
      vouches: () => this.#vouches(),
      portOwner: () => this.#portOwner(),
    });
  }

  end(): void {
    this.#ended.abort();
    this.#waiting.abort();
    this.#checks.abort();
  }

  #makeReporter(): Reporter | null {
    const { process, dataDir, clock } = this.#deps;
    const { identity, startedAt } = process;
    const { report: spec, port, https } = process.profile;
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

  #onFinding(check: HealthCheck, finding: Finding): void {
    if (this.#ended.signal.aborted) return;
    const { onFinding, onUnready } = this.#deps;
    if (finding.type === 'hung') {
      onFinding(finding);
      return;
    }
    this.#problems.put(check, finding.type === 'well' ? null : finding.problem);
    const problem = this.#problems.first();
    if (this.#isReady) onFinding(problem ? { type: 'problem', problem } : { type: 'well' });
    else if (this.#isLate && problem) onUnready(problem);
  }

  /** Who answers where it is asked. */
  #portOwner(): PortOwner {
    const { process } = this.#deps;
    const { port } = process.profile;
    if (port === undefined) return { type: 'none' };
    const listens = this.#signs.listens();
    this.#addresses.take(listens);
    if (this.#hasPassedPort) return this.#passedPortOwner(port);
    if (listens.some((socket) => socket.port === port)) return { type: 'own' };
    const owner = portOwner(this.#claim(port));
    if (owner.type !== 'foreign') return owner;
    return this.#isStranger(owner.pid) ? owner : { type: 'none' };
  }

  /**
   * Who has the passed socket may answer. That the gateway has it says nothing: it was given to it. That
   * it takes connections from it, only an answer shows.
   */
  #passedPortOwner(port: number): PortOwner {
    const owner = portOwner({ ...this.#claim(port), passed: true });
    const answered = this.#deps.process.profile.readiness.type === 'http';
    return owner.type === 'own' && !answered ? { type: 'none' } : owner;
  }

  #claim(port: number): Claim {
    const { process, stateRoot, former = () => [] } = this.#deps;
    const { identity, profile } = process;
    return { port, identity, former: former(), stateRoot, profileId: profile.id };
  }

  get #hasPassedPort(): boolean {
    return this.#deps.process.profile.listen === 'passed';
  }

  /**
   * A program that listened there before the start is not the gateway's doing. One that came later may
   * be: a container's port is served by another user's program, and some programs hide their sockets.
   */
  #isStranger(pid: number): boolean {
    const holder = pid === 0 ? undefined : identify(pid);
    return holder !== undefined && startedBefore(holder, this.#deps.process.identity);
  }

  /** The problem of a port that a stranger holds; null when none does. */
  #portProblem(): Problem | null {
    const owner = this.#portOwner();
    return owner.type === 'foreign' ? portProblem(this.#deps.process.profile, owner) : null;
  }

  async #awaitReady(): Promise<void> {
    const { process, clock, onPortHeld } = this.#deps;
    // An adopted one that was ready before is not asked to prove that again.
    const { wasReady } = process;
    if (wasReady) this.#addresses.take(this.#signs.listens());
    const host = wasReady ? this.#addresses.current : await this.#readiness.untilReady();
    if (host === null) return;
    if (!wasReady) await this.#deps.frontOpen?.(this.#ended.signal);
    this.#addresses.current = host;
    const evidence = await this.evidence();
    const { signal } = this.#ended;
    if (signal.aborted) return;
    const held = evidence.stranger ? this.#portProblem() : null;
    if (!wasReady && (evidence.stranger || !this.#addresses.has(host))) {
      if (held && !this.#isLate) onPortHeld(held);
      // What an ended gateway left behind is about to be swept away; or it listens at another address.
      else later(clock, leftoverMs, signal, () => void this.#awaitReady());
      return;
    }
    this.#onReady(evidence, held);
  }

  #onReady(evidence: Evidence, held: Problem | null): void {
    const { onReady, onFinding } = this.#deps;
    this.#isReady = true;
    this.#waiting.abort();
    this.#problems.put('readiness', null);
    onReady(evidence, this.#readiness.marks);
    this.#noteUnseenListener(evidence);
    // A gateway that served before is not ended because of who answers now: that is shown meanwhile.
    if (held) this.#problems.put('liveness', held);
    const problem = this.#problems.first();
    if (problem) onFinding({ type: 'problem', problem });
    if (evidence.statusIsLate) this.#askLateStatus(0);
  }

  /** @param tries so many times in vain */
  #askLateStatus(tries: number): void {
    const { clock, onStatus } = this.#deps;
    const { signal } = this.#ended;
    const waitMs = lateStatusMs[tries];
    if (waitMs === undefined) return;
    later(clock, waitMs, signal, async () => {
      const evidence = await this.evidence();
      if (signal.aborted) return;
      if (evidence.statusIsLate) this.#askLateStatus(tries + 1);
      else if (!evidence.stranger) onStatus(evidence);
    });
  }

  /** Its port is served, and by which program can't be seen. */
  #noteUnseenListener({ proof }: Evidence): void {
    const { process, onNote } = this.#deps;
    const { name, port, readiness } = process.profile;
    const asksPort = readiness.type === 'http' || readiness.type === 'tcp';
    const isUnseen = proof === 'alive' && port !== undefined && asksPort;
    const message = `${name} runs, and port ${port} answers, but Holdfast can't see which program listens there. It may be a container's, or one that hides its files.`;
    onNote(isUnseen ? { message } : null);
  }

  /** The start timeout is over, or was before. */
  async #onLate(): Promise<void> {
    const { signal } = this.#waiting;
    if (signal.aborted) return;
    const { process, clock, onPortHeld } = this.#deps;
    // The first of two samples of its work.
    this.#signs.read();
    const listens = this.#listensByItself();
    const held = listens.length === 0 && !this.#isLate ? this.#portProblem() : null;
    if (held) {
      onPortHeld(held);
      return;
    }
    this.#addresses.take(listens);
    const { port } = process.profile;
    const host = this.#addresses.current;
    const timeoutMs = this.#deps.tuning.probeTimeoutMs;
    // A passed port is open whether or not the gateway takes connections.
    const mayTell = port !== undefined && !this.#hasPassedPort;
    const isOpen = mayTell && (await connects({ host, port, timeoutMs, clock }));
    await pause(clock, workSampleMs, signal);
    if (signal.aborted) return;
    const { startTimeoutMs, name } = process.profile;
    const verdict = judgeStart({
      name,
      port,
      passed: this.#hasPassedPort,
      startTimeoutMs,
      lateMs: clock.now() - this.#startedAt,
      answer: this.#readiness.answerWithin(this.#isLate ? 2 * judgeAgainMs : startTimeoutMs),
      missing: this.#readiness.missing(),
      listens,
      connects: isOpen,
      signs: this.#signs.read(),
    });
    this.#actOn(verdict);
  }

  /** Without the socket that it was given. */
  #listensByItself(): readonly ListeningSocket[] {
    const { port } = this.#deps.process.profile;
    const listens = this.#signs.listens();
    return this.#hasPassedPort ? listens.filter((socket) => socket.port !== port) : listens;
  }

  #actOn(verdict: StartVerdict): void {
    const { process, clock, onUnready, onOverdue } = this.#deps;
    const now = clock.now();
    const unready = verdict.type === 'unready';
    if (unready) this.#lastSignAt = now;
    else if (!this.#isLate || now - this.#lastSignAt >= process.profile.startTimeoutMs) {
      onOverdue(verdict.problem);
      return;
    }
    this.#isLate = true;
    later(clock, judgeAgainMs, this.#waiting.signal, () => void this.#onLate());
    if (!unready) return;
    this.#problems.put('readiness', verdict.problem);
    onUnready(this.#problems.first() ?? verdict.problem);
  }
}
