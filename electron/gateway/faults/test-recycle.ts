/**
 * For tests: recycles a pid for real. Run as the first process of a pid namespace of its own, where the
 * next pid can be chosen. A gateway dies while nobody looks, a stranger is given its pid, and then
 * everything is tried that knows the gateway by its identity. Prints what came of it as JSON.
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
} from '../../process/index.ts';
import { platform } from '../../process/platform.ts';
import { createBench, kill, reaches, seen } from '../test-bench.ts';

/** A thread that starts in this very moment may take the pid; then the next one is tried. */
const TRIES = 50;
/** The kernel's start marker counts hundredths of a second. */
const TICK_MS = 20;

const bench = createBench();
const profile = await bench.served();
const first = bench.supervisor(profile);
first.start();
const { identity } = await reaches(first, 'running');
first.freeze();
await kill(identity);
await new Promise((resolve) => setTimeout(resolve, TICK_MS));
const stranger = await recycle(identity.pid);

const waiter = createExitWaiter();
const second = bench.supervisor(profile);
const adopted = second.adopt();
second.start();
await seen(second, (one) => one.view().state.status === 'running');
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
await kill(stranger);
await bench.clean();

/** A living process of somebody else under `pid`. */
async function recycle(pid: number): Promise<Identity> {
  for (let n = 0; n < TRIES; n += 1) {
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
    await kill(found);
  }
  throw new Error(`Pid ${pid} could not be given away again by ${selfIdentity().pid}.`);
}
