/**
 * The app: builds its services, each from those above it, and starts. What they decide lies in the
 * rooms; here they are only put together.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { app, nativeTheme } from 'electron';
import { appVersion, e2eFlavour, ownBuildId } from './contract/build-info.ts';
import { errorText } from './contract/error-text.ts';
import type { StateFolder } from './files/state-folder.ts';
import { initialParts } from './ipc/app-state.ts';
import { createAppStore, feedStore } from './ipc/app-store.ts';
import { createHandlers } from './ipc/handlers.ts';
import { createHelpReport } from './ipc/help-report.ts';
import { createLogForwarding } from './ipc/log-forwarding.ts';
import { ownProfilesFolder } from './ipc/profiles-folder.ts';
import { serveWindow } from './ipc/window-caller.ts';
import { handleAppEvents, watchSessionEnd } from './lifecycle/app-events.ts';
import { offerAgainLater } from './lifecycle/later.ts';
import { readLaunchOptions, refusalToStart, windowStart } from './lifecycle/launch-options.ts';
import { keepLogin } from './lifecycle/login-keeper.ts';
import { createQuitFlow } from './lifecycle/quit-flow.ts';
import { recordStart } from './lifecycle/record-start.ts';
import { ownResources } from './lifecycle/resources.ts';
import { startUpdates } from './lifecycle/start-updates.ts';
import {
  demoNotice,
  reportToWatcher,
  retireWithGateways,
  sayGoodbye,
} from './lifecycle/started-app.ts';
import { claimStateFolder } from './lifecycle/state-root.ts';
import { createLink } from './link/link.ts';
import { loginShellEnvironment } from './link/shell-environment.ts';
import { createLog, type Log, logUncaught } from './logging/logging.ts';
import { notifyDesktop } from './notify/notify.ts';
import { systemClock as clock, loginEntries, selfIdentity } from './process/index.ts';
import { createMemory } from './settings/memory.ts';
import { createSettings } from './settings/settings.ts';
import { speakAsChosen } from './settings/spoken-language.ts';
import { listReceipts } from './transaction/attempts.ts';
import { showTray } from './tray/tray.ts';
import type { UpdateService } from './update/types.ts';
import { createAppActions } from './window/actions.ts';
import {
  askWhereToSave,
  chooseGateways,
  choosePath,
  confirmAddress,
  confirmCommand,
  confirmPhone,
  openAddress,
  openFile,
  openFolder,
  refuseToStart,
  revealFile,
} from './window/desktop.ts';
import { lockDownPages, lockDownProcess } from './window/lockdown.ts';
import { showMenu } from './window/menu.ts';
import { openWindow } from './window/open-window.ts';
import { registerAppScheme } from './window/protocol.ts';
import { words } from './words/spoken.ts';

const args = process.argv.slice(1);
const options = readLaunchOptions(args, process.env, e2eFlavour);
const build = { version: appVersion, buildId: ownBuildId };
const { startedByWatcher, showGateway } = options;
const self = { ...build, startedByWatcher, ...(showGateway !== undefined && { showGateway }) };
const resources = ownResources(app.isPackaged, import.meta.dirname);
const { stage: source } = resources;

/** What is kept in the state folder, the line to the watcher, the window, and the one way out. */
function createCore(state: StateFolder, log: Log) {
  const settings = createSettings({ file: state.settings, now: Date.now });
  speakAsChosen(settings, app.getPreferredSystemLanguages());
  const memory = createMemory({
    file: path.join(state.root, 'memory.json'),
    onError: (error) => log.warn(`What the window remembers was not saved: ${errorText(error)}`),
  });
  nativeTheme.themeSource = settings.get().theme;
  const environment = loginShellEnvironment;
  const { demo } = options;
  const begins = windowStart(options, settings.get());
  const link = createLink({ ...build, state, source, log, clock, environment, demo });
  const machine = { platform: process.platform, home: app.getPath('home') };
  const about = { ...build, ...machine, logFolder: state.logs, launcher: state.launcher };
  const { dismissed } = memory.get();
  const store = createAppStore(
    initialParts(about, { dismissed, startedByWatcher: self.startedByWatcher }),
    (error) => log.error(`A part of the state can't be shown: ${errorText(error)}`),
  );
  const reportLoaded = reportToWatcher({ link, self, identity: selfIdentity, log });
  const onLoaded = (): void => {
    reportLoaded();
    if (showGateway !== undefined) window.open('status', showGateway);
  };
  const window = openWindow({ resources, begins, memory, log, store, settings, onLoaded, clock });
  const quit = createQuitFlow({
    store,
    settings,
    log,
    showWindow: window.show,
    retireWithGateways: () => retireWithGateways(link),
    sayGoodbye: () => sayGoodbye(link, selfIdentity(), clock),
    // Not `quit`: from here on nothing may prevent the end.
    exit: () => app.exit(0),
  });
  quit.beforeExit(() => log.info('Holdfast ends.'));
  quit.beforeExit(() => app.releaseSingleInstanceLock());
  quit.beforeExit(() => link.close());
  window.closeWith(quit);
  handleAppEvents({ app, window, quit, self, log });
  const sessionEnd = watchSessionEnd(app, window.page, () => quit.leave('session'));
  return { state, log, settings, memory, link, store, window, quit, sessionEnd };
}
type Core = ReturnType<typeof createCore>;

/** What the user sees and touches: the window's calls, menu and tray. */
function createFace(core: Core, updates: UpdateService): void {
  const { state, log, settings, memory, link, store, window, quit } = core;
  const { page, caller, viewShown } = window;
  const askWhere = async (title: string, name: string): Promise<string | null> =>
    e2eFlavour ? path.join(state.root, name) : askWhereToSave(page, title, name);
  const handlers = createHandlers({
    ...{ store, updates, settings, memory, openFolder, openFile, revealFile, viewShown },
    watcher: link.client,
    logs: createLogForwarding(link),
    report: createHelpReport({
      ...{ stage: source, stateRoot: state.root, log },
      askWhere: () => askWhere(words.dialogs.saveReport, 'report.zip'),
    }),
    receipts: () => listReceipts(state),
    profilesFolder: () => ownProfilesFolder(state),
    answerQuit: (choice, remember) => quit.answer(choice, remember),
    choosePath: (kind, from) => choosePath(page, kind, from),
    // Where tests run, no user answers.
    confirmCommand: async (question) => e2eFlavour || confirmCommand(page, question),
    confirmPhone: async (host) => e2eFlavour || confirmPhone(page, host),
    askWhereToSave: (name) => askWhere(words.dialogs.saveLog, name),
    askWhereToExport: (name) => askWhere(words.transfer.exportTitle, name),
    chooseGateways: async () =>
      e2eFlavour ? path.join(state.root, 'gateways.json') : chooseGateways(page),
    openAddress: (address) =>
      openAddress(address, async (asked) => e2eFlavour || confirmAddress(page, asked)),
  });
  serveWindow({ window: page, caller, handlers, log });
  const openLogFolder = (): Promise<void> => openFolder(state.logs);
  const actions = createAppActions({ window, quit, link, updates, openLogFolder, log });
  quit.beforeExit(showMenu({ store, window, actions, development: !app.isPackaged }));
  const removeTray = showTray({ icons: resources.tray, store, actions, log });
  if (removeTray) quit.beforeExit(removeTray);
  quit.beforeExit(notifyDesktop({ store, memory, clock, window, now: Date.now }));
}

async function start(): Promise<void> {
  const ships = app.isPackaged && !e2eFlavour;
  lockDownProcess(app, { sandbox: !options.sandboxDisabled, ships });
  registerAppScheme();
  const state = await claimStateFolder(app, self);
  if (!state) return app.exit(0);
  const log = createLog({ folder: state.logs, echo: !app.isPackaged });
  logUncaught(log);
  recordStart(state, args, log);
  log.info(`Holdfast ${ownBuildId} starts, on Electron ${process.versions.electron}.`);
  lockDownPages(app, log);
  await app.whenReady();
  const core = createCore(state, log);
  const { settings, link, store, quit } = core;
  const updates = startUpdates({ ...core, app, build, source, options, args });
  feedStore(store, { link, updates, settings, theme: nativeTheme });
  createFace(core, updates);
  quit.beforeExit(offerAgainLater({ settings, clock, now: Date.now }));
  const login = keepLogin({
    ...{ entries: loginEntries(), stateRoot: state.root, buildId: ownBuildId, settings, link },
    stage: () => link.stageFrom(source.bundle, source.runtime),
    path: process.env.PATH ?? '',
    putProblem: store.putProblem,
    log: log.info,
  });
  quit.beforeExit(() => login.close());
  const isFirst = !existsSync(state.secret);
  // A link goes on trying when this fails; its state says what is wrong meanwhile.
  await link.connect().catch((error: unknown) => log.error(errorText(error)));
  const notice = options.demo && isFirst ? demoNotice(link.watcher()) : null;
  if (notice) log.info(notice);
}

const refuse = (reason: string): Promise<void> => refuseToStart(app, reason, e2eFlavour);

// Not awaited: Electron reports ready only after this module has been evaluated.
if (options.version) {
  process.stdout.write(`${appVersion}\n`);
  app.exit(0);
} else {
  const refusal = refusalToStart(process.getuid?.(), options);
  if (refusal) void refuse(refusal);
  else start().catch((error: unknown) => refuse(errorText(error)));
}
