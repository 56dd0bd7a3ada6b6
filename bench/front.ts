/**
 * `npm run bench:front`: what a front costs. The same server is asked directly and through its front, in
 * turns, in one run: how much later an answer comes at a steady rate of requests, how many bytes pass in a
 * second, and how much processor time the front takes for them, which other work on the machine changes least.
 * Printed are the differences and the ratios; nothing else is running on purpose.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { projectRoot } from '../e2e/support/desktop-app.ts';
import { freePort } from '../electron/testing/free-port.ts';
import { countOption, machine, round2 } from './figures.ts';

const { values } = parseArgs({
  options: {
    /** Pairs of turns, each of five seconds for latency and `throughput-ms` for throughput. */
    rounds: { type: 'string', default: '5' },
    'throughput-ms': { type: 'string', default: '2000' },
    rate: { type: 'string', default: '1000' },
    json: { type: 'boolean', default: false },
  },
});
const rounds = countOption('rounds', values.rounds);
const rate = countOption('rate', values.rate);
const latencyMs = 5_000;
const throughputMs = countOption('throughput-ms', values['throughput-ms']);

/** A server of its own process: answers each byte with one, or sends without end when it gets an `s`. */
const server = `
  const { createServer } = require('node:net');
  const piece = Buffer.alloc(256 * 1024);
  createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => {
      if (data[0] !== 115) return socket.write(data);
      const more = () => { while (socket.write(piece)); socket.once('drain', more); };
      more();
    });
  }).listen(Number(process.argv[1]), '127.0.0.1');
`;

async function open(port: number): Promise<Socket> {
  for (;;) {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const failed = await once(socket, 'connect').then(
      () => false,
      () => true,
    );
    if (!failed) return socket;
    await pause(20);
  }
}

/** Milliseconds from a byte to its answer, at the steady rate over ten connections. */
async function latencies(port: number): Promise<number[]> {
  const sockets = await Promise.all([...Array(10).keys()].map(() => open(port)));
  const times: number[] = [];
  const asked: number[][] = sockets.map(() => []);
  for (const [at, socket] of sockets.entries()) {
    socket.on('data', (data) => {
      const now = performance.now();
      for (const _ of data) times.push(now - (asked[at]?.shift() ?? now));
    });
  }
  const begun = performance.now();
  let sent = 0;
  while (performance.now() - begun < latencyMs) {
    const due = ((performance.now() - begun) * rate) / 1_000;
    for (; sent < due; sent += 1) {
      const at = sent % sockets.length;
      asked[at]?.push(performance.now());
      sockets[at]?.write('a');
    }
    await pause(1);
  }
  await pause(50);
  for (const socket of sockets) socket.destroy();
  return times.sort((a, b) => a - b);
}

/** Clock ticks a second in /proc, the same on every Linux. */
const ticks = 100;

/** Processor time that a process has used, seconds. */
function usedSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in brackets may hold spaces; user and system time are the 12th and 13th field after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticks;
}

interface Passed {
  readonly mbPerSecond: number;
  /** Processor time of the front, seconds for a gigabyte. */
  readonly secondsPerGb: number;
}

/** What passes through one connection, and what it costs the front `pid`. */
async function throughput(port: number, pid: number): Promise<Passed> {
  const socket = await open(port);
  let bytes = 0;
  socket.on('data', (data) => {
    bytes += data.length;
  });
  socket.write('s');
  await pause(200);
  const [begun, before, used] = [performance.now(), bytes, usedSeconds(pid)];
  await pause(throughputMs);
  const mb = (bytes - before) / 1e6;
  const mbPerSecond = mb / ((performance.now() - begun) / 1_000);
  const secondsPerGb = ((usedSeconds(pid) - used) * 1_000) / mb;
  socket.destroy();
  return { mbPerSecond, secondsPerGb };
}

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
const median = (list: readonly number[]): number =>
  at(
    [...list].sort((a, b) => a - b),
    0.5,
  );

async function measure() {
  const [port, privatePort] = [await freePort(), await freePort()];
  const front = join(projectRoot, 'out', 'watcher', 'front.cjs');
  const words = [
    '--port',
    port,
    '--private-port',
    privatePort,
    '--hold-ms',
    60_000,
    '--max-held',
    1_024,
  ];
  const programs = [
    spawn(process.execPath, ['-e', server, String(privatePort)], { stdio: 'inherit' }),
    spawn(process.execPath, [front, ...words.map(String)], { stdio: 'inherit' }),
  ];
  try {
    for (const one of [privatePort, port]) (await open(one)).destroy();
    const added: { p50: number[]; p99: number[] } = { p50: [], p99: [] };
    const direct: { p50: number[]; p99: number[]; mb: number[] } = { p50: [], p99: [], mb: [] };
    const share: number[] = [];
    const secondsPerGb: number[] = [];
    const frontPid = programs[1]?.pid ?? 0;
    for (let round = 0; round < rounds; round += 1) {
      const [plain, fronted] = [await latencies(privatePort), await latencies(port)];
      direct.p50.push(at(plain, 0.5));
      direct.p99.push(at(plain, 0.99));
      added.p50.push(at(fronted, 0.5) - at(plain, 0.5));
      added.p99.push(at(fronted, 0.99) - at(plain, 0.99));
      const { mbPerSecond } = await throughput(privatePort, frontPid);
      const through = await throughput(port, frontPid);
      direct.mb.push(mbPerSecond);
      share.push(through.mbPerSecond / mbPerSecond);
      secondsPerGb.push(through.secondsPerGb);
    }
    return {
      machine: machine(),
      rounds,
      rate,
      directMs: { p50: round2(median(direct.p50)), p99: round2(median(direct.p99)) },
      addedMs: { p50: round2(median(added.p50)), p99: round2(median(added.p99)) },
      directMbPerSecond: Math.round(median(direct.mb)),
      throughputShare: round2(median(share)),
      frontSecondsPerGb: round2(median(secondsPerGb)),
    };
  } finally {
    for (const one of programs) {
      one.kill();
      await once(one, 'exit');
    }
  }
}

const found = await measure();
if (values.json) {
  console.log(JSON.stringify(found, null, 2));
} else {
  console.log(`${found.machine}, ${found.rounds} rounds, ${found.rate} requests/s`);
  console.log(`added to ${found.directMs.p50} ms (median): ${found.addedMs.p50} ms; aim 0.2`);
  console.log(`added to ${found.directMs.p99} ms (99th of 100): ${found.addedMs.p99} ms; aim 1`);
  console.log(`${found.throughputShare} × of ${found.directMbPerSecond} MB/s; aim 0.7`);
  console.log(`the front takes ${found.frontSecondsPerGb} s of a processor for a gigabyte`);
}
