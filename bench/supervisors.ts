/**
 * Holdfast beside the floors and beside the supervisors that people use, in one run on one machine:
 *
 *   npm run bench:supervisors [-- --json] [-- --kills 25] [-- --idle 30] [-- --storm 10]
 *
 * Everyone keeps the same server with the same environment, in its fastest configuration. The kills go
 * round: one of each in an order that changes. Policy: every kill is a first failure. Holdfast counts
 * failures, so its gateway is restarted by hand before each; the others wait by the age of the server,
 * which the round itself gives them.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { projectRoot } from '../e2e/support/desktop-app.ts';
import { type Figures, figures, machine, round2 } from './figures.ts';
import { bareNode, type Idle, idle, killed, plannedOutage, type Storm, storm } from './measures.ts';
import { daemontools } from './peers/daemontools.ts';
import { cFloor, nodeFloor } from './peers/floors.ts';
import { holdfast } from './peers/holdfast.ts';
import type { Kept, Peer, ServerSpec } from './peers/peer.ts';
import { pm2 } from './peers/pm2.ts';
import { supervisord } from './peers/supervisord.ts';
import { buildTinyServer } from './servers/tiny-server.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    kills: { type: 'string', default: '25' },
    idle: { type: 'string', default: '30' },
    storm: { type: 'string', default: '10' },
  },
});
const kills = Number(values.kills);
/** Below the ephemeral range, so that a prober cannot connect to itself. */
const FIRST_PORT = 21_800;
const reference = nodeFloor.name;

interface Row {
  tiny?: Figures;
  node?: Figures;
  plannedMs?: { tiny?: number; node?: number };
  idle?: Idle;
  storm?: Storm;
  /** Why it was not measured. */
  missing?: string;
}

const rows: Record<string, Row> = {};
const rowOf = (name: string): Row => {
  rows[name] ??= {};
  return rows[name];
};

interface Tools {
  readonly folder: string;
  readonly probe: string;
  readonly outage: string;
  readonly peers: readonly Peer[];
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-supervisors-'));
  try {
    const tools = await prepare(folder);
    const tiny = await buildTinyServer(folder);
    const nodeServer = join(projectRoot, 'bench/servers/node-server.mjs');
    await compare('tiny', { command: tiny, args: (port) => [String(port)] }, tools);
    await compare(
      'node',
      { command: process.execPath, args: (port) => [nodeServer, String(port)] },
      tools,
    );
    rowOf('bare Node').idle = await bareNode(Number(values.idle));
    report();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function prepare(folder: string): Promise<Tools> {
  const build = async (name: string): Promise<string> => {
    const program = join(folder, name);
    await promisify(execFile)('cc', ['-O2', '-o', program, join(projectRoot, `bench/${name}.c`)]);
    return program;
  };
  const [probe, outage, floor] = await Promise.all([
    build('probe'),
    build('outage'),
    build('floor'),
  ]);
  const cache = process.env.HOLDFAST_PEERS ?? '';
  const debian = join(cache, 'debian');
  const peers = [
    cFloor(floor),
    nodeFloor,
    holdfast(),
    ...daemontools(debian),
    supervisord(debian),
    ...(existsSync(join(cache, 'pm2')) ? [pm2(join(cache, 'pm2'))] : []),
  ];
  return { folder, probe, outage, peers };
}

interface Running {
  readonly name: string;
  readonly port: number;
  readonly kept: Kept;
}

/** All of them at once, killed in turns. */
async function compare(kind: 'tiny' | 'node', server: ServerSpec, tools: Tools): Promise<void> {
  const running: Running[] = [];
  try {
    for (const [at, peer] of tools.peers.entries()) {
      const port = FIRST_PORT + at + (kind === 'node' ? 50 : 0);
      const folder = join(tools.folder, `${kind}-${at}`);
      mkdirSync(folder);
      try {
        running.push({ name: peer.name, port, kept: await peer.keep(server, port, folder) });
      } catch (error) {
        rowOf(peer.name).missing = error instanceof Error ? error.message : String(error);
      }
    }
    const samples = new Map(running.map(({ name }) => [name, [] as number[]]));
    for (let round = 0; round < kills; round += 1) {
      for (const { name, port, kept } of turned(running, round)) {
        samples.get(name)?.push(await killed(kept, port, tools.probe));
      }
    }
    for (const { name, port, kept } of running) {
      const row = rowOf(name);
      row[kind] = figures(samples.get(name) ?? []);
      row.plannedMs = { ...row.plannedMs, [kind]: await plannedOutage(kept, port, tools.outage) };
    }
    if (kind !== 'tiny') return;
    await Promise.all(
      running.map(async ({ name, kept }) => {
        rowOf(name).idle = await idle(kept.supervisor, Number(values.idle));
      }),
    );
    for (const { name, port } of running) {
      rowOf(name).storm = await storm(port, Number(values.storm));
    }
  } finally {
    for (const { kept } of running) await kept.stop();
  }
}

/** Another one begins each round, so that nobody always follows the same one. */
function turned<T>(list: readonly T[], by: number): readonly T[] {
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}

function report(): void {
  const policy = `every kill is a first failure; kills in turns; ${kills} each${kills < 25 ? ' (too few for a proof)' : ''}`;
  const ratio = (kind: 'tiny' | 'node') => (name: string) => {
    const [own, floor] = [rows[name]?.[kind]?.median, rows[reference]?.[kind]?.median];
    return own === undefined || floor === undefined ? null : round2(own / floor);
  };
  const all = {
    machine: machine(),
    policy,
    kills,
    rows: Object.fromEntries(
      Object.entries(rows).map(([name, row]) => [
        name,
        { ...row, ratio: { tiny: ratio('tiny')(name), node: ratio('node')(name) } },
      ]),
    ),
  };
  if (values.json) {
    console.log(JSON.stringify(all));
    return;
  }
  console.log(`${all.machine}\n${policy}; ratios to the Node floor\n`);
  const cell = (figures: Figures | undefined, times: number | null): string =>
    figures ? `${figures.median} (${figures.min} / ${figures.p90}) ×${times}` : '–';
  console.log(
    '| supervisor | C server, ms | Node server, ms | planned restart C / Node, ms | wakeups/s | CPU µs/s | private dirty / all, MiB | killed again and again |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const [name, row] of Object.entries(all.rows)) {
    const { idle: calm, storm: kept } = row;
    console.log(
      `| ${[
        name,
        row.missing ?? cell(row.tiny, row.ratio.tiny),
        cell(row.node, row.ratio.node),
        row.plannedMs ? `${row.plannedMs.tiny ?? '–'} / ${row.plannedMs.node ?? '–'}` : '–',
        calm?.wakeupsPerS ?? '–',
        calm?.cpuUsPerS ?? '–',
        calm ? `${calm.dirtyMiB} / ${calm.privateMiB}` : '–',
        kept ? `${kept.starts} starts in ${values.storm} s, then ${kept.end}` : '–',
      ].join(' | ')} |`,
    );
  }
}

await main();
