/** Linux: signals a verified process through its pidfd, and finds what belongs to it. */
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { type Identity, nonceVariable } from '../../contract/identity.ts';
import type { Signal } from '../platform-interface.ts';
import { openVerified } from './exit-waiter.ts';
import {
  allPids,
  isOver,
  markerOf,
  readStat,
  readVariable,
  type Stat,
  startMarker,
} from './proc.ts';
import { errno, pidfdSendSignal } from './syscalls.ts';

export function signalVerified(identity: Identity, signal: Signal): boolean {
  const fd = openVerified(identity);
  if (fd === 'gone') return false;
  if (fd === 'refused') return signalByPid(identity, signal);
  try {
    const result = pidfdSendSignal(fd, constants.signals[signal]);
    if (result === 0) return true;
    if (result === -errno.noProcess) return false;
    throw new Error(
      `The system refused to send ${signal} to process ${identity.pid} (error ${-result}).`,
    );
  } finally {
    closeSync(fd);
  }
}

/** Without pidfds the marker is checked as late as possible. */
function signalByPid(identity: Identity, signal: Signal): boolean {
  if (startMarker(identity.pid) !== identity.startedAt) return false;
  return process.kill(identity.pid, signal);
}

interface RunningProcess extends Stat {
  readonly pid: number;
}

/**
 * Running processes that belong to `root`: its descendants, the members of the session it leads, and
 * every process that carries its nonce; the same for its known `relatives`, except the nonce; then
 * their descendants in turn.
 */
export function treeOf(root: Identity, relatives: readonly Identity[] = []): Identity[] {
  const { nonce } = root;
  const running = runningProcesses();
  const { parents, sessions } = originsOf([root, ...relatives], running);
  const members = new Map<number, Identity>();
  const add = (one: RunningProcess): void => {
    if (one.pid === root.pid) return;
    members.set(one.pid, { pid: one.pid, startedAt: markerOf(one), nonce });
  };
  for (const one of running) {
    const carries = nonce !== '' && readVariable(one.pid, nonceVariable) === nonce;
    if (sessions.has(one.session) || carries) add(one);
  }
  for (let before = -1; before !== members.size; ) {
    before = members.size;
    for (const one of running) {
      const isChild = parents.has(one.parent) || members.has(one.parent);
      if (isChild && !members.has(one.pid)) add(one);
    }
  }
  return [...members.values()];
}

function runningProcesses(): RunningProcess[] {
  return allPids().flatMap((pid) => {
    const stat = readStat(pid);
    return stat && !isOver(stat) && pid !== process.pid ? [{ pid, ...stat }] : [];
  });
}

/**
 * Where a search for the family of `known` begins: the pids whose children belong to it, and the
 * sessions whose members do. The kernel never reuses a pid while it names a session, so the session
 * counts even after its leader's death.
 */
function originsOf(known: readonly Identity[], running: readonly RunningProcess[]) {
  const byPid = new Map(running.map((one) => [one.pid, one]));
  const parents = new Set<number>();
  const sessions = new Set<number>();
  for (const { pid, startedAt } of known) {
    const present = byPid.get(pid);
    // The pid was reused: neither the children nor the session of that process are ours.
    if (present && markerOf(present) !== startedAt) continue;
    if (present) parents.add(pid);
    if (!present || present.session === pid) sessions.add(pid);
  }
  return { parents, sessions };
}
