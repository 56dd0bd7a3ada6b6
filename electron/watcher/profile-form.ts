/** What this machine says about a profile while it is typed, and copies of profiles. */
import { homedir } from 'node:os';
import type { MachineFinding, ProfileCheck } from '../contract/presets.ts';
import type { Profile } from '../contract/profile.ts';
import { freeId, profileIdFor } from '../contract/profile-id.ts';
import { takesAnyPort } from '../gateway/probes/port-owner.ts';
import { commandEnvironment } from '../gateway/profiles/command-environment.ts';
import type { UserEnvironment } from '../gateway/types.ts';
import { diagnose, whoHoldsPort } from '../process/index.ts';

/** @param profiles all that are in force */
export function checkProfile(
  check: ProfileCheck,
  profiles: readonly Profile[],
  user: UserEnvironment,
): MachineFinding[] {
  return [...aboutProgram(check, user), ...aboutPort(check, profiles)];
}

function aboutProgram({ command, cwd }: ProfileCheck, user: UserEnvironment): MachineFinding[] {
  if (command === undefined) return [];
  const env = commandEnvironment({ env: {} }, { command }, { env: process.env, user });
  const found = diagnose({ command, cwd: cwd ?? homedir(), env });
  if (!found) return [];
  const field = found.code === 'bad-folder' ? 'folder' : 'line';
  return [{ field, message: found.message }];
}

function aboutPort({ id, port }: ProfileCheck, profiles: readonly Profile[]): MachineFinding[] {
  if (port === undefined) return [];
  const users = profiles.filter((one) => one.port === port);
  const other = users.find((one) => one.id !== id);
  if (other) return [{ field: 'port', message: `Port ${port} is the port of ${other.name}.` }];
  // Its own port is held by itself.
  const holder = users.length > 0 ? undefined : whoHoldsPort(port);
  if (!holder) return [];
  const who = holder.pid === 0 ? holder.program : `${holder.program} (pid ${holder.pid})`;
  return [{ field: 'port', message: `Port ${port} is held by ${who}.` }];
}

const longestName = 80;

/**
 * A profile like `profile` that is not started by itself.
 * @param port a free one, for a gateway that listens where its profile says
 */
export function copyOf(profile: Profile, profiles: readonly Profile[], port: number): Profile {
  const end = ' (copy)';
  const name = `${profile.name.slice(0, longestName - end.length)}${end}`;
  const taken = new Set(profiles.map(({ id }) => id));
  return {
    ...profile,
    id: freeId(profileIdFor(name), taken),
    name,
    autostart: false,
    ...(profile.port !== undefined && takesAnyPort(profile) ? { port } : {}),
  };
}
