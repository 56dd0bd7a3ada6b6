/** A gateway process that runs, as the supervisor knows it: just started, or taken over. */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import type { Proof } from '../contract/gateway.ts';
import type { Escape, Identity } from '../contract/identity.ts';
import type { Profile, RunSpec } from '../contract/profile.ts';
import type { FileKey } from '../files/file-identity.ts';
import { describeProcess, type SpawnResult, sameProcess, selfIdentity } from '../process/index.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Prepared } from './profiles/program.ts';

export interface RunningProcess {
  readonly identity: Identity;
  /** As it was when this process started; an edit takes effect with the next start. */
  readonly profile: Profile;
  /** The mark of the profile that it was started with (`startMark`); null when it is not known. */
  readonly startedWith: string | null;
  readonly exe: string;
  readonly argv: readonly string[];
  readonly spawnedBy: Identity;
  readonly escape: Escape | null;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly logOffset: number;
  readonly wasReady: boolean;
  /** The pipe that tells it to stop, when its profile asks for one. */
  readonly stopPipe: string | null;
  /** The file it writes its log to; null while that is not known. */
  logKey: FileKey | null;
  build: string | null;
  /** How much was known of it when it became ready. */
  proof: Proof;
  /** Epoch milliseconds of the first good answer; null while there is none. */
  provedAt: number | null;
  /** Epoch milliseconds since when it has served, also under earlier watchers; null while it does not. */
  readyAt: number | null;
}

export function fileSize(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

export function processFromSpawn(
  result: SpawnResult,
  prepared: Prepared,
  logOffset: number,
  profile: Profile,
  written: Profile,
): RunningProcess {
  return {
    identity: result.identity,
    profile,
    startedWith: startMark(written),
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
    proof: 'alive',
    provedAt: null,
    readyAt: null,
  };
}

/** `ledger`: what is recorded about this very process; null when nothing is. */
export function processFromRecord(
  identity: Identity,
  ledger: Ledger | null,
  profile: Profile,
): RunningProcess {
  const described = describeProcess(identity.pid);
  const unrecorded: RunningProcess = {
    identity,
    profile,
    startedWith: null,
    exe: described?.exe ?? '',
    argv: described?.argv.slice(1) ?? [],
    spawnedBy: identity,
    escape: null,
    startedAt: Date.now(),
    logOffset: 0,
    wasReady: false,
    stopPipe: null,
    logKey: null,
    build: null,
    proof: 'alive',
    provedAt: null,
    readyAt: null,
  };
  const record = ledger?.process;
  if (!record || !sameProcess(record.identity, identity)) return unrecorded;
  const { terms, argv, build, spawnedBy, startedAt, logOffset } = record;
  const { stopPipe = null, logKey = null, readyAt = null, startedWith = null } = record;
  const wasReady = ledger.proof !== null;
  return {
    ...unrecorded,
    profile: terms ? withRunSpec(profile, terms) : profile,
    startedWith,
    exe: described?.exe ?? record.exe,
    argv,
    build,
    spawnedBy,
    escape: record.escape,
    startedAt,
    logOffset,
    stopPipe,
    logKey,
    wasReady,
    readyAt: wasReady ? readyAt : null,
  };
}

function withRunSpec(profile: Profile, spec: RunSpec): Profile {
  // A field that can be absent was absent when this process started, unless the run spec has it.
  const {
    port: _p,
    host: _o,
    listen: _i,
    https: _t,
    liveness: _l,
    heartbeat: _h,
    report: _r,
    status: _s,
    ...rest
  } = profile;
  return { ...rest, ...spec };
}

function runSpecOf(profile: Profile): RunSpec {
  const { port, host, listen, https, liveness, heartbeat, report, status } = profile;
  return {
    readiness: profile.readiness,
    startTimeoutMs: profile.startTimeoutMs,
    stop: profile.stop,
    ...(port === undefined ? {} : { port }),
    ...(host === undefined ? {} : { host }),
    ...(listen === undefined ? {} : { listen }),
    ...(https === undefined ? {} : { https }),
    ...(liveness === undefined ? {} : { liveness }),
    ...(heartbeat === undefined ? {} : { heartbeat }),
    ...(report === undefined ? {} : { report }),
    ...(status === undefined ? {} : { status }),
  };
}

/** A mark of all that takes effect with a start only: while it is the same, so are all of these fields. */
export function startMark(profile: Profile): string {
  const { program, env } = profile;
  const text = JSON.stringify({ ...runSpecOf(profile), program, env }, inOrder);
  return createHash('sha256').update(text).digest('hex');
}

/** The order in which fields are written says nothing. */
function inOrder(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function processRecord(process: RunningProcess): Ledger['process'] {
  const { identity, profile, exe, argv, build, spawnedBy, startedAt, readyAt, logOffset } = process;
  return {
    identity,
    exe,
    argv: [...argv],
    build,
    port: profile.port ?? null,
    spawnedBy,
    escape: process.escape,
    startedAt,
    readyAt,
    logOffset,
    ...(process.startedWith === null ? {} : { startedWith: process.startedWith }),
    ...(process.logKey === null ? {} : { logKey: process.logKey }),
    ...(process.stopPipe === null ? {} : { stopPipe: process.stopPipe }),
    terms: runSpecOf(profile),
  };
}
