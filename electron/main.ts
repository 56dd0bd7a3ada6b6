/**
 * The first of the app: settles whether and where it runs, and brings its window up. The rest (app.ts) is
 * loaded while Electron makes the window's process and its page; both take about as long.
 */
import path from 'node:path';
import { app, nativeTheme } from 'electron';
import { appVersion, e2eFlavour, ownBuildId } from './contract/build-info.ts';
import { errorText } from './contract/error-text.ts';
import type { StateFolder } from './files/state-folder.ts';
import { holdCalls } from './ipc/held-calls.ts';
import { readLaunchOptions, refusalToStart, windowStart } from './lifecycle/launch-options.ts';
import { ownResources } from './lifecycle/resources.ts';
import { type ChosenPlace, choosePlace, claimStateFolder } from './lifecycle/state-root.ts';
import { createLog, type Log, logUncaught } from './logging/logging.ts';
import { createMemory } from './settings/memory.ts';
import { createSettings } from './settings/settings.ts';
import { speakAsChosen } from './settings/spoken-language.ts';
import { createWindow } from './window/create-window.ts';
import { lockDownPages, lockDownProcess } from './window/lockdown.ts';
import { registerAppScheme } from './window/protocol.ts';
import { refuseToStart } from './window/refusal.ts';

const args = process.argv.slice(1);
const options = readLaunchOptions(args, process.env, e2eFlavour);
const { startedByWatcher, showGateway, goBack } = options;
const self = {
  version: appVersion,
  buildId: ownBuildId,
  startedByWatcher,
  goBack,
  ...(showGateway !== undefined && { showGateway }),
};
const resources = ownResources(app.isPackaged, import.meta.dirname);

async function start(place: ChosenPlace | null): Promise<void> {
  const ships = app.isPackaged && !e2eFlavour;
  lockDownProcess(app, { sandbox: !options.sandboxDisabled, ships });
  registerAppScheme();
  const state = await claimStateFolder(app, self);
  if (!state) return app.exit(0);
  const log = createLog({ folder: state.logs, echo: !app.isPackaged });
  logUncaught(log);
  if (place?.said) log.info(place.said);
  lockDownPages(app, log);
  await app.whenReady();
  const settings = createSettings({ file: state.settings, now: Date.now });
  await speakAsChosen(settings, app.getPreferredSystemLanguages()).catch((error: unknown) =>
    log.error(`The chosen language can’t be shown: ${errorText(error)}`),
  );
  const memory = createMemory({
    file: path.join(state.root, 'memory.json'),
    onError: (error) => log.warn(`What the window remembers was not saved: ${errorText(error)}`),
  });
  nativeTheme.themeSource = settings.get().theme;
  const begins = windowStart(options, settings.get());
  const answers = holdCalls();
  const window = createWindow({ resources, hidden: begins !== 'shown', memory, log });
  await window.wantsProgram;
  const { runApp } = await import('./app.ts');
  await runApp({
    ...{ args, options, self, resources, state, log, settings, memory, begins, window, answers },
  });
  if (place && place.former !== null) await leaveFormerOf(place, state, log);
}

async function leaveFormerOf(place: ChosenPlace, state: StateFolder, log: Log): Promise<void> {
  const { leaveFormer } = await import('./lifecycle/move-state.ts');
  await leaveFormer(place, state.root).catch((error: unknown) =>
    log.warn(`Something still leads to ${place.former}: ${errorText(error)}`),
  );
}

const refuse = (reason: string): Promise<void> => refuseToStart(app, reason, !options.dialogs);

if (options.version) {
  process.stdout.write(`${appVersion}\n`);
  app.exit(0);
} else {
  const refusal = refusalToStart(process.getuid?.(), options);
  if (refusal) void refuse(refusal);
  else {
    const place = await choosePlace(app);
    // Not awaited: Electron reports ready only after this module has been evaluated.
    start(place).catch((error: unknown) => refuse(errorText(error)));
  }
}
