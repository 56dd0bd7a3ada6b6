/** How this watcher makes the supervisors of its gateways, which programs it brings, and the first gateway. */
import { existsSync, lstatSync } from 'node:fs';
import path from 'node:path';
import { ownBuildId } from '../contract/build-info.ts';
import type { StateFolder } from '../files/state-folder.ts';
import type { Pin } from '../gateway/ledger/ledger.ts';
import { logLimit } from '../gateway/logs/log-limit.ts';
import { defaultProfile, findFreePort } from '../gateway/profiles/default-profile.ts';
import { loadProfiles, removeProfile, saveProfile } from '../gateway/profiles/profiles.ts';
import { createSupervisor } from '../gateway/supervisor.ts';
import type { ShippedProgram, Supervisor, UserEnvironment } from '../gateway/types.ts';
import type { Clock, ExitWaiter } from '../process/index.ts';
import { gatewayScript, runtimeFileName } from '../staging/staged.ts';
import { Fronts, frontProgram } from './fronts.ts';
import type { Histories } from './histories.ts';
import type { WatcherLog } from './log.ts';
import { Registry } from './registry.ts';

/** The gateway that ships with this very watcher; beside it when staged, its source otherwise. */
export function shippedProgram(folder: string): ShippedProgram {
  const staged = gatewayScript(folder);
  const script = existsSync(staged)
    ? staged
    : path.join(folder, '..', 'reference-gateway', 'main.ts');
  return { node: process.execPath, script, buildId: ownBuildId };
}

/** The staged gateway that a pin names; null when its folders are gone. */
function pinnedProgram(state: StateFolder, pin: Pin): ShippedProgram | null {
  const node = path.join(state.staged, pin.runtime, runtimeFileName);
  const script = gatewayScript(path.join(state.staged, pin.bundle));
  return existsSync(node) && existsSync(script) ? { node, script, buildId: pin.build } : null;
}

/** A registry over the profiles of `state`. */
export function createRegistry(deps: {
  readonly state: StateFolder;
  readonly shipped: ShippedProgram;
  readonly waiter: ExitWaiter;
  readonly clock: Clock;
  readonly log: WatcherLog;
  readonly histories: Histories;
  /** The listening sockets of an earlier watcher, by profile; each is taken out by the gateway it is for. */
  readonly passedOn: Map<string, number>;
  userEnvironment(): UserEnvironment;
  withheld(id: string): boolean;
  onChange(changed?: Supervisor): void;
}): Registry {
  const { state, shipped, waiter, clock, log, histories } = deps;
  const fronts = new Fronts({
    state,
    program: frontProgram(import.meta.dirname),
    clock,
    waiter,
    onChange: () => deps.onChange(),
    log: (message) => log.info(message),
  });
  const logMaxBytes = logLimit(state.settings);
  return new Registry({
    fronts,
    folder: state.profiles,
    loadProfiles: () => loadProfiles(state.profiles),
    profileExists: (id) =>
      lstatSync(path.join(state.profiles, `${id}.json`), { throwIfNoEntry: false }) !== undefined,
    saveProfile: (profile) => saveProfile(state.profiles, profile),
    removeProfile: (profile) => removeProfile(state.profiles, profile),
    createSupervisor: (profile) => {
      const passedOn = deps.passedOn.get(profile.id);
      deps.passedOn.delete(profile.id);
      return createSupervisor({
        profile,
        ...(passedOn === undefined ? {} : { passedOn }),
        shipped: () => shipped,
        pinned: (pin) => pinnedProgram(state, pin),
        ledgerDir: state.ledger,
        logFile: state.gatewayLog(profile.id),
        dataDir: state.gatewayData(profile.id),
        logMaxBytes,
        history: histories.of(profile.id),
        stateRoot: state.root,
        userEnvironment: deps.userEnvironment,
        privatePort: (fronted) => fronts.privatePort(fronted),
        frontOpen: (signal) => fronts.untilOpen(profile.id, signal),
        waiter,
        clock,
        random: Math.random,
        log: (message) => log.info(message),
      });
    },
    onOpened: (ids) => {
      histories.begun();
      histories.sweep(ids);
    },
    withheld: deps.withheld,
    onChange: deps.onChange,
    log,
  });
}

/** Sets up a gateway to look at, where there is none. */
export async function addDemo(state: StateFolder, log: WatcherLog): Promise<void> {
  const { profiles, problems } = loadProfiles(state.profiles);
  if (profiles.length > 0 || Object.keys(problems).length > 0) return;
  saveProfile(state.profiles, defaultProfile(await findFreePort()));
  log.info('First start: the demo gateway was added.');
}
