/**
 * Checks a gateway from outside, by its profile, its ledger and its processes: without a watcher, and
 * as a second opinion beside one. Changes nothing.
 */
import { lstatSync, statSync } from 'node:fs';
import type { GatewayView } from '../../contract/gateway.ts';
import type { Identity } from '../../contract/identity.ts';
import type { Profile } from '../../contract/profile.ts';
import type { StateFolder } from '../../files/state-folder.ts';
import { gatherEvidence } from '../../gateway/health/proof.ts';
import { frontOf, isNonceOf } from '../../gateway/ledger/nonce.ts';
import { locateLog, movedLogProblem } from '../../gateway/logs/log-keeper.ts';
import { logLimit } from '../../gateway/logs/log-limit.ts';
import { loopback } from '../../gateway/probes/http.ts';
import { portOwner, portProblem } from '../../gateway/probes/port-owner.ts';
import { defaultTuning } from '../../gateway/tuning.ts';
import { isAlive, readNonce, systemClock } from '../../process/index.ts';
import { readEndpoint } from '../../rpc/endpoint.ts';
import { writerOf } from '../gateway-log.ts';
import { type RecordedGateway, recordedGateway } from '../recorded-gateway.ts';
import { sizeText } from '../size-text.ts';
import { escapeFinding, type Finding, fail, pass, skip } from './finding.ts';
import { judgeReadiness } from './inspect-readiness.ts';

/** A log is cut some time after it has grown past its bound; one of so many bounds is not being cut. */
const tooLarge = 2;

export interface GatewayInspection extends Omit<RecordedGateway, 'ledger'> {
  readonly probes: readonly Finding[];
}

/**
 * Checks all parts of one gateway. Never rejects.
 * @param view what its watcher says, which may be a start ahead of the ledger; null without a watcher
 */
export async function inspectGateway(
  state: StateFolder,
  profile: Profile,
  view: GatewayView | null,
): Promise<GatewayInspection> {
  const { ledger, ...recorded } = recordedGateway(state, profile);
  const published = view && 'identity' in view.state ? view.state.identity : null;
  const identity = view ? (published && isAlive(published) ? published : null) : recorded.identity;
  const known = { ...recorded, desired: view?.desired ?? recorded.desired, identity };
  if (view?.state.status === 'external') {
    return { ...known, probes: await judgeExternal(state, profile, view.state) };
  }
  const process = judgeProcess(known.desired, identity, ledger?.process?.identity ?? null);
  const probes =
    identity === null
      ? [process, foreignPort(state, profile)]
      : [
          process,
          await judgePort(state, profile, identity),
          await judgeReadiness(profile, state.gatewayData(profile.id)),
          await judgeNonce(state, profile, identity),
          escapeFinding(
            ledger?.process?.escape ?? null,
            'How it came to live outside was not recorded.',
          ),
          judgeLog(state, profile),
        ];
  return { ...known, probes };
}

/** A gateway that another program runs is judged by what it answers. */
async function judgeExternal(
  state: StateFolder,
  profile: Profile,
  { owner, problem }: Extract<GatewayView['state'], { status: 'external' }>,
): Promise<Finding[]> {
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
  running: Identity | null,
  recorded: Identity | null,
): Finding {
  if (running) return pass('process', `Process ${running.pid} is the one that was started.`);
  if (desired === 'stopped') return skip('process', 'It is stopped, as you wanted.');
  if (recorded === null) return fail('process', 'It should run, and no process of it is known.');
  return fail('process', `It should run, and process ${recorded.pid} has ended.`);
}

function foreignPort(state: StateFolder, profile: Profile): Finding {
  if (profile.port === undefined) return skip('port', 'Its profile names no port.');
  const owner = ownerOf(state, profile, null);
  if (owner.type === 'none') return skip('port', `No program listens on port ${profile.port}.`);
  const front = frontFinding(state, profile, owner);
  if (front) return front;
  if (owner.type === 'foreign' && owner.pid === readEndpoint(state)?.identity.pid)
    return pass('port', `The watcher holds port ${profile.port} for it.`);
  if (owner.type === 'foreign' || owner.type === 'unseen')
    return fail('port', portProblem(profile, owner).message);
  return fail('port', `A process of it that was left behind holds port ${profile.port}.`);
}

function ownerOf(state: StateFolder, profile: Profile, identity: Identity | null) {
  const stateRoot = state.root;
  return portOwner({ port: profile.port ?? 0, identity, stateRoot, profileId: profile.id });
}

/** Null unless the gateway's own front holds its port. */
function frontFinding(
  state: StateFolder,
  { id, port, listen }: Profile,
  owner: ReturnType<typeof ownerOf>,
): Finding | null {
  if (listen !== 'fronted' || owner.type !== 'foreign') return null;
  const isFront = isNonceOf(readNonce(owner.pid) ?? '', state.root, frontOf(id));
  return isFront ? pass('port', `Its front (pid ${owner.pid}) holds port ${port}.`) : null;
}

async function judgePort(
  state: StateFolder,
  profile: Profile,
  identity: Identity,
): Promise<Finding> {
  const { port } = profile;
  if (port === undefined) return skip('port', 'Its profile names no port.');
  const owner = ownerOf(state, profile, identity);
  const front = frontFinding(state, profile, owner);
  if (front) return front;
  switch (owner.type) {
    case 'own':
      return profile.listen === 'passed'
        ? pass('port', `It has the socket of port ${port}, which the watcher has passed on.`)
        : pass('port', `It listens on port ${port} itself.`);
    case 'none':
      return fail('port', `No program listens on port ${port}.`);
    case 'leftover':
      return fail('port', `An older process of it (pid ${owner.identity.pid}) holds port ${port}.`);
    case 'foreign':
    case 'unseen':
      return fail('port', portProblem(profile, owner).message);
  }
}

async function judgeNonce(
  state: StateFolder,
  profile: Profile,
  identity: Identity,
): Promise<Finding> {
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

function judgeLog(state: StateFolder, { id, name }: Profile): Finding {
  const file = state.gatewayLog(id);
  const place = locateLog(file, writerOf(state, id));
  if (place.moved) {
    const { message, hint } = movedLogProblem(name, file, place);
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
  // One that is silent is not cut to a bound that was lowered.
  const bound = Math.max(logLimit(state.settings)(), defaultTuning.logMaxBytes);
  return found.size > tooLarge * bound
    ? fail('log', `${file} has ${sizeText(found.size)} and is not being cut.`)
    : pass('log', `${file} has ${sizeText(found.size)}.`);
}
