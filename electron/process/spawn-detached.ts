/**
 * The only way a long-lived process is started, from any room. It gets its own session, its output
 * goes to files, it inherits no environment and no descriptor, and the result says who it is and how
 * surely it survives this program.
 */
import { sharedExitWaiter } from './exit-waiter.ts';
import type { InstalledPrograms } from './installed-programs.ts';
import type { LoginEntries } from './login-entry.ts';
import { platform } from './platform.ts';
import { refuseNul, type SpawnResult, type SpawnSpec } from './spawn-spec.ts';
import type { UserPath } from './user-path.ts';

/**
 * Starts at once and synchronously. Throws a SpawnError. For 'session' starts (a gateway from the
 * watcher, which runs outside already); 'required' needs launchOutside.
 */
export function spawnDetached(spec: SpawnSpec): SpawnResult {
  refuseNul(spec);
  return platform.spawn(spec, sharedExitWaiter());
}

/** Starts outside the app, climbing the ladder rung by rung. Rejects with a SpawnError. */
export async function launchOutside(spec: SpawnSpec): Promise<SpawnResult> {
  refuseNul(spec);
  return spec.escape === 'session'
    ? platform.spawn(spec, sharedExitWaiter())
    : platform.launch(spec, sharedExitWaiter());
}

/** What the system itself starts when the user logs in. */
export function loginEntries(): LoginEntries {
  return platform.loginEntries();
}

/**
 * Whether a process with the environment `env` was started by the login entry `id`, or by what that has started. False
 * also where it can't be told: on Linux and Windows nobody needs to know.
 */
export function isOfLoginEntry(
  id: string,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  return platform.isOfLoginEntry(id, env);
}

/** The system's list of installed programs; null where an installer writes to none. */
export function installedPrograms(): InstalledPrograms | null {
  return platform.installedPrograms();
}

/** The user's own search path; null where the system keeps none that programs change. */
export function userPath(): UserPath | null {
  return platform.userPath();
}
