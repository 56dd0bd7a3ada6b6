/** Updates of this very copy: the service that checks, downloads and installs, and its regular checks. */
import type { App } from 'electron';
import type { StateFolder } from '../files/state-folder.ts';
import type { AppStore } from '../ipc/app-store.ts';
import type { Link } from '../link/types.ts';
import type { Log } from '../logging/logging.ts';
import { belongsTo, systemClock as clock, selfIdentity, whoHoldsPath } from '../process/index.ts';
import type { SettingsService } from '../settings/settings.ts';
import type { StageSource } from '../staging/staging.ts';
import { chooseInstallStrategy } from '../update/install-strategy.ts';
import type { UpdateService } from '../update/types.ts';
import { createUpdateService } from '../update/updater.ts';
import { type LaunchOptions, launchArguments } from './launch-options.ts';
import type { QuitFlow } from './quit-flow.ts';
import { installedCopy } from './resources.ts';
import { checkOnNewChannel, scheduleUpdateChecks } from './update-schedule.ts';

export function startUpdates(deps: {
  readonly app: App;
  readonly build: { readonly version: string; readonly buildId: string };
  readonly source: StageSource;
  readonly options: LaunchOptions;
  /** This program's own arguments. */
  readonly args: readonly string[];
  readonly state: StateFolder;
  readonly settings: SettingsService;
  readonly link: Link;
  readonly store: AppStore;
  readonly quit: QuitFlow;
  readonly sessionEnd: { isEnding(): boolean };
  readonly log: Log;
}): UpdateService {
  const { build, source, options, state, settings, link, store, quit } = deps;
  const { env } = process;
  const log = deps.log.info;
  const copy = installedCopy(deps.app.isPackaged, options);
  const updates = createUpdateService({
    ...build,
    ...chooseInstallStrategy(copy, {
      ...{ state, clock, env, log },
      channel: () => settings.get().updateChannel,
    }),
    state,
    link,
    source,
    args: launchArguments(deps.args, state.root),
    env,
    soakMs: options.soakMs,
    sessionEnding: () => deps.sessionEnd.isEnding(),
    whoHolds: whoHoldsPath,
    isOwn: (pid) => belongsTo(selfIdentity(), pid),
    quitNow: () => quit.leave('update'),
    clock,
    log,
  });
  quit.beforeExit(() => updates.close());
  const stopChecks = scheduleUpdateChecks({
    clock,
    status: () => store.state().update.status,
    wanted: () => settings.get().checkForUpdates,
    check: () => void updates.check(),
  });
  quit.beforeExit(stopChecks);
  quit.beforeExit(checkOnNewChannel(settings, () => void updates.check()));
  return updates;
}
