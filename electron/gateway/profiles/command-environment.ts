/**
 * The environment of a command that belongs to a gateway and is not the gateway itself: one that updates
 * it or asks for its version. It is the gateway's own, so that both find the same programs and files,
 * without the variables that the profile takes away from the command.
 */
import type { Profile } from '../../contract/profile.ts';
import { gatewayEnvironment, searchPathFor } from '../../process/index.ts';
import type { UserEnvironment } from '../types.ts';

export interface BesideCommand {
  readonly command: string;
  /** Variables that it does not get. */
  readonly without?: readonly string[] | undefined;
}

export interface EnvironmentSources {
  /** The watcher's own. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absent: the search path is the watcher's. */
  readonly user?: UserEnvironment | undefined;
}

export function commandEnvironment(
  profile: Pick<Profile, 'env'>,
  { command, without = [] }: BesideCommand,
  { env: base, user }: EnvironmentSources,
): Record<string, string> {
  const all = Object.entries(gatewayEnvironment(base, profile.env));
  const env = Object.fromEntries(all.filter(([name]) => !without.includes(name)));
  const isPath = (name: string): boolean => name === 'PATH' || name === 'Path';
  if (Object.keys(profile.env).some(isPath)) return env;
  const name = Object.keys(env).find(isPath) ?? 'PATH';
  const path = searchPathFor(command, user?.path ?? env[name] ?? '');
  return path === '' ? env : { ...env, [name]: path };
}
