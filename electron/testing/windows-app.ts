/**
 * Stands in for the app inside a job: follows the order file, writes its answer, and keeps running.
 * `windows-app.ts <order.json> <answer.json>`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { SpawnSpec } from '../process/index.ts';
import { launchOutside, spawnDetached } from '../process/index.ts';
import { createProcess, discard, resume } from '../process/windows/create-process.ts';
import { creationFlags } from '../process/windows/creation-flags.ts';
import { facts, startMarker } from '../process/windows/processes.ts';
import type { AppOrder } from './windows-jobs.ts';

const [orderFile = '', answerFile = ''] = process.argv.slice(2);
// Written by windows-jobs.ts.
const order = JSON.parse(readFileSync(orderFile, 'utf8')) as AppOrder & { spec: SpawnSpec };

/** The error of a start with the breakaway bit alone, without the ladder; 0 for none. */
function tryBreakaway(spec: SpawnSpec): number {
  const made = createProcess(spec, creationFlags('watcher', { breakaway: true }));
  if ('error' in made) return made.error;
  discard(made);
  return 0;
}

function withoutBreakaway(spec: SpawnSpec) {
  const made = createProcess(spec, creationFlags('watcher', { breakaway: false }));
  if ('error' in made) throw new Error(`Windows error ${made.error}`);
  const identity = { pid: made.pid, startedAt: startMarker(made.pid) ?? '', nonce: '' };
  resume(made);
  return { identity };
}

if (order.prior)
  await once(spawn(process.execPath, ['-e', ''], { stdio: 'ignore', windowsHide: true }), 'exit');
const bitError = tryBreakaway(order.spec);
const made =
  order.how === 'without-bit'
    ? withoutBreakaway(order.spec)
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
