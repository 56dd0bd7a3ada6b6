/**
 * The same question on Windows: how long is the port of a killed server closed, under Holdfast's
 * watcher and under the Node floor, in turns in one run? Runs on a Windows Node, under Wine where this
 * is no Windows:
 *
 *   npm run bench:restart-windows [-- --json] [-- --kills 15]
 *
 * Holdfast: the watcher with three profiles, logs on, run from its sources; no app. Killed with
 * TerminateProcess. Each kill is a first failure: the gateway is restarted by hand in between, which
 * restarts the backoff. The prober is a Node program, the same for both.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { retireWatcher, runningPid, watcherOf } from '../e2e/support/watcher.ts';
import { prepareStateFolder, stateFolder } from '../electron/files/state-folder.ts';
import { compare, machine } from './figures.ts';

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, kills: { type: 'string', default: '15' } },
});
const kills = Number(values.kills);
const project = join(import.meta.dirname, '..');
const server = join(import.meta.dirname, 'servers', 'node-server.mjs');
const ports = { first: 21_781, second: 21_782, third: 21_783 } as const;
const floorPort = 21_789;
/** A server is killed in calm, ms. */
const settleMs = 500;

const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
const state = stateFolder(join(folder, 'state'));

function writeProfiles(): void {
  prepareStateFolder(state);
  mkdirSync(state.profiles, { recursive: true });
  for (const [id, port] of Object.entries(ports)) {
    const args = [server, String(port)];
    const program = { type: 'command', command: process.execPath, args, cwd: folder };
    const profile = { schema: 1, id, name: id, program, port, readiness: { type: 'tcp' } };
    writeFileSync(join(state.profiles, `${id}.json`), JSON.stringify(profile));
  }
}

/** Resolves when a connection is accepted. */
async function accepted(port: number): Promise<void> {
  for (;;) {
    const socket = connect({ host: '127.0.0.1', port });
    const is = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (is) return;
  }
}

/** Milliseconds from the kill to the first accepted connection. */
async function killAndWait(pid: number, port: number): Promise<number> {
  const begun = performance.now();
  process.kill(pid, 'SIGKILL');
  await accepted(port);
  return performance.now() - begun;
}

async function running(not: number): Promise<number> {
  for (;;) {
    const pid = await runningPid(state.root, 'first').catch(() => undefined);
    if (pid !== undefined && pid !== not) return pid;
    await sleep(20);
  }
}

async function freshPid(): Promise<number> {
  const watcher = await watcherOf(state.root);
  if (!watcher) throw new Error('The watcher does not serve.');
  await watcher.call('gateway.restart', { id: 'first' });
  watcher.close();
  return running(0);
}

writeProfiles();
const watcherArgs = [join(project, 'electron/watcher/main.ts'), '--state', state.root];
const watcher = spawn(process.execPath, watcherArgs, { stdio: 'ignore', detached: true });
const floorArgs = [join(import.meta.dirname, 'floor.mjs'), join(folder, 'floor.log')];
const floor = spawn(process.execPath, [...floorArgs, process.execPath, server, String(floorPort)], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
let floorPid = 0;
floor.stdout.on('data', (chunk: Buffer) => {
  floorPid = Number(chunk.toString().trim().split('\n').at(-1));
});
const samples = { floor: [] as number[], holdfast: [] as number[] };
try {
  await once(floor.stdout, 'data');
  await Promise.all([accepted(floorPort), running(0)]);
  for (let round = 0; round < kills; round += 1) {
    const pid = await freshPid();
    await sleep(settleMs);
    samples.floor.push(await killAndWait(floorPid, floorPort));
    await sleep(settleMs);
    samples.holdfast.push(await killAndWait(pid, ports.first));
    await running(pid);
  }
} finally {
  // The floor starts its server again on every end: so it goes first.
  floor.kill('SIGKILL');
  if (floorPid > 0) process.kill(floorPid, 'SIGKILL');
  await retireWatcher(state.root).catch(() => watcher.kill('SIGKILL'));
  rmSync(folder, { recursive: true, force: true });
}
const result = {
  kills,
  machine: machine(),
  system: process.platform,
  node: compare(samples.floor, samples.holdfast),
};
const { floor: one, holdfast: other, ratio } = result.node;
if (!values.json)
  console.log(`floor ${one.median} ms, holdfast ${other.median} ms, ratio ${ratio}`);
console.log(JSON.stringify(result, null, values.json ? 0 : 2));
process.exit(0);
