/**
 * Which gateways there are: one supervisor per readable profile. What the user does to profiles ends
 * here, in the window or in the folder, and so does what concerns all gateways at once: adoption,
 * freezing, stopping.
 */
import { isDeepStrictEqual } from 'node:util';
import { ContractError } from '../contract/define.ts';
import type { GatewayView, Problem } from '../contract/gateway.ts';
import type { Profile } from '../contract/profile.ts';
import { readView } from '../contract/readable.ts';
import { needsPort } from '../gateway/profiles.ts';
import type { Supervisor } from '../gateway/types.ts';
import { withOneLook } from '../process/census.ts';
import { diskTrouble } from '../process/index.ts';

export interface RegistryDeps {
  /** Of the profiles; for sentences. */
  readonly folder: string;
  loadProfiles(): {
    readonly profiles: readonly Profile[];
    readonly problems: Readonly<Record<string, Problem>>;
    /** The folder couldn't be read: what is missing says nothing. */
    readonly unread?: true;
  };
  /** Whether anything bears the name of this profile's file, usable or not. */
  profileExists(id: string): boolean;
  /** Both throw the system's error. */
  saveProfile(profile: Profile): void;
  removeProfile(id: string): void;
  createSupervisor(profile: Profile): Supervisor;
  onChange(): void;
  readonly log: { info(message: string): void; error(message: string): void };
}

export interface Registry {
  /** Loads every profile, takes over what lives, starts what is wanted. */
  open(): void;
  /**
   * Makes the gateways what the folder says now. It starts what is new and wanted; it neither stops
   * nor restarts anything. A gateway whose file is gone stays until it runs no more.
   */
  reload(): void;
  supervisors(): ReadonlyMap<string, Supervisor>;
  /** Throws a sentence when there is no such gateway. */
  supervisor(id: string): Supervisor;
  views(): Record<string, GatewayView>;
  profileProblems(): Readonly<Record<string, Problem>>;
  notices(): Problem[];
  profiles(): Profile[];
  /** Throws a sentence, also rather than replace a file that is no profile in force: the user's work. */
  save(profile: Profile): void;
  remove(id: string): void;
  /** True while a gateway is wanted or lives. */
  busy(): boolean;
  freeze(): void;
  thaw(): void;
  /**
   * Ends every gateway, and what crashed ones left, without changing what the user wants: they run
   * again with the next watcher. Nothing is started meanwhile. When one can't be stopped this rejects
   * with a sentence, and the others are started again.
   */
  stopAll(): Promise<void>;
  /** From the beginning of `stopAll` on. */
  stopping(): boolean;
  /** Starts what was stopped by `stopAll` or by an update that nobody knows any more. */
  resumeForgotten(waits?: (id: string) => boolean): void;
  /** Tries at once what waits for another try: what it lacked may be there now. */
  retryStarts(): void;
  close(): void;
}

export function createRegistry(deps: RegistryDeps): Registry {
  const supervisors = new Map<string, Supervisor>();
  const forget = new Map<string, () => void>();
  /** Run without a file: it was removed under them. */
  const orphans = new Set<string>();
  /** By file: what is wrong with it. */
  let problems: Readonly<Record<string, Problem>> = {};
  /** By file: why a good profile's gateway could not be taken up. */
  const untaken = new Map<string, Problem>();
  let frozen = false;
  let stopping: Promise<void> | null = null;

  function add(profile: Profile): Supervisor {
    const supervisor = deps.createSupervisor(profile);
    supervisors.set(profile.id, supervisor);
    forget.set(
      profile.id,
      supervisor.subscribe(() => {
        // Later: it is in the middle of what it does, and others are still to be told.
        if (orphans.has(profile.id)) queueMicrotask(() => settle(profile.id));
        deps.onChange();
      }),
    );
    return supervisor;
  }

  /** Forgets a gateway that does not run; what is known of it stays in its ledger. */
  function drop(id: string): void {
    const one = supervisors.get(id);
    forget.get(id)?.();
    one?.freeze();
    one?.close();
    forget.delete(id);
    supervisors.delete(id);
    orphans.delete(id);
    untaken.delete(fileOf(id));
  }

  /** An orphan that crashed is still started again; one that was stopped or gave up goes. */
  function settle(id: string): void {
    const view = supervisors.get(id)?.view();
    if (frozen || !view || !orphans.has(id) || isAlive(view)) return;
    if (view.desired === 'running' && view.state.status !== 'failed') return;
    deps.log.info(`"${id}" runs no more and has no profile: forgotten.`);
    drop(id);
    deps.onChange();
  }

  function abandon(id: string, one: Supervisor): void {
    if (isAlive(one.view())) {
      deps.log.info(`The profile of "${id}" was removed while it runs.`);
      orphans.add(id);
    } else {
      deps.log.info(`The profile of "${id}" was removed.`);
      drop(id);
    }
  }

  function takeProblems(found: Readonly<Record<string, Problem>>): void {
    for (const [file, problem] of Object.entries(found)) {
      if (problems[file]?.message === problem.message) continue;
      deps.log.error(`Profile ${file}: ${problem.message}`);
    }
    problems = found;
  }

  function reload(): void {
    // Frozen, the gateways are a successor's, who reads the folder itself.
    if (frozen || stopping) return;
    const { profiles, problems: found, unread } = deps.loadProfiles();
    takeProblems(found);
    const present = new Set(profiles.map(({ id }) => fileOf(id)));
    for (const [id, one] of supervisors) {
      if (present.has(fileOf(id)) || Object.hasOwn(found, fileOf(id))) orphans.delete(id);
      else if (!unread && !orphans.has(id)) abandon(id, one);
    }
    for (const profile of profiles) {
      const known = supervisors.get(profile.id);
      if (!known) {
        deps.log.info(`"${profile.id}" has a profile now.`);
        takeOver(profile);
      } else if (!isDeepStrictEqual(known.profile(), profile)) {
        deps.log.info(`The profile of "${profile.id}" was changed.`);
        known.setProfile(profile);
      }
    }
    deps.onChange();
  }

  /** One broken gateway must not keep the others from being looked after. */
  function takeOver(profile: Profile): void {
    try {
      const supervisor = add(profile);
      const adopted = supervisor.adopt();
      const { desired, state } = supervisor.view();
      if (adopted) deps.log.info(`Took over "${profile.id}", which runs already.`);
      else if (desired === 'running' && state.status !== 'released') supervisor.start();
    } catch (error) {
      deps.log.error(`"${profile.id}" could not be taken up: ${textOf(error)}`);
      untaken.set(fileOf(profile.id), { message: textOf(error) });
    }
  }

  function refuseToSave(profile: Profile): void {
    const { id } = profile;
    const missing = needsPort(profile);
    if (missing) throw new ContractError(`The profile "${id}" was not saved: ${missing}.`);
    if (!deps.profileExists(id)) return;
    // As it is now: the last look may be a moment old.
    const broken = deps.loadProfiles().problems[fileOf(id)] ?? untaken.get(fileOf(id));
    if (!broken && supervisors.has(id)) return;
    const why = [
      broken?.message,
      broken?.hint ?? 'Correct it in the profiles folder, or remove it.',
    ];
    throw new ContractError(
      [`The file ${fileOf(id)} is there already and was left as it is.`, ...why]
        .filter((part) => part !== undefined)
        .join(' '),
    );
  }

  /** One gateway that can't be shown must not hide the others. */
  function viewOf(id: string, one: Supervisor): GatewayView {
    try {
      return one.view();
    } catch (error) {
      deps.log.error(`"${id}" can't be shown: ${textOf(error)}`);
      return readView(id, { id, name: id });
    }
  }

  function supervisor(id: string): Supervisor {
    const found = supervisors.get(id);
    if (!found) throw new ContractError(`There is no gateway called "${id}".`);
    return found;
  }

  /** Whatever was released and has no update that would bring it back is looked after as ever. */
  function resumeForgotten(waits: (id: string) => boolean = () => false): void {
    if (stopping) return;
    for (const one of supervisors.values()) {
      if (one.view().state.status === 'released' && !waits(one.id)) one.endRelease();
    }
  }

  return {
    open() {
      const loaded = deps.loadProfiles();
      takeProblems(loaded.problems);
      withOneLook(() => {
        for (const profile of loaded.profiles) takeOver(profile);
      });
      deps.onChange();
    },
    reload: () => withOneLook(reload),
    supervisors: () => supervisors,
    supervisor,
    views: () => Object.fromEntries([...supervisors].map(([id, one]) => [id, viewOf(id, one)])),
    profileProblems: () => ({ ...problems, ...Object.fromEntries(untaken) }),
    notices: () =>
      [...supervisors].flatMap(([id, one]) => [
        ...(orphans.has(id) ? [orphaned(one.profile())] : []),
        ...one.notices(),
      ]),
    profiles: () => [...supervisors.values()].map((one) => one.profile()),
    save(profile) {
      refuseToSave(profile);
      attempt(`The profile "${profile.id}" could not be saved`, deps.folder, () =>
        deps.saveProfile(profile),
      );
      problems = Object.fromEntries(
        Object.entries(problems).filter(([file]) => file !== fileOf(profile.id)),
      );
      orphans.delete(profile.id);
      const known = supervisors.get(profile.id);
      if (known) known.setProfile(profile);
      else takeOver(profile);
      deps.onChange();
    },
    remove(id) {
      const one = supervisor(id);
      if (isAlive(one.view())) {
        throw new ContractError(
          `"${one.profile().name}" still runs. Stop it first, then remove it.`,
        );
      }
      attempt(`The profile "${id}" could not be removed`, deps.folder, () =>
        deps.removeProfile(id),
      );
      drop(id);
      deps.onChange();
    },
    busy: () =>
      [...supervisors.values()].some((one) => {
        const view = one.view();
        return view.desired === 'running' || isAlive(view);
      }),
    freeze() {
      frozen = true;
      for (const one of supervisors.values()) one.freeze();
    },
    thaw() {
      frozen = false;
      for (const one of supervisors.values()) one.thaw();
    },
    stopAll() {
      // Kept when all are stopped: the watcher ends now.
      stopping ??= stopEvery([...supervisors.values()]).catch((error: unknown) => {
        stopping = null;
        for (const one of supervisors.values()) one.thaw();
        reload();
        resumeForgotten();
        throw error;
      });
      return stopping;
    },
    stopping: () => stopping !== null,
    resumeForgotten,
    retryStarts() {
      for (const one of supervisors.values()) {
        const { state, desired } = one.view();
        const waits = state.status === 'waiting' || state.status === 'failed';
        if (!frozen && waits && desired === 'running') one.start();
      }
    },
    close() {
      for (const stop of forget.values()) stop();
      for (const one of supervisors.values()) one.close();
    },
  };
}

async function stopEvery(all: readonly Supervisor[]): Promise<void> {
  const ended = all.map((one) => one.endLeftovers());
  // What others run is not ours to stop; but it must not start what ours are about to make room for.
  const isElsewhere = (one: Supervisor): boolean => one.view().state.status === 'elsewhere';
  const ours = all.filter((one) => !isElsewhere(one));
  for (const one of all.filter(isElsewhere)) one.freeze();
  const results = await Promise.allSettled([...ours.map(stopOne), ...ended]);
  const reasons = results.flatMap((one) => (one.status === 'rejected' ? [textOf(one.reason)] : []));
  if (reasons.length > 0) throw new Error(reasons.join(' '));
}

async function stopOne(one: Supervisor): Promise<void> {
  if (one.view().desired === 'running') {
    await one.release();
    return;
  }
  await one.stop();
  const { state } = one.view();
  if (state.status === 'failed') throw new Error(state.problem.message);
}

function isAlive(view: GatewayView): boolean {
  return 'identity' in view.state;
}

function fileOf(id: string): string {
  return `${id}.json`;
}

function orphaned({ name }: Profile): Problem {
  return {
    message: `The profile of ${name} was removed while its gateway runs; stop it, or put the file back.`,
  };
}

function attempt(what: string, folder: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    const disk = diskTrouble(error, folder);
    const why = disk ? `${disk.message} ${disk.hint} Then` : `${textOf(error)} Check the disk and`;
    throw new ContractError(`${what}: ${why} try again.`);
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
