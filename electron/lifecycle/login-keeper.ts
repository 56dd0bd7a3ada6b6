/**
 * Keeps what the service manager starts at login equal to the setting:
 *
 *   setting   entry                        then
 *   on        absent, or of another build  register (the watcher it starts succeeds the one that serves)
 *   on        ours and current             nothing
 *   off       ours                         unregister (what runs, runs on)
 *
 * This is done when a watcher of this very build serves, so never in the middle of an update, and
 * after each change of the setting.
 */
import { errorText } from '../contract/error-text.ts';
import type { Problem } from '../contract/gateway.ts';
import { loginProgram } from '../link/launch.ts';
import type { Link, Stage } from '../link/types.ts';
import { type LoginEntries, loginEntryId } from '../process/index.ts';
import type { SettingsService } from '../settings/settings.ts';

export interface LoginKeeperDeps {
  /** Null: Holdfast knows no service manager of this system. */
  readonly entries: LoginEntries | null;
  readonly stateRoot: string;
  readonly buildId: string;
  readonly settings: Pick<SettingsService, 'get' | 'subscribe'>;
  readonly link: Pick<Link, 'state' | 'subscribe'>;
  /** Stages this build, or verifies that it is staged. */
  stage(): Promise<Stage>;
  /** The search path that gateways inherit: a service manager's own is often short. */
  readonly path: string;
  putProblem(id: 'login' | 'login-others', problem: Problem | null): void;
  log(message: string): void;
}

/** Begins to keep it. Resolves the returned `settled` when nothing is left to do; for tests. */
export function keepLogin(deps: LoginKeeperDeps): { settled(): Promise<void>; close(): void } {
  const { entries, settings, link } = deps;
  let work = Promise.resolve();
  /** The setting that was carried out last. */
  let settled: boolean | undefined;
  const look = (): void => {
    const state = link.state();
    const wanted = settings.get().startAtLogin;
    if (!entries || settled === wanted) return;
    if (state.status !== 'connected' || state.watcher.buildId !== deps.buildId) return;
    settled = wanted;
    work = work.then(() => settle(deps, entries, wanted));
  };
  const stops = [settings.subscribe(look), link.subscribe(look)];
  look();
  return {
    settled: () => work,
    close: () => {
      for (const stop of stops) stop();
    },
  };
}

async function settle(
  deps: LoginKeeperDeps,
  entries: LoginEntries,
  wanted: boolean,
): Promise<void> {
  const id = loginEntryId(deps.stateRoot);
  try {
    if (wanted) await register(deps, entries);
    else await entries.unregister(id);
    deps.putProblem('login', null);
  } catch (error) {
    const reason = errorText(error);
    deps.log(`The setting for the login could not be carried out: ${reason}`);
    deps.putProblem('login', { message: 'Your gateways are not started at login.', hint: reason });
  }
  const [other] = entries.others(id, deps.stateRoot);
  const problem = {
    message: `${other} starts a program for this Holdfast too.`,
    hint: 'Holdfast has not made it. Remove it if you do not know it.',
  };
  deps.putProblem('login-others', other === undefined ? null : problem);
}

async function register(deps: LoginKeeperDeps, entries: LoginEntries): Promise<void> {
  const program = loginProgram(await deps.stage(), deps.stateRoot, deps.path);
  if (entries.isCurrent(program)) return;
  await entries.register(program);
  deps.log(`The watcher is started at login: ${entries.file(program.id)}`);
}
