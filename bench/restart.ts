/**
 * How long a killed server's port is closed: under Holdfast as shipped, and under the Node floor
 * (`spawn`, and `spawn` again on `exit`), interleaved in one run, seen by a prober outside.
 *
 *   npm run bench:restart [-- --json] [-- --kills 25]
 *
 * Holdfast: the built app with its window open, the built watcher with three profiles, logs on.
 * Both start the same server, in the same folder, with the same Node and environment, and output to a
 * file. The rules are printed with the result.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { projectRoot, startApp } from '../e2e/support/desktop-app.ts';
import { createSandbox, type Sandbox } from '../e2e/support/sandbox.ts';
import { watcherUntil } from '../e2e/support/update-world.ts';
import { retireWatcher, watcherOf, watcherState } from '../e2e/support/watcher.ts';
import { gatewayEnvironment } from '../electron/process/index.ts';
import { type Comparison, compare, countOption, machine, proofOf, round2 } from './figures.ts';
import { type Memory, memoryOf, startBareNode } from './idle.ts';
import { endChild, type Place, surroundings } from './peers/peer.ts';
import { buildTinyServer } from './servers/tiny-server.ts';

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, kills: { type: 'string', default: '25' } },
});
const kills = countOption('kills', values.kills);
/** Below the ephemeral range, so that the prober cannot connect to itself. */
const ports = { tiny: 21_771, node: 21_772, third: 21_773, floor: 21_779 } as const;

/** A server is killed in calm, not while the window still draws the last change. */
const settleMs = 500;

const policy = {
  rounds: 'the floor, then Holdfast, in every round',
  kill: `SIGKILL from outside, ${settleMs} ms after the last change; timed until a connection is accepted`,
  backoff:
    'a first failure is answered at once; a second within a minute waits on purpose, so the gateway is restarted by hand before each kill, which begins the backoff anew',
  surroundings:
    "Holdfast's own allow-list of variables for both, one folder, the same Node, output to a file",
};

const run = promisify(execFile);

interface Server {
  readonly id: 'tiny' | 'node';
  readonly command: string;
  args(port: number): string[];
}

async function main(): Promise<void> {
  const sandbox = createSandbox('bench');
  mkdirSync(sandbox.folder, { recursive: true });
  const probe = join(sandbox.folder, 'probe');
  await run('cc', ['-O2', '-o', probe, join(projectRoot, 'bench/probe.c')]);
  const tiny = await buildTinyServer(sandbox.folder);
  const nodeServer = join(projectRoot, 'bench/servers/node-server.mjs');
  const servers: readonly Server[] = [
    { id: 'tiny', command: tiny, args: (port) => [String(port)] },
    { id: 'node', command: process.execPath, args: (port) => [nodeServer, String(port)] },
  ];
  for (const { id, command, args } of servers) writeProfile(sandbox, id, command, args(ports[id]));
  writeProfile(sandbox, 'third', process.execPath, [nodeServer, String(ports.third)]);
  const app = await startApp({ state: sandbox.state });
  const results: Record<string, Comparison> = {};
  try {
    await watcherUntil(sandbox.state, ({ gateways }) =>
      ['tiny', 'node', 'third'].every((id) => gateways[id]?.state.status === 'running'),
    );
    for (const server of servers) results[server.id] = await measure(sandbox, probe, server);
    const memory = await watcherMemory(sandbox);
    const load = round2(loadavg()[0] ?? 0);
    const head = { kills, proof: proofOf(kills), machine: machine(), load, policy };
    report({ ...head, surroundings: differences, results, memory });
  } finally {
    await app.close();
    await retireWatcher(sandbox.state);
    sandbox.remove();
  }
}

function writeProfile(sandbox: Sandbox, id: string, command: string, args: string[]): void {
  sandbox.writeProfile({
    schema: 1,
    id,
    name: id,
    program: { type: 'command', command, args, cwd: sandbox.folder },
    port: ports[id === 'tiny' || id === 'node' ? id : 'third'],
    readiness: { type: 'tcp' },
  });
}

/** How a server's surroundings differ from what both should give it; null when in nothing. */
const differences: Record<string, { floor: string | null; holdfast: string | null }> = {};

async function measure(sandbox: Sandbox, probe: string, server: Server): Promise<Comparison> {
  const { folder } = sandbox;
  const place: Place = { folder, cwd: folder, env: gatewayEnvironment(process.env) };
  const floor = await startFloor(place, server);
  const samples = { floor: [] as number[], holdfast: [] as number[] };
  try {
    for (let round = 0; round < kills; round++) {
      const pid = await freshPid(sandbox, server.id);
      await settle();
      differences[server.id] ??= {
        floor: surroundings(floor.pid(), place),
        holdfast: surroundings(pid, place),
      };
      samples.floor.push(await killAndWait(probe, floor.pid(), ports.floor));
      await settle();
      samples.holdfast.push(await killAndWait(probe, pid, ports[server.id]));
      await calm(sandbox, server.id, pid);
    }
  } finally {
    await floor.stop();
  }
  return compare(samples.floor, samples.holdfast);
}

function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, settleMs));
}

/** Milliseconds from the kill to the first accepted connection. */
async function killAndWait(probe: string, pid: number, port: number): Promise<number> {
  const { stdout } = await run(probe, [String(pid), String(port)]);
  return Number(stdout) / 1000;
}

async function startFloor({ folder, cwd, env }: Place, server: Server) {
  const log = join(folder, 'floor.log');
  openSync(log, 'a');
  const child = spawn(
    process.execPath,
    [join(projectRoot, 'bench/floor.mjs'), log, server.command, ...server.args(ports.floor)],
    { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let last = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    last = Number(chunk.toString().trim().split('\n').at(-1));
  });
  await once(child.stdout, 'data');
  return {
    pid: () => last,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** The pid of a gateway whose backoff is fresh: it was just restarted by hand. */
async function freshPid(sandbox: Sandbox, id: string): Promise<number> {
  const watcher = await watcherOf(sandbox.state);
  if (!watcher) throw new Error('no watcher');
  await watcher.call('gateway.restart', { id });
  watcher.close();
  return running(sandbox, id, 0);
}

/** Waits until the replacement is running, so that nothing of it is measured with the next kill. */
async function calm(sandbox: Sandbox, id: string, old: number): Promise<void> {
  await running(sandbox, id, old);
}

async function running(sandbox: Sandbox, id: string, not: number): Promise<number> {
  const deadline = performance.now() + 10_000;
  while (performance.now() < deadline) {
    const state = (await watcherState(sandbox.state)).gateways[id]?.state;
    if (state?.status === 'running' && state.identity.pid !== not) return state.identity.pid;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${id} did not come back`);
}

/** The watcher's memory, and what a bare Node has; the ratio is that of the written pages. */
async function watcherMemory(
  sandbox: Sandbox,
): Promise<{ watcher: Memory; bareNode: Memory; ratio: number }> {
  const bare = await startBareNode(sandbox.folder, gatewayEnvironment(process.env));
  try {
    await settle();
    const { watcher } = await watcherState(sandbox.state);
    const [own, least] = [memoryOf(watcher.identity.pid), memoryOf(bare.pid ?? 0)];
    return { watcher: own, bareNode: least, ratio: round2(own.dirtyMiB / least.dirtyMiB) };
  } finally {
    await endChild(bare, 'SIGKILL');
  }
}

function report(all: { results: Record<string, Comparison> } & Record<string, unknown>): void {
  if (values.json) {
    console.log(JSON.stringify(all));
    return;
  }
  console.log(proofOf(kills));
  for (const [server, { floor, holdfast, ratio }] of Object.entries(all.results)) {
    console.log(
      `${server}: floor ${floor.median} ms, holdfast ${holdfast.median} ms, ratio ${ratio}`,
    );
  }
  console.log(JSON.stringify(all, null, 2));
}

await main();
