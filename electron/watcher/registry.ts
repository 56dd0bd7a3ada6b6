/**
 * Which gateways there are: one supervisor per readable profile. What the user does to profiles ends
 * here, and so does what concerns all gateways at once: adoption, freezing, stopping.
 */
import { ContractError } from '../contract/define.ts';
import type { GatewayView, Problem } from '../contract/gateway.ts';
import type { Profile } from '../contract/profile.ts';
import type { Supervisor } from '../gateway/types.ts';
import type { Clock } from '../process/index.ts';

/** As calm as the slowest restart of the backoff. */
const RESUME_RETRY_MS = 30_000;

export interface RegistryDeps {
  loadProfiles(): {
    readonly profiles: readonly Profile[];
    readonly problems: Readonly<Record<string, Problem>>;
  };
  /** Both throw the system's error. */
  saveProfile(profile: Profile): void;
  removeProfile(id: string): void;
  createSupervisor(profile: Profile): Supervisor;
  onChange(): void;
  readonly clock: Clock;
  readonly log: { info(message: string): void; error(message: string): void };
}

export interface Registry {
  /** Loads every profile, takes over what lives, starts what is wanted. */
  open(): void;
  supervisors(): ReadonlyMap<string, Supervisor>;
  /** Throws a sentence when there is no such gateway. */
  supervisor(id: string): Supervisor;
  views(): Record<string, GatewayView>;
  profileProblems(): Readonly<Record<string, Problem>>;
  notices(): Problem[];
  profiles(): Profile[];
  save(profile: Profile): void;
  remove(id: string): void;
  /** True while a gateway is wanted or lives. */
  busy(): boolean;
  freeze(): void;
  thaw(): void;
  /** Ends every gateway without changing what the user wants: they run again with the next watcher. */
  stopAll(): Promise<void>;
  /** Starts what was stopped by `stopAll` or by an update that nobody knows any more. */
  resumeForgotten(): void;
  close(): void;
}

export function createRegistry(deps: RegistryDeps): Registry {
  const supervisors = new Map<string, Supervisor>();
  const forget = new Map<string, () => void>();
  let problems: Readonly<Record<string, Problem>> = {};

  function add(profile: Profile): Supervisor {
    const supervisor = deps.createSupervisor(profile);
    supervisors.set(profile.id, supervisor);
    forget.set(profile.id, supervisor.subscribe(deps.onChange));
    return supervisor;
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
      problems = { ...problems, [`${profile.id}.json`]: { message: textOf(error) } };
    }
  }

  function supervisor(id: string): Supervisor {
    const found = supervisors.get(id);
    if (!found) throw new ContractError(`There is no gateway called "${id}".`);
    return found;
  }

  /** Keeps trying: without an update nobody else starts a released gateway. */
  function resumeForgotten(): void {
    for (const [id, one] of supervisors) {
      const { state, desired } = one.view();
      if (state.status !== 'released' || desired !== 'running') continue;
      const timeoutMs = one.profile().startTimeoutMs;
      one.resume({ timeoutMs }).catch((error: unknown) => {
        deps.log.error(`"${id}" could not be started again: ${textOf(error)}`);
        deps.clock.after(RESUME_RETRY_MS, resumeForgotten);
      });
    }
  }

  return {
    open() {
      const loaded = deps.loadProfiles();
      problems = loaded.problems;
      for (const [file, problem] of Object.entries(problems)) {
        deps.log.error(`Profile ${file}: ${problem.message}`);
      }
      for (const profile of loaded.profiles) takeOver(profile);
      deps.onChange();
    },
    supervisors: () => supervisors,
    supervisor,
    views: () => Object.fromEntries([...supervisors].map(([id, one]) => [id, one.view()])),
    profileProblems: () => problems,
    notices: () => [...supervisors.values()].flatMap((one) => one.notices()),
    profiles: () => [...supervisors.values()].map((one) => one.profile()),
    save(profile) {
      attempt(`The profile "${profile.id}" could not be saved`, () => deps.saveProfile(profile));
      problems = Object.fromEntries(
        Object.entries(problems).filter(([file]) => file !== `${profile.id}.json`),
      );
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
      attempt(`The profile "${id}" could not be removed`, () => deps.removeProfile(id));
      forget.get(id)?.();
      one.close();
      supervisors.delete(id);
      deps.onChange();
    },
    busy: () =>
      [...supervisors.values()].some((one) => {
        const view = one.view();
        return view.desired === 'running' || isAlive(view);
      }),
    freeze() {
      for (const one of supervisors.values()) one.freeze();
    },
    thaw() {
      for (const one of supervisors.values()) one.thaw();
    },
    async stopAll() {
      await Promise.all(
        [...supervisors.values()].map((one) =>
          one.view().desired === 'running' ? one.release() : one.stop(),
        ),
      );
    },
    resumeForgotten,
    close() {
      for (const stop of forget.values()) stop();
      for (const one of supervisors.values()) one.close();
    },
  };
}

function isAlive(view: GatewayView): boolean {
  return 'identity' in view.state;
}

function attempt(what: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw new ContractError(`${what}: ${textOf(error)} Check the disk and try again.`);
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
