/** Who runs now what was found on this machine: seen before anything is added, so that nobody is fought over. */
import type { Owner } from '../contract/gateway.ts';
import type { PresetView } from '../contract/presets.ts';
import type { Profile } from '../contract/profile.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { findByPort, findExternal, portAnswersHealthCheck } from '../gateway/external/external.ts';
import type { ProgramLocations } from '../gateway/profiles/program.ts';
import type { ShippedProgram, UserEnvironment } from '../gateway/types.ts';
import { type Clock, whoHoldsPort, within } from '../process/index.ts';

/** A person waits for the list. */
const answerMs = 1_000;

export interface OwnerDeps {
  readonly state: StateFolder;
  readonly shipped: ShippedProgram;
  readonly user: UserEnvironment;
  readonly clock: Clock;
}

/** The same presets, with the owner of each gateway that was found; for those in `known` nothing is asked. */
export async function withOwners(
  presets: readonly PresetView[],
  known: ReadonlySet<string>,
  deps: OwnerDeps,
): Promise<PresetView[]> {
  type Found = PresetView['found'][number];
  const owned = async (one: Found): Promise<Found> => {
    if (known.has(one.profile.id)) return one;
    const owner = await ownerOfFound(one.profile, deps);
    return owner === undefined ? one : { ...one, owner };
  };
  return Promise.all(
    presets.map(async (preset) => ({
      ...preset,
      found: await Promise.all(preset.found.map(owned)),
    })),
  );
}

/** Null: it does not run. Undefined: something answers as it would, and can't be seen. */
async function ownerOfFound(profile: Profile, deps: OwnerDeps): Promise<Owner | null | undefined> {
  const { state, shipped, user, clock } = deps;
  const locations: ProgramLocations = {
    shipped: () => shipped,
    dataDir: state.gatewayData(profile.id),
    logFile: state.gatewayLog(profile.id),
    stateRoot: state.root,
    user,
  };
  const seen = findExternal(profile, locations);
  if (seen) return seen.owner;
  if (profile.port === undefined || !whoHoldsPort(profile.port)) return null;
  const answers = await within(clock, answerMs, () => portAnswersHealthCheck(profile, clock));
  if (answers === false) return null;
  if (answers === 'late') return undefined;
  return findByPort(profile, locations)?.owner;
}
