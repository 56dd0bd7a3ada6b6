/** Signals a verified process through its pidfd, and finds what belongs to it. */
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import type { Identity } from '../../contract/identity.ts';
import { nonceVariable } from '../spawn-spec.ts';
import { openVerified } from './exit-waiter.ts';
import { allPids, isOver, markerOf, readStat, readVariable, startMarker } from './proc.ts';
import { errno, pidfdSendSignal } from './syscalls.ts';

export function signalVerified(
  identity: Identity,
  signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL',
): boolean {
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

/** Without pidfds the marker is checked as late as can be. */
function signalByPid(identity: Identity, signal: NodeJS.Signals): boolean {
  if (startMarker(identity.pid) !== identity.startedAt) return false;
  return process.kill(identity.pid, signal);
}

/**
 * Living processes that belong to `root`: its descendants, the members of the session it leads, and
 * whatever carries its nonce; those of its known `relatives`, but for the nonce; then their
 * descendants in turn. The kernel never reuses a pid while it names a session, so the session test
 * stays true after the leader's death.
 */
export function treeOf(root: Identity, relatives: readonly Identity[] = []): Identity[] {
  const living = allPids().flatMap((pid) => {
    const stat = readStat(pid);
    return stat && !isOver(stat) && pid !== process.pid ? [{ pid, ...stat }] : [];
  });
  const byPid = new Map(living.map((one) => [one.pid, one]));
  const parents = new Set<number>();
  const sessions = new Set<number>();
  for (const { pid, startedAt } of [root, ...relatives]) {
    const stat = byPid.get(pid);
    const lives = stat !== undefined && markerOf(stat) === startedAt;
    // Someone else's pid now: neither its children nor its session are ours.
    if (stat !== undefined && !lives) continue;
    if (lives) parents.add(pid);
    if (stat === undefined || stat.session === pid) sessions.add(pid);
  }

  const members = new Map<number, Identity>();
  const take = (pid: number, stat: { ticks: string }): void => {
    if (pid === root.pid) return;
    const startedAt = markerOf(stat);
    members.set(pid, { pid, startedAt, nonce: root.nonce });
  };
  for (const one of living) {
    const carries = root.nonce !== '' && readVariable(one.pid, nonceVariable) === root.nonce;
    if (sessions.has(one.session) || carries) take(one.pid, one);
  }
  for (let before = -1; before !== members.size; ) {
    before = members.size;
    for (const one of living) {
      const child = parents.has(one.parent) || members.has(one.parent);
      if (!members.has(one.pid) && child) take(one.pid, one);
    }
  }
  return [...members.values()];
}
