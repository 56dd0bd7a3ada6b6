/**
 * The health of the running process, as the machine hears of it: has one monitor for each process, and
 * keeps what the gateway says of itself.
 */
import type { StartMarks } from '../../contract/events.ts';
import type { GatewayReport, Problem } from '../../contract/gateway.ts';
import { isAlive } from '../../process/index.ts';
import type { MachineRunner } from '../machine/runner.ts';
import type { RunningProcess } from '../running-process.ts';
import type { Finding } from './judgement.ts';
import { Monitor, type MonitorDeps } from './monitor.ts';
import type { Evidence } from './proof.ts';
import type { Reading } from './report.ts';

export interface HealthControlDeps
  extends Pick<
    MonitorDeps,
    'clock' | 'stateRoot' | 'logFile' | 'dataDir' | 'tuning' | 'former' | 'frontOpen'
  > {
  readonly machine: MachineRunner;
  notice(topic: string, problem: Problem | null): void;
  changed(): void;
}

export class HealthControl {
  readonly #deps: HealthControlDeps;
  #monitor: Monitor | null = null;
  #report: GatewayReport | null = null;

  constructor(deps: HealthControlDeps) {
    this.#deps = deps;
  }

  /** What the gateway says of itself; null while it says nothing. */
  get report(): GatewayReport | null {
    return this.#report;
  }

  /** Waits for `process` to become ready. */
  monitor(process: RunningProcess): void {
    const { machine, notice, clock } = this.#deps;
    const begunAt = clock.now();
    this.#monitor?.end();
    this.#monitor = new Monitor({
      ...this.#deps,
      process,
      onReady: (evidence, marks) =>
        this.#onReady(process, evidence, { tookMs: clock.now() - begunAt, marks }),
      onStatus: (evidence) => this.#onStatus(process, evidence),
      onUnready: (problem) => machine.dispatch({ type: 'unready', problem }),
      onOverdue: (problem) => machine.dispatch({ type: 'overdue', problem }),
      onPortHeld: (problem) => {
        // If it has exited, its daemon may hold the port: the exit tells more.
        if (isAlive(process.identity)) machine.dispatch({ type: 'port-held', problem });
      },
      onFinding: (finding) => this.#onFinding(process, finding),
      onReport: (reading) => this.onReport(reading),
      onNote: (note) => notice('port', note),
    });
    this.#monitor.start();
  }

  /** Checks from now on whether the ready process still answers. */
  check(): void {
    this.#monitor?.checkHealth();
  }

  /** How much is known of the process; null when none is monitored. */
  async evidence(): Promise<Evidence | null> {
    return (await this.#monitor?.evidence()) ?? null;
  }

  /** The process has ended, or is no longer ours to monitor. */
  end(): void {
    this.#monitor?.end();
    this.#monitor = null;
  }

  /** Of an external gateway too; null: it says nothing. */
  onReport(reading: Reading | null): void {
    this.#report = reading?.report ?? null;
    if (this.#report?.busy === 0) this.#deps.machine.dispatch({ type: 'idle' });
    else this.#deps.changed();
  }

  forgetReport(): void {
    this.#report = null;
  }

  #onReady(
    process: RunningProcess,
    evidence: Evidence,
    start: { readonly tookMs: number; readonly marks: StartMarks },
  ): void {
    take(process, evidence);
    const { proof } = evidence;
    process.readyAt ??= Date.now();
    this.#deps.notice('passed-socket', null);
    this.#deps.machine.dispatch({ type: 'ready', proof, readyAt: process.readyAt, ...start });
  }

  #onStatus(process: RunningProcess, evidence: Evidence): void {
    take(process, evidence);
    this.#deps.machine.dispatch({ type: 'proved', proof: evidence.proof });
  }

  #onFinding({ proof }: RunningProcess, finding: Finding): void {
    const { machine } = this.#deps;
    if (finding.type !== 'well') machine.dispatch(finding);
    // A good answer restores what was known when it became ready.
    else if (machine.model.state.status === 'degraded') {
      machine.dispatch({ type: 'recovered', proof });
    }
  }
}

function take(process: RunningProcess, { proof, build, answeredAt }: Evidence): void {
  process.provedAt = answeredAt;
  process.build = build ?? process.build;
  process.proof = proof;
}
