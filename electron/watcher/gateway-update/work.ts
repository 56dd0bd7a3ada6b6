/** What the steps of a gateway's update work with. */
import type { Profile } from '../../contract/profile.ts';
import type { Outcome } from '../../contract/receipt.ts';
import type { AttemptStore, StateFolder } from '../../files/state-folder.ts';
import type { Supervisor, UserEnvironment } from '../../gateway/types.ts';
import type { Clock, ExitWaiter } from '../../process/index.ts';
import type { GatewayPlan } from '../../transaction/gateway-plan.ts';
import type { Attempt } from '../update/attempt.ts';
import type { StartWork } from '../update/gateways.ts';
import type { UpdateState } from './machine.ts';

/** Beyond the gateway's own limit, as in an update of Holdfast; milliseconds. */
export const proveMs = 15_000;

export type GatewayAttempt = Attempt<GatewayPlan, UpdateState>;

export interface StepDeps {
  readonly state: StateFolder;
  readonly store: AttemptStore;
  find(id: string): Supervisor | undefined;
  readonly waiter: ExitWaiter;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's search path, for commands. */
  readonly user: UserEnvironment;
  /** What the gateway says that it is; null: it can't be asked. Rejects with a sentence. */
  readVersion(id: string): Promise<string | null>;
  log(message: string): void;
  wallClock(): number;
  /** True for an attempt that an earlier watcher began. */
  readonly recovered: boolean;
  saveReceipt(attempt: GatewayAttempt, outcome: Outcome): void;
  /** Before the attempt ends. */
  conclude(attempt: GatewayAttempt, outcome: Outcome): Promise<void>;
}

/** For stopping and starting gateways. */
export function workOf(deps: StepDeps, attempt: GatewayAttempt): StartWork {
  return {
    proveMs,
    progress: (id) => attempt.state().gateways.find(({ planned }) => planned.id === id),
    supervisor: (id) => deps.find(id),
    record: (event, durable) => attempt.record(event, durable),
  };
}

/** Of the gateway that is updated. Throws a sentence. */
export function supervisorOf(deps: StepDeps, { plan }: GatewayAttempt): Supervisor {
  const supervisor = deps.find(plan.gateway);
  if (supervisor) return supervisor;
  throw new Error(`The profile of ${plan.gateway} was removed during its update.`);
}

/** How the profile says that it is updated. Throws a sentence when it no longer does. */
export function waysOf(profile: Profile) {
  const { update } = profile;
  if (update.policy !== 'swap') return update;
  throw new Error(`The profile of ${profile.name} no longer says how it is updated.`);
}
