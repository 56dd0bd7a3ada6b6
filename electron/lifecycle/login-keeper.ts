/**
 * Keeps what the service manager starts at login equal to the setting:
 *
 *   setting   entry                        then
 *   on        absent, or of another build  register (the watcher it starts succeeds the one that serves)
 *   on        ours and current             nothing
 *   off       ours                         unregister (what runs, runs on)
 *
 * It is looked at when a watcher of this very build serves, so never in the middle of an update,
 * and after each change of the setting.
 */
import type { Problem } from '../contract/gateway.ts';
import { watcherCommand } from '../link/launch.ts';
import type { Link, Stage } from '../link/types.ts';
import { type LoginEntries, type LoginProgram, loginEntryId } from '../process/index.ts';
import type { SettingsService } from '../settings/settings.ts';

/** Exit codes of the watcher (watcher/options.ts) that say: somebody else looks after the gateways, or I must not. */
const FINAL_CODES = [64, 69, 75, 77] as const;

export interface LoginKeeperDeps {
  /** Null: this system has none that Holdfast knows. */
  readonly entries: LoginEntries | null;
  readonly stateRoot: string;
  readonly buildId: string;
  readonly settings: Pick<SettingsService, 'get' | 'subscribe'>;
  readonly link: Pick<Link, 'state' | 'subscribe'>;
  /** Stages this build, or verifies that it is. */
  stage(): Promise<Stage>;
  /** The search path that gateways inherit: a service manager's own is often poor. */
  readonly path: string;
  putProblem(id: 'login' | 'login-others', problem: Problem | null): void;
  log(message: string): void;
}

/** What a staged build is registered as. */
export function loginProgram(stage: Stage, stateRoot: string, path: string): LoginProgram {
  return {
    id: loginEntryId(stateRoot),
    ...watcherCommand(stage, stateRoot, true),
    cwd: stateRoot,
    env: { HOLDFAST_STATE: stateRoot, PATH: path },
    finalCodes: FINAL_CODES,
  };
}

/** Begins to keep it. Resolves the returned `settled` when nothing is left to do; for tests. */
export function keepLogin(deps: LoginKeeperDeps): { settled(): Promise<void>; close(): void } {
  const { entries, settings, link } = deps;
  let work = Promise.resolve();
  let looked: boolean | undefined;
  const close = [settings.subscribe(look), link.subscribe(look)];
  look();
  return {
    settled: () => work,
    close: () => {
      for (const stop of close) stop();
    },
  };

  function look(): void {
    const state = link.state();
    const wanted = settings.get().startAtLogin;
    if (!entries || looked === wanted) return;
    if (state.status !== 'connected' || state.watcher.buildId !== deps.buildId) return;
    looked = wanted;
    work = work.then(() => settle(entries, wanted));
  }

  async function settle(here: LoginEntries, wanted: boolean): Promise<void> {
    const id = loginEntryId(deps.stateRoot);
    try {
      if (wanted) {
        const program = loginProgram(await deps.stage(), deps.stateRoot, deps.path);
        if (!here.isCurrent(program)) {
          await here.register(program);
          deps.log(`The watcher is started at login: ${here.file(id)}`);
        }
      } else {
        await here.unregister(id);
      }
      deps.putProblem('login', null);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      deps.log(`The setting for the login could not be carried out: ${message}`);
      deps.putProblem('login', {
        message: 'Your gateways are not started at login.',
        hint: message,
      });
    }
    const [other] = here.others(id, deps.stateRoot);
    deps.putProblem(
      'login-others',
      other === undefined
        ? null
        : {
            message: `${other} starts a program for this Holdfast too.`,
            hint: 'Holdfast has not made it. Remove it if you do not know it.',
          },
    );
  }
}
