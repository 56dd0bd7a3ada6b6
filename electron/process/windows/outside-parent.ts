/**
 * A process that may serve as parent of what we start: the desktop shell or one of our ancestors, of
 * the same user, session and integrity level, and itself in no job.
 */
import { access, win32 } from './kernel32.ts';
import { allProcesses, type Entry, facts, isInJob } from './processes.ts';
import { ownSids, tokenSids } from './token.ts';

/** The shell first, then our ancestors from near to far. Exported for its test. */
export function candidates(entries: readonly Entry[], self: number): number[] {
  const shells = entries
    .filter((one) => one.name.toLowerCase() === 'explorer.exe')
    .map((one) => one.pid);
  const ancestors: number[] = [];
  for (let at = entries.find((one) => one.pid === self); at && !ancestors.includes(at.parent); ) {
    ancestors.push(at.parent);
    const { parent } = at;
    at = entries.find((one) => one.pid === parent && one.pid !== self);
  }
  return [...new Set([...shells, ...ancestors.filter((pid) => pid > 4)])];
}

/** An open handle with the right to create processes under it, or 0. The caller closes it. */
export function openOutsideParent(): number {
  const session = facts(process.pid).session;
  const own = ownSids();
  for (const pid of candidates(allProcesses(), process.pid)) {
    if (facts(pid).session !== session || isInJob(pid) !== false) continue;
    const handle = win32().OpenProcess(
      access.createProcess | access.duplicate | access.query,
      0,
      pid,
    );
    if (!handle) continue;
    if (own !== undefined && tokenSids(handle) === own) return handle;
    win32().CloseHandle(handle);
  }
  return 0;
}
