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
 * whatever carries its nonce; then their descendants in turn. The kernel never reuses a pid while
 * it names a session, so the session test stays true after the leader's death.
 */
export function treeOf(root: Identity): Identity[] {
  const living = allPids().flatMap((pid) => {
    const stat = readStat(pid);
    return stat && !isOver(stat) && pid !== process.pid ? [{ pid, ...stat }] : [];
  });
  const rootStat = living.find((one) => one.pid === root.pid);
  const rootLives = rootStat !== undefined && markerOf(rootStat) === root.startedAt;
  // Someone else's pid now: neither its children nor its session are ours.
  const reused = rootStat !== undefined && !rootLives;
  const leads = rootStat === undefined || rootStat.session === root.pid;

  const members = new Map<number, Identity>();
  const take = (pid: number, stat: { ticks: string }): void => {
    if (pid === root.pid) return;
    const startedAt = markerOf(stat);
    members.set(pid, { pid, startedAt, nonce: root.nonce });
  };
  for (const one of living) {
    const inSession = !reused && leads && one.session === root.pid;
    const carries = root.nonce !== '' && readVariable(one.pid, nonceVariable) === root.nonce;
    if (inSession || carries) take(one.pid, one);
  }
  for (let before = -1; before !== members.size; ) {
    before = members.size;
    for (const one of living) {
      const childOfRoot = rootLives && one.parent === root.pid;
      if (!members.has(one.pid) && (childOfRoot || members.has(one.parent))) take(one.pid, one);
    }
  }
  return [...members.values()];
}
