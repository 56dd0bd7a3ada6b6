/** What Linux and macOS do alike with processes: groups, ids, and the limit of open files that a child inherits. */
import { native } from '../on-demand.ts';

/** True while the process group that `leader` led has members. */
export function groupLives(leader: number): boolean {
  if (leader <= 1) return false;
  try {
    return process.kill(-leader, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** True for a setuid or setgid program: its effective ids are not those of its user. */
export function hasOtherIds(): boolean {
  const { getuid, geteuid, getgid, getegid } = process;
  return getuid?.() !== geteuid?.() || getgid?.() !== getegid?.();
}

/** sys/resource.h. */
const resource = process.platform === 'darwin' ? 8 : 7;
/** `struct rlimit`: two 64-bit numbers, soft and hard. */
const limitBytes = 16;

interface LimitCalls {
  getrlimit(resource: number, limit: Buffer): number;
  setrlimit(resource: number, limit: Buffer): number;
}

let calls: LimitCalls | undefined;

function limitCalls(): LimitCalls {
  if (calls) return calls;
  const name = process.platform === 'darwin' ? '/usr/lib/libSystem.B.dylib' : null;
  const library = native().load(name);
  calls = {
    getrlimit: library.func('int getrlimit(int resource, void *limit)'),
    setrlimit: library.func('int setrlimit(int resource, void *limit)'),
  };
  return calls;
}

/**
 * Runs `start`, whose child inherits `soft` as its limit. Synchronous: nothing else of this program
 * runs meanwhile, and its own open files stay open.
 */
export function withOpenFiles<T>(soft: number | undefined, start: () => T): T {
  if (soft === undefined) return start();
  const { getrlimit, setrlimit } = limitCalls();
  const before = Buffer.alloc(limitBytes);
  if (getrlimit(resource, before) !== 0) return start();
  const wanted = Buffer.from(before);
  const hard = before.readBigUInt64LE(8);
  wanted.writeBigUInt64LE(BigInt(soft) < hard ? BigInt(soft) : hard, 0);
  if (setrlimit(resource, wanted) !== 0) return start();
  try {
    return start();
  } finally {
    setrlimit(resource, before);
  }
}
