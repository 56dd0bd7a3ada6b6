/**
 * What the next start of a gateway runs, and that start. A killed gateway is started again inside its
 * exit event: whatever a start needs is prepared beforehand, so that it is one call.
 */
import type { Problem } from '../contract/gateway.ts';
import type { Profile } from '../contract/profile.ts';
import {
  type NamedSocket,
  SpawnError,
  type SpawnResult,
  type SpawnSpec,
  spawnDetached,
} from '../process/index.ts';
import type { HeldPort } from './held-port.ts';
import type { Pin } from './ledger/ledger.ts';
import { type Prepared, type ProgramLocations, prepare } from './profiles/program.ts';
import { fileSize, processFromSpawn, type RunningProcess, startMark } from './running-process.ts';
import { clearStopFile } from './stop/stop-request.ts';
import type { ShippedProgram, SupervisorDeps, UserEnvironment } from './types.ts';

type Shared =
  | 'profile'
  | 'shipped'
  | 'pinned'
  | 'logFile'
  | 'dataDir'
  | 'stateRoot'
  | 'userEnvironment'
  | 'privatePort';

export interface LauncherDeps extends Pick<SupervisorDeps, Shared> {
  readonly heldPort: HeldPort;
}

export interface Launch {
  readonly process: RunningProcess;
  /** What the user should know about this start. */
  readonly notice: Problem | null;
  onExit: SpawnResult['onExit'];
}

/** A gateway behind a front listens on the loopback, on a port that its front alone knows. */
function behindFront(profile: Profile, port: number): Profile {
  const { host: _host, listen: _listen, front: _front, ...rest } = profile;
  return { ...rest, port };
}

const noEnvironment: UserEnvironment = {};

export class Launcher {
  readonly #deps: LauncherDeps;
  /** As the user wrote it. */
  #written: Profile;
  #mark: string;
  #profile: Profile;
  #pin: Pin | null = null;
  /** What an update wants instead of the pinned build or the one that Holdfast brings. */
  #shipped: ShippedProgram | null = null;
  #prepared: Prepared | null = null;

  constructor(deps: LauncherDeps) {
    this.#deps = deps;
    this.#written = deps.profile;
    this.#mark = startMark(deps.profile);
    this.#profile = this.#asRun(deps.profile);
  }

  /** As the gateway is run: behind a front it has another port than the user wrote. */
  get profile(): Profile {
    return this.#profile;
  }

  get written(): Profile {
    return this.#written;
  }

  /** What the next process will be started with. */
  get mark(): string {
    return this.#mark;
  }

  /** The build that the gateway was rolled back to and keeps. */
  get pin(): Pin | null {
    return this.#pin;
  }

  get locations(): ProgramLocations {
    const { dataDir, logFile, stateRoot, shipped, pinned } = this.#deps;
    const user = this.#deps.userEnvironment?.() ?? noEnvironment;
    const program = () => this.#shipped ?? (this.#pin && pinned(this.#pin)) ?? shipped();
    return { dataDir, logFile, stateRoot, user, shipped: program };
  }

  setProfile(profile: Profile): void {
    this.#written = profile;
    this.#mark = startMark(profile);
    this.#profile = this.#asRun(profile);
    this.#prepared = null;
  }

  setPin(pin: Pin | null): void {
    if (!pin && this.#shipped?.buildId === this.#pin?.build) this.#shipped = null;
    this.#pin = pin;
    this.#prepared = null;
  }

  /** Null: the pinned build, or what Holdfast brings. */
  setShipped(shipped: ShippedProgram | null): void {
    this.#shipped = shipped;
    this.#prepared = null;
  }

  /** Throws what keeps the program from being started. */
  launch(): Launch {
    const logOffset = fileSize(this.#deps.logFile);
    clearStopFile(this.#profile, this.#deps.dataDir);
    const listen = this.#deps.heldPort.hold(this.#profile);
    const { prepared, result } = this.#spawn(listen);
    const process = processFromSpawn(result, prepared, logOffset, this.#profile, this.#written);
    return { process, notice: prepared.notice, onExit: (listener) => result.onExit(listener) };
  }

  prepareNext(): void {
    if (this.#prepared) return;
    try {
      this.#prepared = prepare(this.#profile, this.locations);
    } catch {
      // The start itself will meet the same trouble and report it.
    }
  }

  #asRun(profile: Profile): Profile {
    const { privatePort } = this.#deps;
    return profile.listen === 'fronted' && privatePort
      ? behindFront(profile, privatePort(profile))
      : profile;
  }

  /** Prepares a start once more when the log of the prepared one can't be opened any more. */
  #spawn(listen: NamedSocket | undefined): {
    readonly prepared: Prepared;
    readonly result: SpawnResult;
  } {
    const { locations } = this;
    const start = (spec: SpawnSpec) => spawnDetached(listen ? { ...spec, listen } : spec);
    const early = this.#prepared?.user === locations.user ? this.#prepared : null;
    this.#prepared = null;
    try {
      if (early) return { prepared: early, result: start(early.spec) };
    } catch (error) {
      if (!(error instanceof SpawnError) || error.code !== 'no-output') throw error;
    }
    const prepared = prepare(this.#profile, locations);
    return { prepared, result: start(prepared.spec) };
  }
}
