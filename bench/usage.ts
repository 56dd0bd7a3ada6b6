/**
 * What does it cost to measure the memory and processor time of many gateways? Real process trees, measured
 * as the watcher does it when a window is seen, which is every two seconds:
 *
 *   npm run bench:usage [-- --json] [-- --gateways 50] [-- --samples 100]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { identify, usageOf } from '../electron/process/index.ts';
import { countOption, figures, machine, round2 } from './figures.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    gateways: { type: 'string', default: '50' },
    samples: { type: 'string', default: '100' },
  },
});
const gateways = countOption('gateways', values.gateways);
const samples = countOption('samples', values.samples);
/** Of each gateway: one that starts, and those that it starts. */
const processes = 3;
const everyMs = 2_000;

/** The children end with their input, which is the parent's end. */
const tree = 'cat <&3 & cat <&3 & echo ready; wait';

async function start(): Promise<ChildProcess> {
  const child = spawn('sh', ['-c', tree], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    detached: true,
  });
  if (child.stdout) await once(child.stdout, 'data');
  return child;
}

const children = await Promise.all(Array.from({ length: gateways }, start));
try {
  const roots = children.flatMap(({ pid }) => (pid === undefined ? [] : (identify(pid) ?? [])));
  const timed = Array.from({ length: samples }, () => {
    const begin = performance.now();
    const measured = usageOf(roots);
    const tookMs = performance.now() - begin;
    if (measured.some((one) => one?.processes !== processes)) throw new Error('A tree is missing.');
    return tookMs;
  });
  const [first = 0, ...later] = timed;
  const result = {
    gateways,
    processes: gateways * processes,
    allProcesses: readdirSync('/proc').filter((name) => /^\d+$/.test(name)).length,
    firstMs: round2(first),
    laterMs: figures(later),
    /** Of one processor, while a window is seen. */
    percent: round2((100 * figures(later).median) / everyMs),
    machine: machine(),
  };
  if (!values.json) {
    console.log(
      `${gateways} gateways: ${result.laterMs.median} ms a sample, ${result.percent} % of one processor`,
    );
  }
  console.log(JSON.stringify(result, null, 2));
} finally {
  for (const child of children) child.stdio[3]?.destroy();
  await Promise.all(children.map((child) => child.exitCode ?? once(child, 'exit')));
}
