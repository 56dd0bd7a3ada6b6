/**
 * For tests: recycles a pid for real. It runs as the first process of a new pid namespace, where the
 * next pid can be chosen. A gateway dies unnoticed, another process gets its pid, and then everything
 * that knows the gateway by its identity is tried. Prints a report as JSON.
 */
import { writeFileSync } from 'node:fs';
import {
  createExitWaiter,
  gatewayEnvironment,
  type Identity,
  isAlive,
  selfIdentity,
  spawnDetached,
  stopTree,
} from '../process/index.ts';
import { platform } from '../process/platform.ts';
import { createGatewayBench, killTree, untilStatus, untilView } from './gateway-bench.ts';

/** A thread that starts at the same moment may take the pid; then it is tried again. */
const tries = 50;
/** The kernel's start marker counts hundredths of a second. */
const tickMs = 20;

const bench = createGatewayBench();
const profile = await bench.served();
const first = bench.supervisor(profile);
first.start();
const { identity } = await untilStatus(first, 'running');
first.freeze();
await killTree(identity);
await new Promise((resolve) => setTimeout(resolve, tickMs));
const stranger = await recycle(identity.pid);

const waiter = createExitWaiter();
const second = bench.supervisor(profile);
const adopted = second.adopt();
second.start();
await untilView(second, (one) => one.view().state.status === 'running');
await second.stop();
platform.signal(identity, 'SIGKILL');
await stopTree(identity, { graceful: 'SIGTERM', graceMs: 0 });
const heard = await new Promise((resolve) => waiter.watch(identity, () => resolve(true)));
const report = {
  samePid: stranger.pid === identity.pid,
  oldIsAlive: isAlive(identity),
  adopted,
  heard,
  strangerLives: isAlive(stranger),
};
process.stdout.write(`${JSON.stringify(report)}\n`);
waiter.close();
await killTree(stranger);
await bench.clean();

/** Another program that runs as `pid`. */
async function recycle(pid: number): Promise<Identity> {
  for (let n = 0; n < tries; n += 1) {
    writeFileSync('/proc/sys/kernel/ns_last_pid', String(pid - 1));
    const { identity: found } = spawnDetached({
      kind: 'gateway',
      command: '/bin/sleep',
      args: ['1000'],
      cwd: bench.root,
      env: gatewayEnvironment(process.env),
      stdout: 'ignore',
      stderr: 'ignore',
      nonce: '',
      escape: 'session',
    });
    if (found.pid === pid) return found;
    await killTree(found);
  }
  throw new Error(`Pid ${pid} could not be given to another process by ${selfIdentity().pid}.`);
}
