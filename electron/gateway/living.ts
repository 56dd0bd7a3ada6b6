/** One living gateway process as the supervisor knows it: just started, or taken over. */
import { statSync } from 'node:fs';
import type { Escape, Identity } from '../contract/identity.ts';
import type { Profile, Terms } from '../contract/profile.ts';
import {
  describeProcess,
  type FileKey,
  type SpawnResult,
  sameProcess,
  selfIdentity,
} from '../process/index.ts';
import type { Ledger } from './ledger.ts';
import type { Prepared } from './program.ts';

export interface Living {
  readonly identity: Identity;
  /** As it was when this process started; an edit holds from the next start on. */
  readonly profile: Profile;
  readonly exe: string;
  readonly argv: readonly string[];
  readonly spawnedBy: Identity;
  readonly escape: Escape | null;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly logOffset: number;
  readonly wasReady: boolean;
  /** Where it hears that it should stop, when by a pipe. */
  readonly stopPipe: string | null;
  /** The file it writes its log to; null while that is not known. */
  logKey: FileKey | null;
  build: string | null;
  /** Epoch milliseconds of the first good answer; null while there is none. */
  provedAt: number | null;
  /** Epoch milliseconds since when it has served, whoever watched; null while it does not. */
  readyAt: number | null;
}

export function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

export function fromSpawn(
  result: SpawnResult,
  prepared: Prepared,
  logOffset: number,
  profile: Profile,
): Living {
  return {
    identity: result.identity,
    profile,
    exe: prepared.spec.command,
    argv: prepared.spec.args,
    spawnedBy: selfIdentity(),
    escape: result.escape,
    startedAt: Date.now(),
    logOffset,
    wasReady: false,
    stopPipe: prepared.stopPipe,
    logKey: null,
    build: null,
    provedAt: null,
    readyAt: null,
  };
}

/** `ledger`: what is recorded about this very process; null when nothing is. */
export function fromAdoption(identity: Identity, ledger: Ledger | null, profile: Profile): Living {
  const recorded = ledger?.process ?? null;
  const record = recorded && sameProcess(recorded.identity, identity) ? recorded : null;
  const wasReady = record !== null && ledger?.proof != null;
  const seen = describeProcess(identity.pid);
  return {
    identity,
    profile: record?.terms ? onTerms(profile, record.terms) : profile,
    exe: seen?.exe ?? record?.exe ?? '',
    argv: record?.argv ?? seen?.argv.slice(1) ?? [],
    spawnedBy: record?.spawnedBy ?? identity,
    escape: record?.escape ?? null,
    startedAt: record?.startedAt ?? Date.now(),
    logOffset: record?.logOffset ?? 0,
    wasReady,
    stopPipe: record?.stopPipe ?? null,
    logKey: record?.logKey ?? null,
    build: record?.build ?? null,
    provedAt: null,
    readyAt: wasReady ? (record?.readyAt ?? null) : null,
  };
}

function onTerms(profile: Profile, terms: Terms): Profile {
  // What can be absent: it was, when this process started.
  const {
    port: _p,
    host: _o,
    https: _t,
    liveness: _l,
    heartbeat: _h,
    report: _r,
    status: _s,
    ...rest
  } = profile;
  return { ...rest, ...terms };
}

function termsOf(profile: Profile): Terms {
  const { port, host, https, liveness, heartbeat, report, status } = profile;
  return {
    readiness: profile.readiness,
    startTimeoutMs: profile.startTimeoutMs,
    stop: profile.stop,
    ...(port === undefined ? {} : { port }),
    ...(host === undefined ? {} : { host }),
    ...(https === undefined ? {} : { https }),
    ...(liveness === undefined ? {} : { liveness }),
    ...(heartbeat === undefined ? {} : { heartbeat }),
    ...(report === undefined ? {} : { report }),
    ...(status === undefined ? {} : { status }),
  };
}

export function toRecord(living: Living): Ledger['process'] {
  const { identity, profile, exe, argv, build, spawnedBy, startedAt, readyAt, logOffset } = living;
  return {
    identity,
    exe,
    argv: [...argv],
    build,
    port: profile.port ?? null,
    spawnedBy,
    escape: living.escape,
    startedAt,
    readyAt,
    logOffset,
    ...(living.logKey === null ? {} : { logKey: living.logKey }),
    ...(living.stopPipe === null ? {} : { stopPipe: living.stopPipe }),
    terms: termsOf(profile),
  };
}
