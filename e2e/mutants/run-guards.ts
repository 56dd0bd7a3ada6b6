/** Runs guards in a copy of the tree, and ends what a mutant made its test leave behind. */
import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { endProcess } from '../../electron/process/end-process.ts';
import { identify } from '../../electron/process/index.ts';
import { census } from '../fixtures/census.ts';
import type { Guard } from './types.ts';

/** A test that a mutant makes wait for ever is red; no guard needs this long when it is green. */
const TEST_TIMEOUT_MS = 20_000;
/** The longest run is that of all guards without a mutant: about 40 s on two busy cores. */
const RUN_TIMEOUT_MS = 300_000;
/** A killed process ends within milliseconds unless the kernel is busy on its behalf. */
const END_TIMEOUT_MS = 10_000;
/** Of a run's output, what is shown when something is wrong. */
const SHOWN = 3_000;

export interface Place {
  readonly tree: string;
  readonly temporary: string;
}

export interface GuardResult {
  readonly guard: Guard;
  readonly passed: number;
  readonly failed: number;
  /** The end of what the run said. */
  readonly output: string;
}

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});

/** The tree's packages; a folder of its own, since the test runner writes beside them. */
export function linkModules(root: string, tree: string): void {
  const modules = join(tree, 'node_modules');
  mkdirSync(modules);
  for (const name of readdirSync(join(root, 'node_modules'))) {
    // Caches of the real tree: what is known about its files is wrong for these.
    if (name.startsWith('.')) continue;
    symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
}

/** Runs the guards' tests and no others, in one go. */
export async function runGuards(place: Place, guards: readonly Guard[]): Promise<GuardResult[]> {
  const report = join(place.temporary, 'report.json');
  rmSync(report, { force: true });
  const files = [...new Set(guards.map(({ file }) => file))];
  const names = [...new Set(guards.map(({ name }) => escaped(name)))];
  const output = await runVitest(place, [
    ...files,
    '--configLoader=native',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    `--testTimeout=${TEST_TIMEOUT_MS}`,
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
    const shown = output.slice(-SHOWN);
    return { guard, passed: count('passed'), failed: count('failed'), output: shown };
  });
}

function escaped(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function runVitest(place: Place, words: readonly string[]): Promise<string> {
  const program = join(place.tree, 'node_modules/vitest/vitest.mjs');
  const env: NodeJS.ProcessEnv = { ...process.env, TMPDIR: place.temporary, NO_COLOR: '1' };
  // What the outer run says about reports is not about this one.
  for (const name of ['HOLDFAST_REPORT', 'HOLDFAST_RESULTS', 'FORCE_COLOR']) delete env[name];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, 'run', ...words], {
      cwd: place.tree,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const limit = setTimeout(() => child.kill('SIGKILL'), RUN_TIMEOUT_MS);
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

/** Ends every process that belongs to the place, and empties its temporary folder. */
export async function endLeftovers(place: Place): Promise<void> {
  const query = { stateDir: place.tree, roots: [place.temporary] };
  const deadline = performance.now() + END_TIMEOUT_MS;
  for (let found = census(query).processes; found.length > 0; found = census(query).processes) {
    for (const { pid, startedAt } of found) {
      const identity = identify(pid);
      if (identity?.startedAt.endsWith(`:${startedAt}`)) endProcess(identity);
    }
    if (performance.now() > deadline) {
      throw new Error(`These do not end: ${found.map(({ pid }) => pid).join(', ')}.`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  for (const name of readdirSync(place.temporary)) removeAll(join(place.temporary, name));
}

/** Staged folders are read-only; their owner may not empty them until they are writable again. */
function removeAll(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    openFolders(path);
    rmSync(path, { recursive: true, force: true });
  }
}

function openFolders(folder: string): void {
  chmodSync(folder, 0o700);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) openFolders(join(folder, entry.name));
  }
}
