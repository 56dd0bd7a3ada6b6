/**
 * What a gateway keeps, copied while it is stopped and before its next version can change it, and put back with
 * the version from before. Which folders and files that are, its profile says; without them nothing is copied.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { errorText } from '../../contract/error-text.ts';
import type { Profile } from '../../contract/profile.ts';
import { restoreSnapshot } from '../../files/snapshot/restore.ts';
import { isWholeSnapshot, removeSnapshot, takeSnapshot } from '../../files/snapshot/snapshot.ts';
import type { Supervisor } from '../../gateway/types.ts';
import type { TransactionEvent } from '../../transaction/events.ts';
import type { GatewayProgress } from './gateway-progress.ts';

export interface CopyWork {
  progress(id: string): GatewayProgress | undefined;
  gatewayData(id: string): string;
  /** Where this attempt keeps the copy of what a gateway keeps. */
  copyOf(id: string): string;
  /** Writes to the journal; `durable` before an effect. */
  record(event: TransactionEvent, durable: boolean): void;
}

/** Once, and not of a gateway that runs. Rejects with a sentence: then nothing of the next version has been started. */
export async function copyState(work: CopyWork, supervisor: Supervisor): Promise<void> {
  const { id } = supervisor;
  const { state } = supervisor.view();
  if ('identity' in state || state.status === 'external') return;
  const sources = pathsOf(supervisor.profile(), work.gatewayData(id));
  if (sources.length === 0 || work.progress(id)?.state !== 'as it is') return;
  const target = work.copyOf(id);
  // Of a watcher that was killed before it could write this down.
  await removeSnapshot(target);
  await takeSnapshot(sources, target);
  work.record({ type: 'gateway-copied', id }, true);
}

/** Absolute. */
function pathsOf({ update }: Profile, dataDir: string): string[] {
  const paths =
    update.policy === 'swap' ? (update.snapshot ?? []) : pathsOfWayBack(update.rollback);
  return paths.map((one) => path.resolve(dataDir, one));
}

type OwnUpdate = Exclude<Profile['update'], { policy: 'swap' }>;

function pathsOfWayBack(rollback: OwnUpdate['rollback']): readonly string[] {
  return rollback?.type === 'snapshot' ? [...(rollback.program ?? []), ...rollback.paths] : [];
}

/** Of a stopped gateway; what went wrong is in the journal. */
export async function putStateBack(work: CopyWork, id: string): Promise<void> {
  const copy = work.copyOf(id);
  try {
    await restoreSnapshot(copy);
    work.record({ type: 'gateway-put-back', id, problem: null }, true);
  } catch (error) {
    const problem = { message: errorText(error), hint: `The copy is kept in ${copy}.` };
    work.record({ type: 'gateway-put-back', id, problem }, true);
  }
}

/** Removes the copies of an update that is over, but not one that is all that is left of a state. */
export async function removeCopies(work: CopyWork, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const copy = work.copyOf(id);
    const isNeeded = typeof work.progress(id)?.state === 'object' && (await isWholeSnapshot(copy));
    if (!isNeeded && existsSync(copy)) await removeSnapshot(copy);
  }
}
