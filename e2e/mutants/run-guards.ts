/** Runs guards in a copy of the tree. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { Place } from './place.ts';
import type { Guard } from './types.ts';

/** The longest run is that of all guards without a mutant: minutes on two busy cores. */
const runTimeoutMs = 1_800_000;
/** Of a run's output, what is shown when something is wrong. */
const maxShownBytes = 3_000;

const config = [
  '--configLoader=native',
  ...(process.platform === 'win32' ? ['--config=vitest.windows.config.ts'] : []),
];

export interface GuardResult {
  readonly guard: Guard;
  readonly passed: number;
  readonly failed: number;
  /** What the slowest of its tests took, ms. */
  readonly tookMs: number;
  /** The end of what the run said. */
  readonly output: string;
}

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
          duration: z.optional(z.nullable(z.number())),
        }),
      ),
    }),
  ),
});

/**
 * Runs the guards' tests and no others, in one go.
 * @param limitMs for each test; by default that of all unit tests
 */
export async function runGuards(
  place: Place,
  guards: readonly Guard[],
  limitMs?: number,
): Promise<GuardResult[]> {
  const report = join(place.temporary, 'report.json');
  rmSync(report, { force: true });
  const files = [...new Set(guards.map(({ file }) => file))];
  const names = [...new Set(guards.map(({ name }) => escaped(name)))];
  const output = await runVitest(place, [
    ...files,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...(limitMs === undefined ? [] : [`--testTimeout=${Math.ceil(limitMs)}`]),
    '--no-color',
    '-t',
    names.join('|'),
  ]);
  const text = existsSync(report) ? readFileSync(report, 'utf8') : '{"testResults":[]}';
  const { testResults } = z.parse(reportSchema, JSON.parse(text));
  return guards.map((guard) => {
    const tests = testResults
      .filter(({ name }) => name.endsWith(guard.file))
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ fullName }) => fullName.includes(guard.name));
    const count = (status: string) => tests.filter((test) => test.status === status).length;
    const shown = output.slice(-maxShownBytes);
    const tookMs = Math.max(0, ...tests.map(({ duration }) => duration ?? 0));
    return { guard, passed: count('passed'), failed: count('failed'), tookMs, output: shown };
  });
}

function escaped(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function runVitest(place: Place, words: readonly string[]): Promise<string> {
  const { temporary } = place;
  const own = { TMPDIR: temporary, TEMP: temporary, TMP: temporary, NO_COLOR: '1' };
  const env: NodeJS.ProcessEnv = { ...process.env, ...own };
  // What the outer run says about reports is not about this one.
  for (const name of ['HOLDFAST_REPORT', 'HOLDFAST_RESULTS', 'FORCE_COLOR']) delete env[name];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [place.vitest, 'run', ...config, ...words], {
      cwd: place.tree,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const limit = setTimeout(() => child.kill('SIGKILL'), runTimeoutMs);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    child.once('error', reject);
    // Not 'close': a process that a broken test left behind may hold the pipes.
    child.once('exit', () => {
      clearTimeout(limit);
      resolve(output);
    });
  });
}
