/**
 * A process that may stand in as parent: the desktop shell or one of our ancestors, of the same
 * user, session and integrity level, and itself in no job.
 */
import { access, win32 } from './kernel32.ts';
import { allProcesses, type Entry, facts, isInJob } from './processes.ts';

const tokenQuery = 0x8;
const tokenUser = 1;
const tokenIntegrity = 25;
/** Both records are a pointer and attributes (16 bytes), then the SID itself. */
const sidOffset = 16;

function tokenSids(process: number): string | undefined {
  const token: [number] | [null] = [null];
  if (!win32().OpenProcessToken(process, tokenQuery, token) || token[0] === null) return undefined;
  try {
    const sids = [tokenUser, tokenIntegrity].map((kind) => {
      const info = Buffer.alloc(256);
      const length: [number] | [null] = [0];
      const ok = win32().GetTokenInformation(token[0] ?? 0, kind, info, info.length, length);
      return ok ? info.toString('hex', sidOffset, length[0] ?? sidOffset) : '';
    });
    return sids.includes('') ? undefined : sids.join('/');
  } finally {
    win32().CloseHandle(token[0]);
  }
}

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
  const own = tokenSids(-1);
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
