/** A second user who shows what only our own processes should: only root can start one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nonceVariable } from '../contract/identity.ts';
import { createWorkbench, idleProgram, until, type Workbench } from '../testing/processes.ts';
import { processesCarrying } from './census.ts';
import { identify, isAlive } from './identity.ts';
import { stopTree } from './stop-tree.ts';

const nobody = 65_534;
const nonce = randomBytes(16).toString('hex');

let bench: Workbench;
let stranger: ChildProcess;
beforeEach(() => {
  bench = createWorkbench();
});
afterEach(async () => {
  stranger.kill('SIGKILL');
  await once(stranger, 'exit');
  bench.clean();
});

/** A process of another user with our nonce, once it shows it. */
async function carrier(): Promise<number> {
  const env = { PATH: '/usr/bin:/bin', [nonceVariable]: nonce };
  stranger = spawn('/bin/sleep', ['600'], { uid: nobody, gid: nobody, env, stdio: 'ignore' });
  const { pid } = stranger;
  if (pid === undefined) throw new Error('it was not started');
  await once(stranger, 'spawn');
  return pid;
}

describe.skipIf(process.getuid?.() !== 0 || process.platform !== 'linux')(
  'another user’s process that shows our nonce',
  () => {
    test('is not taken for a gateway of ours [F53, R11]', async () => {
      const pid = await carrier();
      const own = bench.run(idleProgram, { nonce });
      await until(() => processesCarrying((one) => one === nonce).length > 0, 'our own to be seen');
      const found = processesCarrying((one) => one === nonce).map((one) => one.pid);
      expect(found).toEqual([own.pid]);
      expect(found).not.toContain(pid);
    });

    test('is left alone when ours is stopped with its tree [R11]', async () => {
      const identity = identify(await carrier());
      const own = bench.run(idleProgram, { nonce });
      await stopTree({ ...own.identity, nonce }, { graceful: 'SIGTERM', graceMs: 1_000 });
      expect(isAlive(own.identity)).toBe(false);
      expect(identity && isAlive(identity)).toBe(true);
    });
  },
);
