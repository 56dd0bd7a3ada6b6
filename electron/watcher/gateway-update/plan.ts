/** Makes the plan of a gateway's update, and decides which gateways it concerns. */
import { ContractError } from '../../contract/define.ts';
import { errorText } from '../../contract/error-text.ts';
import type { Profile } from '../../contract/profile.ts';
import { isNewerRelease } from '../../contract/version.ts';
import type { AttemptStore } from '../../files/state-folder.ts';
import { ownUpdateCommandOf } from '../../gateway/profiles/own-update.ts';
import type { Supervisor } from '../../gateway/types.ts';
import { installedSourceOf, newestSourceOf } from '../../gateway/version/read-version.ts';
import { newAttemptId } from '../../transaction/attempts.ts';
import { type GatewayPlan, writeGatewayPlan } from '../../transaction/gateway-plan.ts';
import { plannedGateway } from '../../transaction/plan.ts';

/** How long a new version has to stay well where its profile does not say; as in an update of Holdfast. */
const defaultSoakMs = 60_000;

export interface PlanFacts {
  readonly store: AttemptStore;
  readonly profile: Profile;
  /** Its own supervisor, and those of the gateways that are stopped with it. */
  readonly gateways: readonly Supervisor[];
  readonly fromVersion: string | null;
  readonly newestVersion: string | null;
  /** It begins by itself. */
  readonly automatic?: GatewayPlan['automatic'];
}

/** Each rejects with a sentence. */
export interface Versions {
  readInstalled(id: string): Promise<string>;
  readNewest(id: string): Promise<string>;
}

interface VersionDeps {
  readonly versions: Versions;
  log(message: string): void;
}

/** Null where the profile does not say how to ask. Rejects with a sentence. */
export async function installedVersion(
  { versions }: Pick<VersionDeps, 'versions'>,
  profile: Profile,
): Promise<string | null> {
  return installedSourceOf(profile) ? versions.readInstalled(profile.id) : null;
}

/** Before the update; null where there is no answer: then nothing can be compared afterwards. */
export async function knownVersions(
  deps: VersionDeps,
  profile: Profile,
): Promise<Pick<PlanFacts, 'fromVersion' | 'newestVersion'>> {
  const orNull = async (asked: Promise<string | null>): Promise<string | null> => {
    try {
      return await asked;
    } catch (error) {
      deps.log(`${profile.id}: ${errorText(error)}`);
      return null;
    }
  };
  return {
    fromVersion: await orNull(installedVersion(deps, profile)),
    newestVersion: newestSourceOf(profile)
      ? await orNull(deps.versions.readNewest(profile.id))
      : null,
  };
}

/** Writes the plan durably. Throws a ContractError. */
export function makePlan(facts: PlanFacts): GatewayPlan {
  const { store, profile, gateways, fromVersion, newestVersion, automatic } = facts;
  const { update, name } = profile;
  if (update.policy === 'swap' || !ownUpdateCommandOf(profile)) {
    throw new ContractError(
      `${name} can't be updated from here: its profile names no update command.`,
    );
  }
  if (
    fromVersion !== null &&
    newestVersion !== null &&
    !isNewerRelease(newestVersion, fromVersion)
  ) {
    throw new ContractError(`${name} is the newest version already: ${fromVersion}.`);
  }
  const plan: GatewayPlan = {
    schema: 1,
    attempt: newAttemptId(store),
    createdAt: Date.now(),
    gateway: profile.id,
    fromVersion,
    newestVersion,
    gateways: gateways.map((one) => plannedGateway(one.profile(), one.view())),
    soakMs: update.soakMs ?? defaultSoakMs,
    confirmMs: update.confirmMs ?? null,
    ...(automatic && { automatic }),
  };
  try {
    writeGatewayPlan(store, plan);
  } catch (error) {
    throw new ContractError(
      `${name} was not updated: the plan can't be written (${errorText(error)}). Check the disk, then try again.`,
    );
  }
  return plan;
}
