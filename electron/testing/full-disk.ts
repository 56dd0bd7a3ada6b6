/**
 * For tests: a disk that fills up under a running gateway. It runs with TMPDIR on a small disk of its
 * own and prints a report as JSON.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readLedger } from '../gateway/ledger/ledger.ts';
import type { Identity } from '../process/index.ts';
import { fillDisk } from './fill-disk.ts';
import { createGatewayBench, killTree, untilStatus, untilView } from './gateway-bench.ts';
import { until } from './processes.ts';

const bench = createGatewayBench();
const profile = await bench.served();
const supervisor = bench.supervisor(profile);
supervisor.start();
const first = (await untilStatus(supervisor, 'running')).identity;

const filler = join(bench.root, 'filler');
fillDisk(filler);
await killTree(first);
const second = await runsOther(first);
await until(() => said().includes("can't be written"), 'the problem to be reported');
const whileFull = { said: said(), running: bench.running().length };

rmSync(filler);
await killTree(second);
const third = await runsOther(second);
await until(() => recorded() === third.pid, 'the record to be written again');
process.stdout.write(`${JSON.stringify({ whileFull, saidLater: said() })}\n`);
await supervisor.stop();
await bench.clean();

function runsOther(than: Identity): Promise<Identity> {
  return untilView(supervisor, (one) => {
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
