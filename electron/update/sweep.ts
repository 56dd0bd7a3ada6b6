/** What an app that was killed while it prepared an update left: removed at the next start of an app. */
import { existsSync, rmSync } from 'node:fs';
import { errorText } from '../contract/error-text.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { acquireLock } from '../process/index.ts';
import { listAttempts, unfinishedAttempt } from '../transaction/attempts.ts';
import type { Installer } from './types.ts';

/** Does nothing while another app prepares an update. Never throws. */
export function sweepAttempts(
  state: StateFolder,
  installer: Pick<Installer, 'sweep'>,
  log: (message: string) => void,
): void {
  const lock = acquireLock(state.appLock);
  if (!('release' in lock)) return;
  try {
    const live = unfinishedAttempt(state);
    installer.sweep(live);
    for (const attempt of listAttempts(state)) {
      const { plan, receipt, folder } = state.attempt(attempt);
      // Without a plan it was never armed, without a receipt it is of no interest.
      const abandoned = attempt !== live && !existsSync(plan) && !existsSync(receipt);
      if (abandoned) rmSync(folder, { recursive: true, force: true });
    }
  } catch (error) {
    log(`update: what an earlier attempt left could not be removed: ${errorText(error)}`);
  } finally {
    lock.release();
  }
}
