/**
 * Stands in for the app inside a job: does what the order file says, writes its answer, and stays.
 * `test-app.ts <order.json> <answer.json>`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { launchOutside, spawnDetached } from '../spawn-detached.ts';
import type { SpawnSpec } from '../spawn-spec.ts';
import { windowsDetachFlags, windowsDetachFlagsWithoutBreakaway } from '../windows-flags.ts';
import { createProcess, discard, resume } from './create-process.ts';
import { facts, startMarker } from './processes.ts';
import type { AppOrder } from './test-jobs.ts';

const [orderFile = '', answerFile = ''] = process.argv.slice(2);
// Written by test-jobs.ts.
const order = JSON.parse(readFileSync(orderFile, 'utf8')) as AppOrder & { spec: SpawnSpec };

/** What the bit alone leads to, told apart from what the ladder makes of it. */
function tryBit(spec: SpawnSpec): number {
  const made = createProcess(spec, windowsDetachFlags());
  if ('error' in made) return made.error;
  discard(made);
  return 0;
}

function withoutBit(spec: SpawnSpec) {
  const made = createProcess(spec, windowsDetachFlagsWithoutBreakaway());
  if ('error' in made) throw new Error(`Windows error ${made.error}`);
  const identity = { pid: made.pid, startedAt: startMarker(made.pid) ?? '', nonce: '' };
  resume(made);
  return { identity };
}

if (order.prior)
  await once(spawn(process.execPath, ['-e', ''], { stdio: 'ignore', windowsHide: true }), 'exit');
const bitError = tryBit(order.spec);
const made =
  order.how === 'without-bit'
    ? withoutBit(order.spec)
    : order.how === 'spawn'
      ? spawnDetached(order.spec)
      : await launchOutside({ ...order.spec, kind: 'watcher', escape: 'required' });
const { identity } = made;
const escaped = 'escape' in made ? made.escape : undefined;
writeFileSync(
  `${answerFile}.new`,
  JSON.stringify({ identity, escape: escaped, bitError, job: facts(process.pid).job }),
);
renameSync(`${answerFile}.new`, answerFile);
setInterval(() => {}, 1e6);
