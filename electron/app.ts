/**
 * The rest of the app: builds its services, each from those above it, and starts. What they decide lies in the
 * rooms; here they are only put together.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { app, nativeTheme } from 'electron';
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
import type { LaunchOptions, WindowStart } from './lifecycle/launch-options.ts';
import { keepLogin } from './lifecycle/login-keeper.ts';
import { ownSandbox } from './lifecycle/own-sandbox.ts';
import { createQuitFlow } from './lifecycle/quit-flow.ts';
import { recordStart } from './lifecycle/record-start.ts';
import type { Resources } from './lifecycle/resources.ts';
import type { InstanceCall } from './lifecycle/single-instance.ts';
import { startUpdates } from './lifecycle/start-updates.ts';
import {
  demoNotice,
  reportToWatcher,
  retireWithGateways,
  type Self,
  sayGoodbye,
} from './lifecycle/started-app.ts';
import { createLink } from './link/link.ts';
import { loginShellEnvironment } from './link/shell-environment.ts';
import type { Log } from './logging/logging.ts';
import { notifyDesktop } from './notify/notify.ts';
import { systemClock as clock, loginEntries, selfIdentity, within } from './process/index.ts';
import type { MemoryService } from './settings/memory.ts';
import type { SettingsService } from './settings/settings.ts';
import { listReceipts } from './transaction/attempts.ts';
import { showTray } from './tray/tray.ts';
import type { UpdateService } from './update/types.ts';
import { createAppActions } from './window/actions.ts';
import type { NewWindow } from './window/create-window.ts';
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
  revealFile,
} from './window/desktop.ts';
import { showMenu } from './window/menu.ts';
import { openWindow } from './window/open-window.ts';
import { words } from './words/spoken.ts';

/** A window that has not come up by then never will, milliseconds. */
const longestLoadMs = 2_000;

/** What main.ts has settled. */
interface Begun {
  /** This program's own arguments. */
  readonly args: readonly string[];
  readonly options: LaunchOptions;
  readonly self: Self & InstanceCall;
  readonly resources: Resources;
  readonly state: StateFolder;
  readonly log: Log;
  readonly settings: SettingsService;
  readonly memory: MemoryService;
  readonly begins: WindowStart;
  readonly window: NewWindow;
  /** To be called when the page's calls are answered. */
  answers(): void;
}

/** The line to the watcher, the window, and the one way out. */
function createCore(begun: Begun) {
  const { options, self, resources, state, log, settings, memory, begins } = begun;
  const { page, loaded } = begun.window;
  const { version, buildId, startedByWatcher } = self;
  const { demo, showGateway } = options;
  const build = { version, buildId };
  /** A login shell takes what the window needs to come up: it is asked when the window has. */
  const environment = async () => {
    await within(clock, longestLoadMs, () => loaded);
    return loginShellEnvironment();
  };
  const source = resources.stage;
  const link = createLink({ ...build, state, source, log, clock, environment, demo });
  const machine = { platform: process.platform, home: app.getPath('home') };
  const about = { ...build, ...machine, logFolder: state.logs, launcher: state.launcher };
  const { dismissed } = memory.get();
  const store = createAppStore(initialParts(about, { dismissed, startedByWatcher }), (error) =>
    log.error(`A part of the state can't be shown: ${errorText(error)}`),
  );
  const reportLoaded = reportToWatcher({ link, self, identity: selfIdentity, log });
  const { icon } = resources;
  const window = openWindow({ page, begins, icon, memory, log, store, settings, clock });
  void loaded.then(() => {
    reportLoaded();
    if (showGateway !== undefined) window.open('status', showGateway);
  });
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
  const sessionEnd = watchSessionEnd(app, page, () => quit.leave('session'));
  return { ...begun, build, source, link, store, window, quit, sessionEnd };
}
type Core = ReturnType<typeof createCore>;

/** What the user sees and touches: the window's calls, menu and tray. */
function createFace(core: Core, updates: UpdateService): void {
  const { options, resources, source, state, log, settings, memory, link, store, window, quit } =
    core;
  const { page, caller, viewShown } = window;
  const askWhere = async (title: string, name: string): Promise<string | null> =>
    !options.dialogs ? path.join(state.root, name) : askWhereToSave(page, title, name);
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
    confirmCommand: async (question) => !options.dialogs || confirmCommand(page, question),
    confirmPhone: async (host) => !options.dialogs || confirmPhone(page, host),
    askWhereToSave: (name) => askWhere(words.dialogs.saveLog, name),
    askWhereToExport: (name) => askWhere(words.transfer.exportTitle, name),
    chooseGateways: async () =>
      !options.dialogs ? path.join(state.root, 'gateways.json') : chooseGateways(page),
    openAddress: (address) =>
      openAddress(address, async (asked) => !options.dialogs || confirmAddress(page, asked)),
  });
  serveWindow({ window: page, caller, handlers, log });
  const openLogFolder = (): Promise<void> => openFolder(state.logs);
  const actions = createAppActions({ window, quit, link, updates, openLogFolder, log });
  quit.beforeExit(showMenu({ store, window, actions, development: !app.isPackaged }));
  const removeTray = showTray({ icons: resources.tray, store, actions, log });
  if (removeTray) quit.beforeExit(removeTray);
  void window.beginWithTray();
  quit.beforeExit(notifyDesktop({ store, memory, clock, window, now: Date.now }));
}

/** Between two pieces of work: Electron answers the page's process meanwhile, which waits for this one. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Runs until the user quits. Rejects with a sentence when it can't. */
export async function runApp(begun: Begun): Promise<void> {
  const { options, self, log, state, settings, answers } = begun;
  log.info(`Holdfast ${self.buildId} starts, on Electron ${process.versions.electron}.`);
  await breathe();
  const core = createCore(begun);
  const { source, link, store, quit } = core;
  const isFirst = !existsSync(state.secret);
  // A link goes on trying when this fails; its state says what is wrong meanwhile.
  const connected = link.connect().catch((error: unknown) => log.error(errorText(error)));
  await breathe();
  const { args, problem: sandboxProblem } = ownSandbox(begun.args);
  if (sandboxProblem) log.warn(`${sandboxProblem.message} ${sandboxProblem.hint}`);
  store.putProblem('sandbox', sandboxProblem);
  const updates = startUpdates({ ...core, app, args });
  feedStore(store, { link, updates, settings, theme: nativeTheme });
  createFace(core, updates);
  answers();
  await breathe();
  recordStart(state, args, log);
  quit.beforeExit(offerAgainLater({ settings, clock, now: Date.now }));
  const login = keepLogin({
    ...{ entries: loginEntries(), stateRoot: state.root, buildId: self.buildId, settings, link },
    stage: () => link.stageFrom(source.bundle, source.runtime),
    path: process.env.PATH ?? '',
    putProblem: store.putProblem,
    log: log.info,
  });
  quit.beforeExit(() => login.close());
  await connected;
  const notice = options.demo && isFirst ? demoNotice(link.watcher()) : null;
  if (notice) log.info(notice);
}
