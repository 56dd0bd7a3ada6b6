/**
 * A gateway looked at from outside, by its profile, its ledger and the processes themselves: without
 * its watcher, and as a second opinion beside it. Changes nothing.
 */
import { lstatSync, statSync } from 'node:fs';
import type { GatewayView } from '../contract/gateway.ts';
import type { Identity } from '../contract/identity.ts';
import type { Profile } from '../contract/profile.ts';
import { type Ledger, readLedger } from '../gateway/ledger.ts';
import { placeOfLog, takenProblem } from '../gateway/log-keeper.ts';
import { portOwner, portProblem } from '../gateway/port-owner.ts';
import { loopback } from '../gateway/probe.ts';
import { gatherEvidence } from '../gateway/status.ts';
import { defaultTuning } from '../gateway/tuning.ts';
import { isAlive, readNonce, systemClock } from '../process/index.ts';
import { writerOf } from './gateway-log.ts';
import { judgeReadiness } from './inspect-readiness.ts';
import { escapeProbe, fail, type Probe, pass, skip } from './probe-result.ts';
import type { StateFolder } from './state-folder.ts';

/** A log is copied away and cut when it has grown past its bound, which is looked at now and then. */
const LOG_BOUND_BYTES = 2 * defaultTuning.logMaxBytes;

export interface GatewayInspection {
  readonly id: string;
  readonly name: string;
  readonly desired: 'running' | 'stopped';
  /** The living process that its ledger names; null when none lives. */
  readonly identity: Identity | null;
  readonly port: number | null;
  readonly probes: readonly Probe[];
}

/** What is recorded, and whether it lives. */
export function recordedGateway(
  state: StateFolder,
  profile: Profile,
): Omit<GatewayInspection, 'probes'> & { readonly ledger: Ledger | null } {
  const reading = readLedger(state.ledger, profile.id);
  const ledger = reading.type === 'record' ? reading.ledger : null;
  const recorded = ledger?.process?.identity ?? null;
  return {
    id: profile.id,
    name: profile.name,
    desired: ledger?.desired ?? (profile.autostart ? 'running' : 'stopped'),
    identity: recorded && isAlive(recorded) ? recorded : null,
    port: profile.port ?? null,
    ledger,
  };
}

/**
 * All probes of one gateway. Never rejects.
 * @param view what its watcher says, which may be a start ahead of the ledger; null without a watcher
 */
export async function inspectGateway(
  state: StateFolder,
  profile: Profile,
  view: GatewayView | null,
): Promise<GatewayInspection> {
  const { ledger, ...recorded } = recordedGateway(state, profile);
  const seen = view && 'identity' in view.state ? view.state.identity : null;
  const identity = view ? (seen && isAlive(seen) ? seen : null) : recorded.identity;
  const known = { ...recorded, desired: view?.desired ?? recorded.desired, identity };
  if (view?.state.status === 'elsewhere') {
    return { ...known, probes: await judgeElsewhere(state, profile, view.state) };
  }
  const living = judgeProcess(known.desired, identity, ledger?.process?.identity ?? null);
  const probes =
    identity === null
      ? [living, foreignPort(state, profile)]
      : [
          living,
          await judgePort(state, profile, identity),
          await judgeReadiness(profile, state.gatewayData(profile.id)),
          await judgeNonce(state, profile, identity),
          escapeProbe(
            ledger?.process?.escape ?? null,
            'How it came to live outside was not recorded.',
          ),
          judgeLog(state, profile),
        ];
  return { ...known, probes };
}

/** What others run is judged by what it answers. */
async function judgeElsewhere(
  state: StateFolder,
  profile: Profile,
  { owner, problem }: Extract<GatewayView['state'], { status: 'elsewhere' }>,
): Promise<Probe[]> {
  const who = owner.pid === undefined ? owner.name : `${owner.name}, process ${owner.pid}`;
  const process = problem
    ? fail('process', problem.message)
    : pass('process', `It is run by ${who}.`);
  if (owner.type === 'remote') return [process];
  return [process, await judgeReadiness(profile, state.gatewayData(profile.id))];
}

/** Pure. */
export function judgeProcess(
  desired: 'running' | 'stopped',
  living: Identity | null,
  recorded: Identity | null,
): Probe {
  if (living) return pass('process', `Process ${living.pid} is the one that was started.`);
  if (desired === 'stopped') return skip('process', 'It is stopped, as you wanted.');
  if (recorded === null) return fail('process', 'It should run, and no process of it is known.');
  return fail('process', `It should run, and process ${recorded.pid} has ended.`);
}

function foreignPort(state: StateFolder, profile: Profile): Probe {
  if (profile.port === undefined) return skip('port', 'Its profile names no port.');
  const owner = ownerOf(state, profile, null);
  if (owner.type === 'nobody') return skip('port', `Nobody listens on port ${profile.port}.`);
  if (owner.type === 'foreign' || owner.type === 'unseen')
    return fail('port', portProblem(profile.port, owner).message);
  return fail('port', `A process of it that was left behind holds port ${profile.port}.`);
}

function ownerOf(state: StateFolder, profile: Profile, identity: Identity | null) {
  const stateRoot = state.root;
  return portOwner({ port: profile.port ?? 0, identity, stateRoot, profileId: profile.id });
}

async function judgePort(state: StateFolder, profile: Profile, identity: Identity): Promise<Probe> {
  const { port } = profile;
  if (port === undefined) return skip('port', 'Its profile names no port.');
  const owner = ownerOf(state, profile, identity);
  switch (owner.type) {
    case 'own':
      return pass('port', `It listens on port ${port} itself.`);
    case 'nobody':
      return fail('port', `Nobody listens on port ${port}.`);
    case 'leftover':
      return fail('port', `An older process of it (pid ${owner.identity.pid}) holds port ${port}.`);
    case 'foreign':
    case 'unseen':
      return fail('port', portProblem(port, owner).message);
  }
}

async function judgeNonce(
  state: StateFolder,
  profile: Profile,
  identity: Identity,
): Promise<Probe> {
  if (identity.nonce === '') return skip('nonce', 'It was not started by Holdfast and has none.');
  if (profile.status && profile.port !== undefined) {
    for (const host of loopback) {
      const evidence = await gatherEvidence({
        profile,
        identity,
        host,
        clock: systemClock,
        portOwner: () => ownerOf(state, profile, identity),
      });
      if (evidence.proof === 'verified') {
        return pass('nonce', 'Its answer carries the nonce it was started with.');
      }
    }
    return fail(
      'nonce',
      `${profile.status.path} does not answer with the nonce it was started with.`,
    );
  }
  return readNonce(identity.pid) === identity.nonce
    ? pass('nonce', 'Its environment carries the nonce it was started with.')
    : skip(
        'nonce',
        'The system does not show its environment, and its profile has no status address.',
      );
}

function judgeLog(state: StateFolder, { id, name }: Profile): Probe {
  const file = state.gatewayLog(id);
  const place = placeOfLog(file, writerOf(state, id));
  if (place.taken) {
    const { message, hint } = takenProblem(name, file, place);
    const path = place.source?.path;
    const written = path === undefined ? null : statSync(path, { throwIfNoEntry: false });
    const size = written ? ` (it has ${sizeText(written.size)})` : '';
    return fail('log', `${message} ${hint}${size}`);
  }
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (!found) return skip('log', `${file} does not exist yet.`);
  if (!found.isFile()) {
    return fail('log', `${file} is a link or no plain file. Remove it, then restart the gateway.`);
  }
  return found.size > LOG_BOUND_BYTES
    ? fail('log', `${file} has ${sizeText(found.size)} and is not being cut.`)
    : pass('log', `${file} has ${sizeText(found.size)}.`);
}

function sizeText(bytes: number): string {
  return bytes < 2 ** 20 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 2 ** 20).toFixed(1)} MB`;
}
