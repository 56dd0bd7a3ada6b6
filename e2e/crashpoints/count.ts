/** What has been seen in a run of all points: progress while it goes on, a table at its end. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Played } from './play.ts';

/** One judged run. */
interface Verdict {
  readonly name: string;
  readonly scenario: string;
  /** Which program was ended, or what else happened: `watcher`, `power cut`. */
  readonly kind: string;
  readonly passed: boolean;
  /** False where the program that was to be ended never came there. */
  readonly reached: boolean;
  readonly awayMs: number;
}

export type Subject = Pick<Verdict, 'name' | 'scenario' | 'kind'>;

const everySoManyRuns = 50;

export class Count {
  readonly #verdicts: Verdict[] = [];
  readonly #began = performance.now();
  /** A file that outlives this run: what has passed is not run again with the same file. */
  readonly #notes = process.env.HOLDFAST_POINTS_DONE;
  #expected = 0;
  #here = 0;
  states = 0;

  constructor() {
    if (this.#notes === undefined || !existsSync(this.#notes)) return;
    const lines = readFileSync(this.#notes, 'utf8').trimEnd().split('\n').filter(Boolean);
    this.#verdicts.push(...lines.map((line): Verdict => JSON.parse(line)));
  }

  /** How many runs there are to come. */
  expect(runs: number): void {
    this.#expected = runs;
    this.#here = 0;
  }

  isDone({ name }: { readonly name: string }): boolean {
    return this.#verdicts.some((one) => one.name === name);
  }

  note(subject: Subject, { wrong, log, ms, awayMs, killed }: Played): void {
    const { name, scenario, kind } = subject;
    const passed = wrong.length === 0;
    const verdict = { name, scenario, kind, passed, reached: killed, awayMs: Math.round(awayMs) };
    this.#verdicts.push(verdict);
    if (passed && this.#notes) appendFileSync(this.#notes, `${JSON.stringify(verdict)}\n`);
    this.#here += 1;
    if (this.#here % everySoManyRuns === 0) this.#sayProgress();
    if (passed) return;
    console.log(`✗ ${name} (${Math.round(ms)} ms)\n  ${wrong.join('\n  ')}`);
    if (process.env.HOLDFAST_POINTS_LOG) console.log(log.replaceAll(/^/gm, '    '));
  }

  #sayProgress(): void {
    this.say(`${this.#here} of ${this.#expected} runs, ${this.failed()} wrong`);
  }

  failed(): number {
    return this.#verdicts.filter(({ passed }) => !passed).length;
  }

  say(what: string): void {
    console.log(`${what}, ${((performance.now() - this.#began) / 1000).toFixed(0)} s`);
  }

  /** @param points how many there are in all */
  sumUp(points: number): void {
    const verdicts = this.#verdicts;
    for (const { name } of verdicts.filter(({ reached }) => !reached)) {
      console.log(`  not reached: ${name}`);
    }
    console.log(tableOf(verdicts.filter(({ reached }) => reached)));
    const killed = verdicts.filter(({ kind, reached }) => reached && !others.has(kind)).length;
    const restarts = verdicts.filter(({ kind }) => kind === 'power cut').length;
    const away = Math.max(0, ...verdicts.map(({ awayMs }) => awayMs));
    this.say(
      `${points} points, ${killed} killed, ${verdicts.filter(({ reached }) => !reached).length} not reached; ${this.states} power-cut states, ${restarts} started again; ${this.failed()} wrong; a gateway was away for at most ${away} ms`,
    );
  }

  /** In the shape of the unit tests' report, so that several suites can be summed up. */
  writeReport(promises: readonly string[]): void {
    const { HOLDFAST_REPORT: name, HOLDFAST_RESULTS: results } = process.env;
    if (!name || !results) return;
    const status = (passed: boolean) => (passed ? 'passed' : 'failed');
    const assertionResults = [
      ...this.#verdicts.map(({ name: fullName, passed }) => ({ fullName, status: status(passed) })),
      ...promises.map((fullName) => ({ fullName, status: status(this.failed() === 0) })),
    ];
    const testResults = [{ name: 'crashpoints', status: 'done', assertionResults }];
    writeFileSync(path.join(results, `${name}.json`), JSON.stringify({ testResults }));
  }
}

/** Kinds of runs in which no program was ended. */
const others = new Set(['no kill', 'power cut']);

/** How many runs there were, by scenario and kind. */
function tableOf(verdicts: readonly Verdict[]): string {
  const kinds = [...new Set(verdicts.map(({ kind }) => kind))];
  const scenarios = [...new Set(verdicts.map(({ scenario }) => scenario))];
  const number = (scenario: string | undefined, kind: string): string => {
    const those = verdicts.filter((one) => one.kind === kind);
    return String(those.filter((one) => (scenario ?? one.scenario) === one.scenario).length);
  };
  const first = Math.max(...scenarios.map(({ length }) => length), 'scenario'.length);
  const line = (name: string, cells: readonly string[]): string =>
    [name.padEnd(first), ...cells.map((cell, n) => cell.padStart(kinds[n]?.length ?? 0))].join(
      '  ',
    );
  return [
    line('scenario', kinds),
    ...scenarios.map((name) =>
      line(
        name,
        kinds.map((kind) => number(name, kind)),
      ),
    ),
    line(
      'all',
      kinds.map((kind) => number(undefined, kind)),
    ),
  ].join('\n');
}
