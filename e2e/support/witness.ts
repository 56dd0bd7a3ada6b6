/** Starts the witness outside (fixtures/outside-client.ts) over the three gateways of an update's world. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OutsideConfig, OutsideTrace } from '../fixtures/outside-client-types.ts';
import { projectRoot } from './desktop-app.ts';
import type { Sandbox } from './sandbox.ts';
import type { Ports } from './update-profiles.ts';

/** Pace of the webhooks, milliseconds. */
export const webhookMs = 5;

export interface Witness {
  /** Ends the witness and reads what it saw. */
  finish(): Promise<OutsideTrace>;
  /** For after a failed test; nothing to end is fine. */
  kill(): void;
}

/** Resolves when it has asked every gateway once. */
export async function startWitness(sandbox: Sandbox, port: Ports): Promise<Witness> {
  const config: OutsideConfig = {
    gateways: [
      { id: 'reference', port: port.reference },
      { id: 'release', port: port.release },
      { id: 'foreign', port: port.foreign, path: '/' },
    ],
    webhooks: { gateway: 'reference', everyMs: webhookMs },
    // A question that waits for a busy processor is no outage; a refused one shows at once.
    timeoutMs: 2_000,
  };
  const configFile = join(sandbox.folder, 'witness.json');
  const traceFile = join(sandbox.folder, 'trace.json');
  writeFileSync(configFile, JSON.stringify(config));
  const child: ChildProcess = spawn(
    process.execPath,
    [join(projectRoot, 'e2e/fixtures/outside-client.ts'), configFile, traceFile],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  if (!child.stdout) throw new Error('no output of the witness');
  await once(child.stdout, 'data');
  return {
    async finish() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      // Written by the fixture from the same type.
      const trace: OutsideTrace = JSON.parse(readFileSync(traceFile, 'utf8'));
      return trace;
    },
    kill: () => child.kill('SIGKILL'),
  };
}
