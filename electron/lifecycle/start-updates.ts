/** Updates of this very copy: the service that checks, downloads and installs, and its regular checks. */
import { type App, type BrowserWindow, powerMonitor } from 'electron';
import { errorText } from '../contract/error-text.ts';
import type { Settings } from '../contract/settings.ts';
import type { StateFolder } from '../files/state-folder.ts';
import type { AppStore } from '../ipc/app-store.ts';
import { writeRefusedReturn } from '../link/refused-return.ts';
import type { Link } from '../link/types.ts';
import type { Log } from '../logging/logging.ts';
import {
  batteryPercent,
  belongsTo,
  systemClock as clock,
  isMetered,
  selfIdentity,
  whoHoldsPath,
} from '../process/index.ts';
import type { SettingsService } from '../settings/settings.ts';
import type { StageSource } from '../staging/staging.ts';
import { chooseInstallStrategy } from '../update/install-strategy.ts';
import type { UpdateService } from '../update/types.ts';
import { createUpdateService } from '../update/updater.ts';
import { goBackWhenAsked } from './go-back.ts';
import { installInTime, installsOnQuit } from './install-timing.ts';
import { type LaunchOptions, updatedArguments } from './launch-options.ts';
import type { QuitFlow } from './quit-flow.ts';
import { installedCopy } from './resources.ts';
import { checkOnNewChannel, scheduleUpdateChecks } from './update-schedule.ts';
import { leaveWhenUpdated, rememberUndone } from './updated-app.ts';

/** Milliseconds; null: nobody is asked. */
function confirmMsOf(choice: Settings['confirmUpdates']): number | null {
  return choice === 'off' ? null : Number(choice) * 60_000;
}

/** Bytes a second; null: no limit. */
function maxRateOf(choice: Settings['downloadLimit']): number | null {
  return choice === 'off' ? null : Number(choice) * 1_000;
}

/** NetworkManager answers within milliseconds, or never, milliseconds. */
const askMs = 2_000;

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
  readonly window: { readonly page: Pick<BrowserWindow, 'isVisible' | 'hide'> };
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
      maxRate: () => maxRateOf(settings.get().downloadLimit),
    }),
    state,
    link,
    source,
    args: () =>
      updatedArguments(deps.args, state.root, {
        hidden: !deps.window.page.isVisible(),
        quitting: quit.isLeaving(),
      }),
    env,
    soakMs: options.soakMs,
    confirmMs: () => options.confirmMs ?? confirmMsOf(settings.get().confirmUpdates),
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
  quit.beforeExit(
    installInTime({
      ...{ store, updates, clock },
      unusedMs: () => powerMonitor.getSystemIdleTime() * 1_000,
      hour: () => new Date().getHours(),
      conditions: async () => ({
        battery: batteryPercent(),
        metered: await isMetered(AbortSignal.timeout(askMs)),
      }),
      log,
    }),
  );
  quit.installBefore(async () => {
    if (!installsOnQuit(store.state())) return false;
    log('The update is installed, now that its user quits.');
    deps.window.page.hide();
    await updates.install();
    return updates.state().status === 'handed-over';
  });
  quit.beforeExit(rememberUndone({ link, settings, version: build.version }));
  quit.beforeExit(
    goBackWhenAsked({
      ...{ app: deps.app, asked: options.goBack, link, updates },
      refused: (problem) => {
        try {
          writeRefusedReturn(state, problem);
        } catch (error) {
          log(
            `Who asked for the version before is not told that it does not come: ${errorText(error)}`,
          );
        }
      },
    }),
  );
  if (options.quitWhenUpdated) leaveWhenUpdated(link, () => quit.leave('update'));
  return updates;
}
