/**
 * Control groups: which one a process belongs to, whether systemd tears it down with the app, and how
 * to move a child out of it. /proc/self/mountinfo says where cgroup2 is mounted (unified or hybrid).
 */
import { createHash } from 'node:crypto';
import { accessSync, constants, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { listFolder } from './proc.ts';

/** Control group 2 path ('/…') of a process; systemd's own hierarchy when there is no version 2; '' unknown. */
export function cgroupOf(pid: number | 'self'): string {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/cgroup`, 'utf8');
  } catch {
    return '';
  }
  return parseCgroup(text);
}

export function parseCgroup(text: string): string {
  const lines = text.split('\n');
  const after = (prefix: string): string | undefined =>
    lines.find((line) => line.startsWith(prefix))?.slice(prefix.length);
  const unified = after('0::') ?? '';
  const named = lines.find((line) => /^\d+:name=systemd:/.test(line))?.replace(/^[^:]*:[^:]*:/, '');
  // In the hybrid layout both name the unit; the more specific one counts.
  return unified !== '' && unified !== '/' ? unified : (named ?? unified);
}

/** Where cgroup2 is mounted, with the root it shows; undefined when it is not. */
export function cgroup2Mount(
  mountinfo = readFileSync('/proc/self/mountinfo', 'utf8'),
): { folder: string; root: string } | undefined {
  for (const line of mountinfo.split('\n')) {
    const [left, right] = line.split(' - ');
    const fields = left?.split(' ') ?? [];
    const root = fields[3];
    const folder = fields[4];
    if (right?.startsWith('cgroup2 ') && root && folder) return { folder, root };
  }
  return undefined;
}

/**
 * The unit a path lies in: everything up to the first component that systemd tears down as one.
 * `user@<uid>.service` is the user's own manager and outlives every app. '' for none.
 */
export function unitOf(cgroup: string): string {
  const parts = cgroup.split('/').filter((part) => part !== '');
  const at = parts.findIndex(
    (part) => /\.(scope|service)$/.test(part) && !/^user@\d+\.service$/.test(part),
  );
  return at < 0 ? '' : `/${parts.slice(0, at + 1).join('/')}`;
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * A group outside ours that a child may be moved into: a new leaf in the nearest writable ancestor of
 * our unit (or of our group). Undefined when there is none.
 */
export function openLeafOutside(key: string): string | undefined {
  const mount = cgroup2Mount();
  const own = readFileSync('/proc/self/cgroup', 'utf8').match(/^0::(.*)$/m)?.[1];
  if (!mount || !own || own === '/') return undefined;
  const leaf = `holdfast-${createHash('sha256').update(key).digest('hex').slice(0, 16)}`;
  for (let group = unitOf(own) || own; group !== '/'; ) {
    group = dirname(group);
    const folder = join(mount.folder, group);
    if (!isWritable(folder) || !isWritable(join(folder, 'cgroup.procs'))) continue;
    try {
      removeEmptyLeaves(folder);
      mkdirSync(join(folder, leaf), { recursive: true });
      return join(folder, leaf);
    } catch {
      // A limit on descendants, or a read-only mount: the next ancestor may still do.
    }
  }
  return undefined;
}

/** Every start has its own leaf, and nothing removes it when its processes have ended. */
function removeEmptyLeaves(folder: string): void {
  for (const name of listFolder(folder)) {
    if (/^holdfast-[0-9a-f]{16}$/.test(name)) removeIfEmpty(join(folder, name));
  }
}

function removeIfEmpty(leafFolder: string): void {
  try {
    rmdirSync(leafFolder);
  } catch {
    // The kernel keeps a group that has members.
  }
}

/** Moves a process into a leaf; false when the kernel refuses, and the leaf is then removed. */
export function moveInto(leafFolder: string, pid: number): boolean {
  try {
    // Another start may have removed it as an empty one.
    mkdirSync(leafFolder, { recursive: true });
    writeFileSync(join(leafFolder, 'cgroup.procs'), String(pid));
    return true;
  } catch {
    removeIfEmpty(leafFolder);
    return false;
  }
}
