/**
 * Holdfast beside the floors and beside the supervisors that people use, in one run on one machine:
 *
 *   npm run bench:supervisors [-- --json] [-- --kills 25] [-- --idle 60] [-- --storm 20]
 *                             [-- --planned 5] [-- --only Holdfast]
 *
 * Everyone keeps the same server, with the same Node, environment and folder, in its fastest
 * configuration (bench/peers/). Those that could not be fetched have a row with the reason. The rules of
 * the comparison are printed with the result.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { expectClean } from '../e2e/fixtures/census.ts';
import { projectRoot } from '../e2e/support/desktop-app.ts';
import { gatewayEnvironment } from '../electron/process/index.ts';
import { countOption, figures, machine, proofOf, round2 } from './figures.ts';
import { type Idle, idle, memoryOf, startBareNode } from './idle.ts';
import {
  agedMs,
  buildTools,
  calmMs,
  killed,
  plannedOutage,
  storm,
  type Tools,
} from './measures.ts';
import { daemontools } from './peers/daemontools.ts';
import { cFloor, nodeFloor } from './peers/floors.ts';
import { holdfast } from './peers/holdfast.ts';
import { installedPeers } from './peers/installed.ts';
import {
  endChild,
  type Kept,
  type Peer,
  type Place,
  type ServerSpec,
  servedBy,
  surroundings,
} from './peers/peer.ts';
import { pm2 } from './peers/pm2.ts';
import { supervisord } from './peers/supervisord.ts';
import { buildTinyServer } from './servers/tiny-server.ts';
import { type Kind, type Row, toJson, toText } from './supervisors-report.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    kills: { type: 'string', default: '25' },
    idle: { type: 'string', default: '60' },
    storm: { type: 'string', default: '20' },
    planned: { type: 'string', default: '5' },
    only: { type: 'string', multiple: true, default: [] },
  },
});
const kills = countOption('kills', values.kills);
const idleS = countOption('idle', values.idle);
const stormS = countOption('storm', values.storm);
const plannedRounds = countOption('planned', values.planned);
/** Below the ephemeral range, so that a prober cannot connect to itself. */
const firstPort = 21_800;
/** What a start leaves to be done is done by then. */
const settleMs = 15_000;
/** A process that was asked to end does so within milliseconds; a busy machine may need longer. */
const censusMs = 5_000;

const policy = {
  rounds: 'one kill of each supervisor a round, in a new random order each time',
  kill: `SIGKILL from outside, ${calmMs} ms after the last change; timed until a connection is accepted`,
  'backoff of Holdfast':
    'its gateway is restarted by hand before each kill, so that each is a first failure, answered at once; a second within a minute waits on purpose',
  'backoff of the others': `no server is younger than ${agedMs} ms, so that none of them takes its end for a failed start`,
  surroundings:
    "Holdfast's own allow-list of variables for all, one folder, the same Node, output to a file; what a supervisor adds is listed; each supervisor on Node runs from a separate copy, as Holdfast does, so that its clean memory is its own",
  idle: `${idleS} s, all at once, ${settleMs / 1_000} s after the last was started, each keeping one running server`,
  later: 'after all kills and storms of the C server',
  storm: `the C server killed again as soon as it is back, for ${stormS} s, after everything else`,
  planned: `a client connects every 0.5 ms; ${plannedRounds} restarts as a user asks for them (floors: SIGTERM to the server)`,
};

interface Running {
  readonly row: Row;
  readonly port: number;
  readonly kept: Kept;
}

const rows: Record<string, Row> = {};
let bare: Idle | undefined;

function rowOf({ name, version, settings }: Peer): Row {
  rows[name] ??= { version, settings, killed: {}, planned: {} };
  return rows[name];
}

/** Notes why something could not be measured, and goes on with the others. */
async function noting<T>(row: Row, action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    row.problem ??= error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return undefined;
  }
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-supervisors-'));
  const cwd = join(folder, 'servers');
  mkdirSync(cwd);
  const before = round2(loadavg()[0] ?? 0);
  try {
    const tools = await buildTools(folder);
    const tiny = await buildTinyServer(folder);
    const nodeServer = join(projectRoot, 'bench/servers/node-server.mjs');
    const servers: Readonly<Record<Kind, ServerSpec>> = {
      tiny: { command: tiny, args: (port) => [String(port)] },
      node: { command: process.execPath, args: (port) => [nodeServer, String(port)] },
    };
    const env = gatewayEnvironment(process.env);
    for (const kind of ['tiny', 'node'] as const) {
      const running = await keepAll(
        peersFor(kind, tools),
        servers[kind],
        { folder, cwd, env },
        kind,
      );
      try {
        if (kind === 'tiny') await measureIdle(running, folder, env);
        await measureKills(running, kind, tools);
        await measurePlanned(running, kind, tools);
        if (kind === 'tiny') await measureStorms(running, tools);
      } finally {
        for (const { row, kept } of running) await noting(row, () => kept.stop());
      }
    }
    await expectClean({ stateDir: folder, roots: [folder], withinMs: censusMs });
    const load = [before, round2(loadavg()[0] ?? 0)] as const;
    const head = { machine: machine(), load, proof: proofOf(kills), kills, policy };
    const result = { ...head, ...(bare ? { bareNode: bare } : {}), rows };
    console.log(values.json ? toJson(result) : `${toText(result)}\n\n${toJson(result)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** pm2 has a second way for scripts, the one that its manual begins with. */
function peersFor(kind: Kind, tools: Tools): Peer[] {
  const installed = installedPeers();
  const all = [
    cFloor(tools.floor),
    nodeFloor,
    holdfast('open'),
    holdfast('closed'),
    ...daemontools(installed),
    pm2(installed.pm2, 'direct'),
    ...(kind === 'node' ? [pm2(installed.pm2, 'plain')] : []),
    supervisord(installed.supervisor),
  ];
  const { only } = values;
  return only.length === 0 ? all : all.filter(({ name }) => only.includes(name));
}

/** Starts all of them, each with a server that serves. */
async function keepAll(
  peers: readonly Peer[],
  server: ServerSpec,
  place: Place,
  kind: Kind,
): Promise<Running[]> {
  const running: Running[] = [];
  for (const [at, peer] of peers.entries()) {
    const row = rowOf(peer);
    const port = firstPort + at + (kind === 'node' ? 50 : 0);
    const own = { ...place, folder: join(place.folder, `${kind}-${at}`) };
    mkdirSync(own.folder);
    const kept = await noting(row, () => peer.keep(server, port, own));
    if (!kept) continue;
    running.push({ row, port, kept });
    await noting(row, async () => {
      const differs = surroundings(await servedBy(port), own);
      if (differs !== null) row.differs = differs;
    });
  }
  return running;
}

async function measureIdle(
  running: readonly Running[],
  folder: string,
  env: Place['env'],
): Promise<void> {
  const node = await startBareNode(folder, env);
  try {
    await pause(settleMs);
    const [own] = await Promise.all([
      idle(node.pid ?? 0, idleS),
      ...running.map(async ({ row, kept }) => {
        const seen = await noting(row, () => idle(kept.supervisor, idleS));
        if (seen) row.idle = seen;
      }),
    ]);
    bare = own;
  } finally {
    await endChild(node, 'SIGKILL');
  }
}

async function measureKills(running: readonly Running[], kind: Kind, tools: Tools): Promise<void> {
  const measured = await inRounds(running, kills, ({ kept, port }) => killed(kept, port, tools));
  for (const { row } of running) {
    const samples = measured.get(row) ?? [];
    if (samples.length === kills) row.killed[kind] = figures(samples);
  }
}

async function measurePlanned(
  running: readonly Running[],
  kind: Kind,
  tools: Tools,
): Promise<void> {
  const measured = await inRounds(running, plannedRounds, ({ kept, port }) =>
    plannedOutage(kept, port, tools),
  );
  for (const [row, samples] of measured) {
    if (samples.length === plannedRounds) row.planned[kind] = figures(samples);
  }
}

async function measureStorms(running: readonly Running[], tools: Tools): Promise<void> {
  for (const { row, kept, port } of running) {
    const seen = await noting(row, () => storm(kept, port, stormS, tools));
    if (seen) row.storm = seen;
  }
  for (const { row, kept } of running) row.later = memoryOf(kept.supervisor);
}

/** Milliseconds of each, one per round, in a new random order; a supervisor that fails once is left out afterwards. */
async function inRounds(
  running: readonly Running[],
  rounds: number,
  measure: (one: Running) => Promise<number>,
): Promise<Map<Row, number[]>> {
  const samples = new Map<Row, number[]>(running.map(({ row }) => [row, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const one of shuffled(running)) {
      const own = samples.get(one.row);
      if (own?.length !== round) continue;
      const took = await noting(one.row, () => measure(one));
      if (took !== undefined) own.push(took);
    }
  }
  return samples;
}

/** Fisher and Yates. */
function shuffled<T>(list: readonly T[]): T[] {
  const rest = [...list];
  return list.flatMap(() => rest.splice(Math.floor(Math.random() * rest.length), 1));
}

await main();
