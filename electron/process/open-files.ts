/**
 * How many files a process may have open (RLIMIT_NOFILE, soft). Node and Chromium raise their own
 * limit, and children inherit that: programs that use select() break, and those that close every
 * possible descriptor become slow. A gateway gets the limit that its user has.
 */
import { describeLinux, readStat, softFileLimit } from './linux/proc.ts';
import { native } from './native.ts';

/** sys/resource.h. */
const resource = process.platform === 'darwin' ? 8 : 7;
/** `struct rlimit`: two 64-bit numbers, soft and hard. */
const limitBytes = 16;
/** What systemd gives whatever it starts; its own limit is higher. */
const systemdSoftLimit = 1024;

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
 * Runs `start`, whose child inherits `soft` as its limit. Synchronous, and nothing else of this
 * program runs meanwhile; what it has open stays open.
 */
export function withOpenFiles<T>(soft: number | undefined, start: () => T): T {
  if (soft === undefined || process.platform === 'win32') return start();
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

/**
 * The limit that this program was started with: its own was raised before its first line ran, and
 * those in between (npm, another Node) have raised theirs, but the shell at the head of the session
 * has not. undefined where nothing tells.
 */
export function userOpenFiles(): number | undefined {
  const self = process.platform === 'linux' ? readStat(process.pid) : undefined;
  if (!self) return undefined;
  const seen: number[] = [];
  for (let pid = self.parent; pid > 0; ) {
    if (describeLinux(pid)?.name === 'systemd') {
      if (seen.length === 0) seen.push(systemdSoftLimit);
      break;
    }
    const stat = readStat(pid);
    const soft = softFileLimit(pid);
    if (!stat || soft === undefined || (seen.length > 0 && stat.session !== self.session)) break;
    seen.push(soft);
    pid = stat.parent;
  }
  return seen.length === 0 ? undefined : Math.min(...seen);
}
