/** Windows: who started a process, by the names of its parents. None of them takes orders. */
import { programOwner } from '../owner.ts';
import type { ProcessOwner } from '../platform-interface.ts';
import { allProcesses, startMarker } from './processes.ts';
import { describeWindows } from './tree.ts';

interface Starter {
  readonly type: 'supervisor' | 'terminal';
  readonly name: string;
}

const shells = /^(?:cmd|powershell|pwsh|bash|wsl|windowsterminal|openconsole)\.exe$/i;

/** From the names of the parents, the nearest first; null when they identify no starter. Pure. */
export function starterAmong(parents: readonly string[]): Starter | null {
  // Of everything in a svchost, only the task scheduler starts a user's programs.
  const manager = parents.find((name) =>
    /^(?:svchost|taskeng|services|pm2|nssm)\.exe$/i.test(name),
  );
  if (manager !== undefined) {
    const isTask = /^(?:svchost|taskeng)/i.test(manager);
    const isService = /^services/i.test(manager);
    const name = isTask ? 'a scheduled task' : isService ? 'a Windows service' : manager;
    return { type: 'supervisor', name };
  }
  const shell = parents.find((name) => shells.test(name));
  return shell === undefined
    ? null
    : { type: 'terminal', name: `a terminal (${shell.replace(/\.exe$/i, '')})` };
}

export function ownerOf(pid: number): ProcessOwner {
  const starter = starterAmong(parentNames(pid));
  return starter ? { ...starter, order: null } : programOwner(describeWindows(pid), pid);
}

/** The nearest first. A parent's pid may be reused: a child is never older than its parent. */
function parentNames(pid: number): string[] {
  const entries = new Map(allProcesses().map((one) => [one.pid, one]));
  const names: string[] = [];
  let at = entries.get(pid);
  let age = BigInt(startMarker(pid) ?? 0);
  while (at && names.length < 32) {
    const parent = entries.get(at.parent);
    const started = parent ? startMarker(parent.pid) : undefined;
    // System processes hide their age; they are as old as the session.
    if (!parent || parent.pid === 0 || (started !== undefined && BigInt(started) > age)) break;
    names.push(parent.name);
    age = started === undefined ? age : BigInt(started);
    at = parent;
  }
  return names;
}
