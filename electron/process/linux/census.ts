/** Linux: finds processes by their nonce, their session, or the file they write to. */
import { type Identity, nonceVariable } from '../../contract/identity.ts';
import type { ProcessScan } from '../platform-interface.ts';
import { cgroupOf } from './cgroup.ts';
import {
  allPids,
  isOver,
  markerOf,
  readLink,
  readStat,
  readVariable,
  type Stat,
  userOf,
} from './proc.ts';

const isOwn = (pid: number): boolean => userOf(pid) === process.getuid?.();

/** The running process `pid` with what /proc/<pid>/stat says of it. */
function running(pid: number, nonce: string): { identity: Identity; stat: Stat } | undefined {
  const stat = readStat(pid);
  if (!stat || isOver(stat)) return undefined;
  return { stat, identity: { pid, startedAt: markerOf(stat), nonce } };
}

/** Reads /proc for each part when a question first needs it. */
export function scan(): ProcessScan {
  let nonces: readonly { readonly pid: number; readonly nonce: string }[] | undefined;
  let writers: ReadonlyMap<string, readonly number[]> | undefined;
  return {
    carrying(matches) {
      nonces ??= allNonces();
      const found = nonces.flatMap(({ pid, nonce }) =>
        matches(nonce) ? (running(pid, nonce) ?? []) : [],
      );
      const follows = ({ identity, stat }: (typeof found)[number]): number =>
        stat.session === identity.pid ? 0 : 1;
      found.sort((a, b) => follows(a) - follows(b) || Number(a.stat.ticks) - Number(b.stat.ticks));
      return found.map((one) => one.identity);
    },
    leadersWritingTo(file) {
      writers ??= leadersByOutput();
      const found = (writers.get(file) ?? []).flatMap((pid) => running(pid, '') ?? []);
      found.sort((a, b) => Number(a.stat.ticks) - Number(b.stat.ticks));
      return found.map((one) => one.identity);
    },
  };
}

function allNonces(): { pid: number; nonce: string }[] {
  return allPids().flatMap((pid) => {
    const nonce = pid === process.pid ? undefined : readVariable(pid, nonceVariable);
    return nonce === undefined ? [] : [{ pid, nonce }];
  });
}

/** Session leaders of this user by the file that their output or errors go to. */
function leadersByOutput(): Map<string, number[]> {
  const leaders = new Map<string, number[]>();
  for (const pid of allPids()) {
    if (pid === process.pid || readStat(pid)?.session !== pid || !isOwn(pid)) continue;
    const files = new Set([1, 2].map((fd) => readLink(`/proc/${pid}/fd/${fd}`)));
    for (const file of files) {
      if (file !== undefined) leaders.set(file, [...(leaders.get(file) ?? []), pid]);
    }
  }
  return leaders;
}

export function leaderOf(carrier: Identity): Identity {
  const session = readStat(carrier.pid)?.session ?? carrier.pid;
  if (session <= 1 || session === process.pid || !isOwn(session)) return carrier;
  return running(session, carrier.nonce)?.identity ?? carrier;
}

export function descendsFrom(leader: Identity, one: Identity): boolean {
  const stat = readStat(one.pid);
  if (stat?.terminal !== 0 || !isOwn(one.pid)) return false;
  const nonce = readVariable(one.pid, nonceVariable) ?? '';
  if (nonce !== '' && nonce !== leader.nonce) return false;
  const [boot, ticks] = leader.startedAt.split(':');
  if (boot !== one.startedAt.split(':')[0] || !(Number(stat.ticks) >= Number(ticks))) return false;
  const sessionLeader = readStat(stat.session);
  if (sessionLeader && Number(sessionLeader.ticks) < Number(ticks)) return false;
  return cgroupOf(one.pid) === cgroupOf('self');
}
