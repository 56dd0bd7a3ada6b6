/**
 * `npm run bench:cli`: how long a command that only looks takes, from its start to its end. The built command
 * line, with gateways that really run, takes turns with `node -e 0` of the same runtime, which is the least that
 * any of them could take.
 *
 *   npm run bench:cli [-- --json] [-- --runs 25] [-- --gateways 12]
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '../e2e/support/desktop-app.ts';
import { stateFolder } from '../electron/files/state-folder.ts';
import { saveProfile } from '../electron/gateway/profiles/profiles.ts';
import { freePort } from '../electron/testing/free-port.ts';
import { type Bench, createBench } from '../electron/testing/watcher-bench.ts';
import { compare, countOption, type Figures, figures, machine, round2 } from './figures.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    runs: { type: 'string', default: '25' },
    gateways: { type: 'string', default: '12' },
  },
});
const runs = countOption('runs', values.runs);
const gateways = countOption('gateways', values.gateways);
const program = join(projectRoot, 'out', 'watcher', 'cli.cjs');

/** What may be added to the bare runtime, ms. */
const aims = {
  status: 60,
  list: 60,
  'status --json': 60,
  'completion bash': 30,
  '--version': 30,
} as const;
type Look = keyof typeof aims;
// Object.keys knows only that they are strings.
const looks = Object.keys(aims) as Look[];

interface Result extends Figures {
  /** To the bare runtime, ms; of the medians. */
  readonly addedMs: number;
  readonly ratio: number;
  readonly aimMs: number;
}

/** Milliseconds. @throws when it ended with another code than `expected` */
function timed(args: readonly string[], expected: number): number {
  const begin = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const tookMs = performance.now() - begin;
  if (status === expected) return tookMs;
  throw new Error(`${args.join(' ')} ended with ${status}, not with ${expected}. ${stderr}`);
}

function words(look: Look, root: string): string[] {
  return [program, '--user-data-dir', root, ...look.split(' ')];
}

async function run(bench: Bench): Promise<void> {
  for (let n = 1; n < gateways; n += 1) {
    const port = await freePort();
    saveProfile(bench.state.profiles, {
      ...bench.profile,
      id: `g${n}`,
      name: `Gateway ${n}`,
      port,
    });
  }
  // The built watcher, with a gateway that ships with it.
  timed([program, '--user-data-dir', bench.state.root, 'start', '--all'], 0);
}

/** In turns, so that whatever else the machine does meets all of them. */
function measure({ state }: Bench): { floor: Figures; commands: Record<string, Result> } {
  const bare: number[] = [];
  const taken = new Map<Look, number[]>(looks.map((look) => [look, []]));
  for (let turn = 0; turn < runs; turn += 1) {
    bare.push(timed(['-e', '0'], 0));
    for (const [look, times] of taken) times.push(timed(words(look, state.root), 0));
  }
  const commands = [...taken].map(([look, times]): [string, Result] => {
    const { floor, holdfast, ratio } = compare(bare, times);
    const addedMs = round2(holdfast.median - floor.median);
    return [look, { ...holdfast, addedMs, ratio, aimMs: aims[look] }];
  });
  return { floor: figures(bare), commands: Object.fromEntries(commands) };
}

/** What runs after all commands have looked where nothing ran before; and beside what ran already. */
function left(bench: Bench, before: number): number {
  const quiet = stateFolder(join(bench.folder, 'quiet'));
  mkdirSync(quiet.profiles, { recursive: true, mode: 0o700 });
  const unserved = 3;
  for (const look of looks) {
    timed(words(look, quiet.root), aims[look] === aims.status ? unserved : 0);
  }
  return bench.census(quiet.root).length + bench.census().length - before;
}

const bench = await createBench();
try {
  await run(bench);
  const before = bench.census().length;
  const result = {
    machine: machine(),
    runs,
    gateways,
    ...measure(bench),
    left: left(bench, before),
  };
  await bench.finish();
  if (!values.json) {
    for (const [look, { median, addedMs, aimMs }] of Object.entries(result.commands)) {
      console.log(`${look}: ${median} ms, ${addedMs} more than Node alone; aim ${aimMs}`);
    }
    console.log(`processes left by looking: ${result.left}; aim 0`);
  }
  console.log(JSON.stringify(result, null, 2));
  if (result.left > 0) process.exitCode = 1;
} finally {
  await bench.sweep();
}
