/** The app: builds its services and wires them. Everything that decides lies in the rooms. */
import path from 'node:path';
import { app, dialog, ipcMain, Menu, nativeTheme, session, shell } from 'electron';
import type { AppState } from './contract/app-contract.ts';
import { APP_VERSION, BUILD_ID, E2E_FLAVOUR } from './contract/build-info.ts';
import { ContractError } from './contract/define.ts';
import type { ToldEnvironment } from './contract/watcher-contract.ts';
import { prepareStateFolder, type StateFolder, stateFolder } from './handoff/state-folder.ts';
import type { AppParts } from './ipc/app-state.ts';
import { createAppStore } from './ipc/app-store.ts';
import { createHandlers } from './ipc/handlers.ts';
import { serveApp } from './ipc/ipc-server.ts';
import { createLogForwarding } from './ipc/log-forwarding.ts';
import { ownProfilesFolder } from './ipc/profiles-folder.ts';
import { isTrustedSender } from './ipc/sender.ts';
import { createWindowCaller } from './ipc/window-caller.ts';
import {
  launchArguments,
  readLaunchOptions,
  refusalToStart,
  requireAskedFolder,
  requireWritable,
} from './lifecycle/launch-options.ts';
import { keepLogin } from './lifecycle/login-keeper.ts';
import { createQuitFlow } from './lifecycle/quit-flow.ts';
import { packageType, resourcesOf } from './lifecycle/resources.ts';
import { onSessionEnd } from './lifecycle/session-end.ts';
import { becomeTheOne, onSecondInstance } from './lifecycle/single-instance.ts';
import { attendWatcher, sayGoodbye } from './lifecycle/started-app.ts';
import { scheduleUpdateChecks } from './lifecycle/update-schedule.ts';
import { createLink } from './link/link.ts';
import { createLog, type Log, logUncaught } from './logging/logging.ts';
import {
  askLoginShell,
  belongsTo,
  joinSearchPaths,
  loginEntries,
  selfIdentity,
  sweepDrafts,
  systemClock,
  userOpenFiles,
  whoHoldsPath,
} from './process/index.ts';
import { createMemory } from './settings/memory.ts';
import { createSettings } from './settings/settings.ts';
import { showTray } from './tray/tray.ts';
import { meansOf } from './update/means.ts';
import type { UpdateDeps } from './update/types.ts';
import { createUpdateService } from './update/updater.ts';
import { APP_ORIGIN } from './window/app-files.ts';
import { confirmCommand } from './window/confirm-command.ts';
import { createWindow, rememberBounds } from './window/create-window.ts';
import { lockDownPages, lockDownSession } from './window/lockdown.ts';
import { controlWindow } from './window/main-window.ts';
import { menuModel } from './window/menu-model.ts';
import { registerAppScheme, serveAppFiles } from './window/protocol.ts';

const args = process.argv.slice(1);
const options = readLaunchOptions(args, process.env, E2E_FLAVOUR);
const self = {
  version: APP_VERSION,
  buildId: BUILD_ID,
  startedByWatcher: options.startedByWatcher,
};

/** Says why and ends; nothing has been started yet. */
async function refuse(message: string): Promise<void> {
  // From the source tree the error stream is Chromium's (scripts/lib/launch.mjs).
  (app.isPackaged ? process.stderr : process.stdout).write(`${message}\n`);
  // Where tests run nobody is there to close a dialog.
  if (!E2E_FLAVOUR) {
    await app.whenReady();
    dialog.showErrorBox('Holdfast can’t start', message);
  }
  app.exit(1);
}

// Not awaited at the top: Electron reports ready only after this module has been evaluated.
if (options.version) {
  process.stdout.write(`${APP_VERSION}\n`);
  app.exit(0);
} else {
  const refusal = refusalToStart(process.getuid?.(), options);
  if (refusal) void refuse(refusal);
  else start().catch((error: unknown) => refuse(sentenceOf(error)));
}

async function start(): Promise<void> {
  if (!options.sandboxDisabled) app.enableSandbox();
  if (app.isPackaged && !E2E_FLAVOUR) {
    for (const door of ['remote-debugging-port', 'remote-debugging-pipe']) {
      app.commandLine.removeSwitch(door);
    }
  }
  registerAppScheme();
  const asked = app.commandLine.hasSwitch('user-data-dir')
    ? app.commandLine.getSwitchValue('user-data-dir')
    : undefined;
  requireAskedFolder(asked, app.getPath('userData'));
  // A run from the source tree keeps its hands off the gateways of an installed Holdfast.
  if (!app.isPackaged && asked === undefined) {
    app.setPath('userData', path.join(app.getPath('appData'), 'holdfast-development'));
  }
  // Before the lock: it lies in this folder too, and can't say what is wrong with it.
  const state = stateFolder(path.resolve(app.getPath('userData')));
  prepareStateFolder(state);
  requireWritable(state.root);
  if (!(await becomeTheOne(app, self))) return app.exit(0);

  // Settings and what the window remembers lie here; an earlier app may have been killed over them.
  sweepDrafts(state.root);
  const log = createLog({ folder: state.logs, echo: !app.isPackaged });
  logUncaught(log);
  log.info(`Holdfast ${BUILD_ID} starts, on Electron ${process.versions.electron}.`);
  lockDownPages(app, log);

  const resources = resourcesOf({
    packaged: app.isPackaged,
    resourcesPath: process.resourcesPath,
    mainFolder: import.meta.dirname,
    platform: process.platform,
    arch: process.arch,
  });
  const settings = createSettings({ file: state.settings, now: Date.now });
  const memory = createMemory({
    file: path.join(state.root, 'memory.json'),
    onError: (error) => log.warn(`What the window remembers was not saved: ${String(error)}`),
  });
  nativeTheme.themeSource = settings.get().theme;

  await app.whenReady();
  const link = createLink({
    environment: ownEnvironment,
    state,
    source: resources.stage,
    version: APP_VERSION,
    buildId: BUILD_ID,
    log,
    clock: systemClock,
  });
  const updates = createUpdateService({
    state,
    link,
    source: resources.stage,
    version: APP_VERSION,
    buildId: BUILD_ID,
    ...updateMeans(state, log),
    args: launchArguments(args, state.root),
    env: process.env,
    soakMs: options.soakMs,
    sessionEnding: () => sessionEnding,
    whoHolds: whoHoldsPath,
    isOwn: (pid) => belongsTo(selfIdentity(), pid),
    quitNow: () => quit.leave('update'),
    clock: systemClock,
    log: log.info,
  });
  const parts: AppParts = {
    app: {
      version: APP_VERSION,
      buildId: BUILD_ID,
      platform: appPlatform(),
      dark: nativeTheme.shouldUseDarkColors,
      logFolder: state.logs,
    },
    link: link.state(),
    watcher: link.watcher(),
    update: updates.state(),
    settings: settings.get(),
    dismissed: memory.get().dismissed,
    problems: {},
    question: null,
    trayNotice: false,
    startedByWatcher: options.startedByWatcher,
  };
  const store = createAppStore(parts, (error) =>
    log.error(`Not shown as it is: ${error instanceof Error ? error.message : String(error)}`),
  );
  link.subscribe(() => store.put({ link: link.state(), watcher: link.watcher() }));
  updates.subscribe(() => store.put({ update: updates.state() }));
  const takeSettings = (): void => {
    store.put({ settings: settings.get() });
    store.putProblem('settings', settings.problem());
    nativeTheme.themeSource = settings.get().theme;
  };
  settings.subscribe(takeSettings);
  takeSettings();
  nativeTheme.on('updated', () => {
    store.put({ app: { ...store.parts().app, dark: nativeTheme.shouldUseDarkColors } });
  });

  const login = keepLogin({
    entries: loginEntries(),
    stateRoot: state.root,
    buildId: BUILD_ID,
    settings,
    link,
    stage: () => link.stageFrom(resources.stage.bundle, resources.stage.runtime),
    path: process.env.PATH ?? '',
    putProblem: store.putProblem,
    log: log.info,
  });

  lockDownSession(session.defaultSession);
  serveAppFiles(session.defaultSession, resources.renderer);
  const windowLoaded = attendWatcher({ link, self, identity: selfIdentity, log });
  const window = createWindow({
    preload: resources.preload,
    icon: resources.icon,
    hidden: options.hidden,
    memory,
    log,
    mayClose: () => quit.isLeaving(),
    onClose: () => mainWindow.close(),
    onLoaded: windowLoaded,
  });
  const caller = createWindowCaller(window.webContents);
  const mainWindow = controlWindow({ window, caller, store, settings });

  const quit = createQuitFlow({
    store,
    settings,
    log,
    showWindow: mainWindow.show,
    retireWithGateways: async () => {
      await link.client.call('watcher.retire', { gateways: 'stop' });
    },
    sayGoodbye: () => sayGoodbye(link, selfIdentity(), systemClock),
    cleanUp: () => {
      rememberBounds(window, memory);
      removeTray?.();
      stopChecks();
      login.close();
      updates.close();
      link.close();
      app.releaseSingleInstanceLock();
      log.info('Holdfast ends.');
    },
    // Not `quit`: nothing may hold up the end any more.
    exit: () => app.exit(0),
  });

  serveApp({
    handle: (channel, listener) => ipcMain.handle(channel, listener),
    isTrusted: (event) =>
      !window.isDestroyed() && isTrustedSender(event, window.webContents.mainFrame, APP_ORIGIN),
    callerOf: () => caller,
    handlers: createHandlers({
      store,
      watcher: link.client,
      logs: createLogForwarding(link),
      updates,
      settings,
      memory,
      revealFile: (file) => shell.showItemInFolder(file),
      profilesFolder: () => ownProfilesFolder(state),
      openFolder,
      answerQuit: quit.answer,
      dismissTrayNotice: mainWindow.dismissTrayNotice,
      // Where tests run nobody is there to answer.
      confirmCommand: async (question) => E2E_FLAVOUR || confirmCommand(window, question),
    }),
    log,
  });

  const checkForUpdates = (): void => {
    mainWindow.open('update');
    void updates.check();
  };
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(
      menuModel(
        process.platform,
        {
          hide: mainWindow.close,
          quit: quit.request,
          settings: () => mainWindow.open('settings'),
          find: () => mainWindow.open('find'),
          showLogs: () => mainWindow.open('logs'),
          checkForUpdates,
        },
        !app.isPackaged,
      ),
    ),
  );
  const removeTray = showTray({
    icons: resources.tray,
    state: store.state,
    subscribe: store.subscribe,
    log,
    act: (action) => {
      switch (action.type) {
        case 'restart':
          link.client.call('gateway.restart', { id: action.id }).catch((error: unknown) => {
            log.warn(`The gateway ${action.id} was not restarted: ${String(error)}`);
            mainWindow.open('status');
          });
          return;
        case 'check-for-updates':
          return checkForUpdates();
        case 'show-update':
          return mainWindow.open('update');
        case 'show-logs':
          return mainWindow.open('logs');
        case 'show':
          return mainWindow.show();
        case 'quit':
          return quit.request();
      }
    },
  });
  const stopChecks = scheduleUpdateChecks({
    clock: systemClock,
    status: () => store.state().update.status,
    wanted: () => settings.get().checkForUpdates,
    check: () => void updates.check(),
  });

  app.on('second-instance', (_, __, ___, call) => {
    if (onSecondInstance(call, self) === 'show') return mainWindow.show();
    log.info('Gives way to the app that the watcher started.');
    quit.leave('session');
  });
  app.on('activate', mainWindow.show);
  // Closing the last window hides it; without a listener Electron would quit.
  app.on('window-all-closed', () => undefined);
  app.on('before-quit', (event) => {
    if (quit.isLeaving()) return;
    event.preventDefault();
    quit.request();
  });
  let sessionEnding = false;
  onSessionEnd(app, window, () => {
    sessionEnding = true;
    quit.leave('session');
  });

  // The link goes on trying by itself; what is wrong meanwhile is part of its state.
  await link.connect().catch((error: unknown) => log.error(String(error)));
}

/** Where updates come from and how they are installed, or why there are none. */
function updateMeans(state: StateFolder, log: Log): Pick<UpdateDeps, 'feed' | 'installer'> {
  if (options.updatesDisabled) {
    const unavailable = {
      message: 'Updates are switched off: Holdfast was started with --disable-updates.',
      hint: 'Start it without that argument to look for updates.',
    };
    return { feed: { unavailable }, installer: { unavailable } };
  }
  const place = {
    platform: process.platform,
    packaged: app.isPackaged,
    appImage: process.env.APPIMAGE,
    appDir: process.env.APPDIR,
    program: process.execPath,
    packageType: packageType(process.resourcesPath),
    feedUrl: options.feedUrl,
  };
  return meansOf(place, { state, clock: systemClock, env: process.env, log: log.info });
}

/** As the login shell has it now; asked at every connection, for people install things meanwhile. */
async function ownEnvironment(): Promise<ToldEnvironment> {
  const openFiles = userOpenFiles();
  const path = joinSearchPaths((await askLoginShell()) ?? undefined, process.env.PATH);
  return { from: 'app', path, ...(openFiles === undefined ? {} : { openFiles }) };
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function openFolder(folder: string): Promise<void> {
  const problem = await shell.openPath(folder);
  if (problem) throw new ContractError(`The folder ${folder} could not be opened: ${problem}`);
}

function appPlatform(): AppState['app']['platform'] {
  const { platform } = process;
  return platform === 'win32' || platform === 'darwin' ? platform : 'linux';
}
