/**
 * Watches an external gateway: whether it answers, what it reports, when it ends. After its end its
 * owner has a moment to bring it back before it counts as ended.
 */
import type { Problem } from '../../contract/gateway.ts';
import type { Identity } from '../../contract/identity.ts';
import type { Profile } from '../../contract/profile.ts';
import type { Clock, ExitWaiter } from '../../process/index.ts';
import { type HealthCheck, Problems, signsOf, startHealthChecks } from '../health/health-checks.ts';
import type { Finding } from '../health/judgement.ts';
import { LastAnswer } from '../health/last-answer.ts';
import type { Reading } from '../health/report.ts';
import { watchReport } from '../health/report-watch.ts';
import type { SignsOfLife } from '../health/signs-of-life.ts';
import { Addresses } from '../probes/addresses.ts';
import type { Tuning } from '../tuning.ts';
import { later } from '../wait.ts';
import type { ExternalGateway } from './external.ts';
import { watchRemote } from './remote.ts';

/** runit waits a second between two starts, systemd 100 ms by default; together 8 s. */
const comebackMs = [50, 200, 750, 1_000, 2_000, 4_000];

export interface ExternalWatchDeps {
  readonly profile: Profile;
  readonly found: ExternalGateway;
  readonly dataDir: string;
  readonly waiter: ExitWaiter;
  readonly clock: Clock;
  readonly tuning: Tuning;
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** False: it need not come back. */
  isWanted(): boolean;
  /** Who runs it now? */
  find(): Promise<ExternalGateway | null>;
  onBack(found: ExternalGateway): void;
  onEnd(): void;
  /** Null: it is well. */
  onProblem(problem: Problem | null): void;
  onReport(reading: Reading | null): void;
}

export function watchExternal(deps: ExternalWatchDeps): void {
  const { program, name } = deps.profile;
  const { identity } = deps.found;
  if (program.type === 'remote') watchRemote({ ...deps, program, name });
  else if (identity) new ProcessWatch(deps, identity).start();
}

class ProcessWatch {
  readonly #deps: ExternalWatchDeps;
  readonly #identity: Identity;
  readonly #problems = new Problems();
  readonly #addresses: Addresses;
  readonly #lastAnswer: LastAnswer;
  readonly #signs: SignsOfLife;
  /** Aborted when the process has ended, or the watch. */
  readonly #alive = new AbortController();
  #checks = new AbortController();
  #reports = false;

  constructor(deps: ExternalWatchDeps, identity: Identity) {
    const { profile, clock } = deps;
    this.#deps = deps;
    this.#identity = identity;
    this.#addresses = new Addresses(profile);
    this.#lastAnswer = new LastAnswer(clock);
    this.#signs = signsOf({ ...deps, identity, reports: () => this.#reports });
  }

  start(): void {
    const { waiter, signal, onReport } = this.#deps;
    this.#addresses.take(this.#signs.listens());
    this.#checkHealth();
    this.#watchReport();
    const forgetExit = waiter.watch(this.#identity, () => {
      this.#end();
      onReport(null);
      this.#awaitComeback();
    });
    signal.addEventListener('abort', () => {
      forgetExit();
      this.#end();
    });
  }

  #end(): void {
    this.#alive.abort();
    this.#checks.abort();
  }

  #checkHealth(): void {
    this.#checks.abort();
    if (this.#alive.signal.aborted) return;
    this.#checks = new AbortController();
    startHealthChecks({
      ...this.#deps,
      addresses: this.#addresses,
      signs: this.#signs,
      lastAnswer: this.#lastAnswer,
      signal: this.#checks.signal,
      wasReady: () => true,
      onFinding: (check, finding) => this.#onFinding(check, finding),
    });
  }

  #watchReport(): void {
    const { profile, dataDir, clock, onReport } = this.#deps;
    const { report: spec, name, port, https } = profile;
    if (!spec) return;
    watchReport({
      spec,
      name,
      dataDir,
      port,
      https,
      clock,
      identity: this.#identity,
      // Its start is not known: only its pid shows that a report is its own.
      startedAt: 0,
      host: () => this.#addresses.current,
      signal: this.#alive.signal,
      onReport,
      onFinding: (finding) => this.#onFinding('report', finding),
      onChecked: (reading) => {
        this.#reports = reading?.live === true;
      },
    });
  }

  #onFinding(check: HealthCheck, finding: Finding): void {
    if (this.#alive.signal.aborted) return;
    this.#problems.put(check, finding.type === 'well' ? null : this.#leftAlone(finding));
    this.#deps.onProblem(this.#problems.first());
    // A hang ends the checks; a gateway that is left alone is checked further.
    if (finding.type === 'hung') queueMicrotask(() => this.#checkHealth());
  }

  #leftAlone(finding: Exclude<Finding, { type: 'well' }>): Problem {
    if (finding.type === 'problem') return finding.problem;
    const { profile, found } = this.#deps;
    return {
      message: `${profile.name} does not answer. ${found.owner.name} looks after it, so it is left alone.`,
    };
  }

  #awaitComeback(): void {
    const { found, isWanted } = this.#deps;
    this.#findAfter(found.owner.takesOrders && isWanted() ? comebackMs : []);
  }

  #findAfter([wait, ...more]: readonly number[]): void {
    const { clock, signal, find, onBack, onEnd } = this.#deps;
    if (wait === undefined) {
      onEnd();
      return;
    }
    later(clock, wait, signal, async () => {
      const back = await find();
      if (signal.aborted) return;
      if (back) onBack(back);
      else this.#findAfter(more);
    });
  }
}
