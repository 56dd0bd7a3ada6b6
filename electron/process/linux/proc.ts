/** Reads /proc. Every function returns undefined or [] for a process that has ended or is not ours. */
import { readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { ProcessDescription, ProcessWork } from '../platform-interface.ts';

export interface Stat {
  readonly state: string;
  readonly parent: number;
  readonly session: number;
  /** Device number of the controlling terminal; 0: none. */
  readonly terminal: number;
  /** Start time in clock ticks since boot. */
  readonly ticks: string;
  readonly threads: number;
  /** Processor time in clock ticks, of its ended children too. */
  readonly used: number;
  /** Of memory that it holds (its resident set). */
  readonly pages: number;
  /** Of a process that has ended: how, as wait(2) encodes it. */
  readonly exitStatus: number;
}

/** The fields of /proc/<pid>/stat that we need. The name may hold spaces and brackets: cut after the last ')'. */
export function readStat(pid: number): Stat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  // proc(5) counts from 1 and includes pid and name: state is field 3, ppid 4, session 6, tty_nr 7,
  // utime 14, stime 15, cutime 16, cstime 17, num_threads 20, starttime 22, rss 24, exit_code 52.
  const [state, parent] = fields;
  const session = fields[3];
  const ticks = fields[19];
  if (!state || !parent || !session || !ticks) return undefined;
  return {
    state,
    parent: Number(parent),
    session: Number(session),
    terminal: Number(fields[4]),
    ticks,
    threads: Number(fields[17]),
    used: fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0),
    pages: Number(fields[21]),
    exitStatus: Number(fields[49]),
  };
}

/** How many files a process may have open before it must ask for more; undefined also for no limit. */
function softFileLimit(pid: number): number | undefined {
  try {
    const limits = readFileSync(`/proc/${pid}/limits`, 'latin1');
    const [, soft] = /^Max open files\s+(\d+)/m.exec(limits) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}

/** What systemd gives to the programs that it starts; its own limit is higher. */
const systemdSoftLimit = 1024;

/**
 * The soft limit that this program was started with. Its own was raised before its first line ran,
 * and its parents (npm, another Node) may have raised theirs, but the shell at the head of the session
 * has not.
 */
export function userOpenFiles(): number | undefined {
  const self = readStat(process.pid);
  if (!self) return undefined;
  const limits: number[] = [];
  for (let pid = self.parent; pid > 0; ) {
    if (describeLinux(pid)?.name === 'systemd') {
      if (limits.length === 0) limits.push(systemdSoftLimit);
      break;
    }
    const stat = readStat(pid);
    const soft = softFileLimit(pid);
    if (!stat || soft === undefined || (limits.length > 0 && stat.session !== self.session)) break;
    limits.push(soft);
    pid = stat.parent;
  }
  return limits.length === 0 ? undefined : Math.min(...limits);
}

/** USER_HZ is 100 on every architecture that Node runs on. */
export const msPerTick = 10;

export function workOf(pid: number): ProcessWork | undefined {
  const stat = readStat(pid);
  if (!stat) return undefined;
  const states: Readonly<Record<string, ProcessWork['state']>> = {
    T: 'stopped',
    D: 'waits-for-disk',
    R: 'runs',
  };
  return { usedMs: stat.used * msPerTick, state: states[stat.state] ?? 'other' };
}

/** The terminal that controls a process, as people call it (`pts/3`); null without one. */
export function terminalOf(pid: number): string | null {
  const device = readStat(pid)?.terminal ?? 0;
  // Minor in bits 0–7 and 20–31, major in 8–19 (proc(5)).
  const major = (device >> 8) & 0xfff;
  const minor = (device & 0xff) | ((device >> 12) & 0xfff00);
  if (device === 0) return null;
  return major >= 136 && major <= 143 ? `pts/${minor + (major - 136) * 256}` : `tty${minor}`;
}

/** Who holds an exclusive lock (flock or fcntl) on a file, by /proc/locks; undefined for no one. */
export function lockHolder(path: string): number | undefined {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (!stat) return undefined;
  const real = realpathSync(path);
  for (const line of readFileSync('/proc/locks', 'latin1').split('\n')) {
    // 1: FLOCK  ADVISORY  WRITE 8104 fe:00:2154629 0 EOF
    const [, kind, , mode, pid, where] = line.trim().split(/\s+/);
    if (kind === '->' || mode !== 'WRITE' || where === undefined) continue;
    // Some file systems show another device here than in stat, so the open file decides instead.
    if (where.split(':')[2] !== String(stat.ino) || !(Number(pid) > 0)) continue;
    if (openFiles(Number(pid)).some(({ target }) => target === real)) return Number(pid);
  }
  return undefined;
}

let boot: string | undefined;

/** Eight digits of the boot id: start ticks begin again at every boot. */
function bootPrefix(): string {
  boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').slice(0, 8);
  return boot;
}

export function markerOf(stat: Pick<Stat, 'ticks'>): string {
  return `${bootPrefix()}:${stat.ticks}`;
}

/**
 * True when the process has ended: a zombie holds no port and no file, unless some of its threads
 * still run. The first thread becomes a zombie before the others have closed what they share.
 */
export function isOver(stat: Stat): boolean {
  return (stat.state === 'Z' || stat.state === 'X') && stat.threads <= 1;
}

export function startMarker(pid: number): string | undefined {
  const stat = readStat(pid);
  return stat && !isOver(stat) ? markerOf(stat) : undefined;
}

/** When the process started, in clock ticks since boot. */
export function startTicks(pid: number): number | null {
  const stat = readStat(pid);
  return stat ? Number(stat.ticks) : null;
}

function readFields(pid: number, file: 'cmdline' | 'environ'): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/${file}`, 'utf8');
    return text === '' ? [] : text.replace(/\0$/, '').split('\0');
  } catch {
    return [];
  }
}

export function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

export function listFolder(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

export function describeLinux(pid: number): ProcessDescription | undefined {
  if (startMarker(pid) === undefined) return undefined;
  const argv = readFields(pid, 'cmdline');
  const exe = readLink(`/proc/${pid}/exe`) ?? '';
  // Not comm: that is the main thread's name, and Node calls it MainThread.
  const name = basename(exe.replace(/ \(deleted\)$/, '') || argv[0] || '') || 'unknown';
  return { pid, exe, argv, name };
}

/** The user who started it (its real user id); undefined when it has ended. Every user may ask. */
export function userOf(pid: number): number | undefined {
  try {
    const [, user] = /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
    return user === undefined ? undefined : Number(user);
  } catch {
    return undefined;
  }
}

/**
 * A variable in the environment of one of this user's own processes. Another user's process, which
 * root could read, is not trusted. A program may have overwritten its environment.
 */
export function readVariable(pid: number, name: string): string | undefined {
  const entry = readFields(pid, 'environ').find((line) => line.startsWith(`${name}=`));
  if (entry === undefined || userOf(pid) !== process.getuid?.()) return undefined;
  return entry.slice(name.length + 1);
}

/** True for a running process that does not let this user see which files it has open. */
export function hidesFiles(pid: number): boolean {
  try {
    readdirSync(`/proc/${pid}/fd`);
    return false;
  } catch {
    return startMarker(pid) !== undefined;
  }
}

export function allPids(): number[] {
  return listFolder('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Files mapped into a process, each once. */
export function mappedFiles(pid: number): string[] {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/maps`, 'utf8');
  } catch {
    return [];
  }
  const files = new Set<string>();
  for (const line of text.split('\n')) {
    const at = line.indexOf('/');
    if (at > 0) files.add(line.slice(at));
  }
  return [...files];
}

export interface OpenFile {
  readonly fd: number;
  readonly target: string;
}

function filesIn(folder: string): OpenFile[] {
  return listFolder(folder).flatMap((fd) => {
    const target = readLink(`${folder}/${fd}`);
    return target === undefined ? [] : [{ fd: Number(fd), target }];
  });
}

/** What a process has open, by descriptor. */
export function openFiles(pid: number): OpenFile[] {
  const files = filesIn(`/proc/${pid}/fd`);
  if (files.length > 0 || readStat(pid)?.state !== 'Z') return files;
  // Its first thread has ended; the others may hold what they shared with it.
  const threads = listFolder(`/proc/${pid}/task`);
  const others = threads.map((thread) => filesIn(`/proc/${pid}/task/${thread}/fd`));
  return others.find((open) => open.length > 0) ?? [];
}
