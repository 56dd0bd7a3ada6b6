/**
 * For tests: a disk that fills up under a running gateway. Run with TMPDIR on a small disk of its own.
 * Prints what came of it as JSON.
 */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Identity } from '../../process/index.ts';
import { until } from '../../process/test-processes.ts';
import { readLedger } from '../ledger.ts';
import { createBench, kill, reaches, seen } from '../test-bench.ts';

const bench = createBench();
const profile = await bench.served();
const supervisor = bench.supervisor(profile);
supervisor.start();
const first = (await reaches(supervisor, 'running')).identity;

const filler = join(bench.root, 'filler');
fill(filler);
await kill(first);
const second = await runsOther(first);
await until(() => said().includes("can't be written"), 'the complaint');
const whileFull = { said: said(), living: bench.living().length };

rmSync(filler);
await kill(second);
const third = await runsOther(second);
await until(() => recorded() === third.pid, 'the record to be written again');
process.stdout.write(`${JSON.stringify({ whileFull, saidLater: said() })}\n`);
await supervisor.stop();
await bench.clean();

/** To the last byte, in ever smaller pieces. */
function fill(file: string): void {
  const fd = openSync(file, 'w');
  for (let size = 64 * 1024; size >= 1; ) {
    try {
      writeSync(fd, Buffer.alloc(size));
    } catch {
      size = Math.floor(size / 2);
    }
  }
  closeSync(fd);
}

function runsOther(than: Identity): Promise<Identity> {
  return seen(supervisor, (one) => {
    const { state } = one.view();
    return state.status === 'running' && state.identity.pid !== than.pid && state.identity;
  });
}

function said(): string {
  return supervisor
    .notices()
    .map(({ message }) => message)
    .join();
}

function recorded(): number | undefined {
  const read = readLedger(join(bench.stateRoot, 'ledger'), 'g');
  return read.type === 'record' ? read.ledger.process?.identity.pid : undefined;
}
