/** Windows: who started a process, told by its parents. None of them takes orders from here. */
import { allProcesses, startMarker } from './processes.ts';

export interface Starter {
  readonly type: 'supervisor' | 'terminal';
  readonly name: string;
}

const shells = /^(?:cmd|powershell|pwsh|bash|wsl|windowsterminal|openconsole)\.exe$/i;

/** From the names of the parents, the nearest first; null when they tell nothing. Pure. */
export function starterAmong(parents: readonly string[]): Starter | null {
  // The task scheduler lives in a svchost; so does nothing else that starts a user's programs.
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

/** A parent's pid may be reused: a child is never older than its parent. */
export function starterOf(pid: number): Starter | null {
  const entries = new Map(allProcesses().map((one) => [one.pid, one]));
  const names: string[] = [];
  let at = entries.get(pid);
  let age = BigInt(startMarker(pid) ?? 0);
  while (at && names.length < 32) {
    const parent = entries.get(at.parent);
    const started = parent ? startMarker(parent.pid) : undefined;
    // System processes do not tell their age; they are as old as the session.
    if (!parent || parent.pid === 0 || (started !== undefined && BigInt(started) > age)) break;
    names.push(parent.name);
    age = started === undefined ? age : BigInt(started);
    at = parent;
  }
  return starterAmong(names);
}
