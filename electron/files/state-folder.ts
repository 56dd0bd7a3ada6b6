/**
 * Where Holdfast keeps its files: one folder per user and flavour, named once
 * here, so that app, watcher and command line never disagree about a path.
 */
import { chmodSync, lstatSync, mkdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { diskTrouble } from './disk-problem.ts';

/** The files of one update attempt. */
export interface AttemptFolder {
  readonly folder: string;
  readonly plan: string;
  readonly journal: string;
  readonly receipt: string;
  /** What the release keys have signed, as the app has seen it. */
  readonly metadata: string;
  /** The files of the installed folder, listed before they are touched … */
  readonly oldFiles: string;
  /** … and those of the kept one that takes its place. */
  readonly newFiles: string;
}

/** Where attempts of one kind of update lie: Holdfast's own, or those of one gateway. */
export interface AttemptStore {
  readonly updates: string;
  attempt(id: string): AttemptFolder;
}

export interface StateFolder extends AttemptStore {
  readonly root: string;
  readonly profiles: string;
  readonly ledger: string;
  /** The histories of gateways, a file for each. */
  readonly events: string;
  readonly run: string;
  /** Locked for life by the one watcher. */
  readonly watcherLock: string;
  readonly secret: string;
  readonly endpoint: string;
  /** The search path and limits for gateways, as app and command line have reported them. */
  readonly environment: string;
  /** Which versions of gateways were found, and which were rolled back. */
  readonly versions: string;
  /** The updates of gateways, a folder for each gateway. */
  readonly gatewayUpdates: string;
  /** Which version was installed before: it can be gone back to. */
  readonly keptVersion: string;
  /** The files of its folder, where it is one. */
  readonly keptFiles: string;
  /** Locked by the app while it updates: one update at a time. */
  readonly appLock: string;
  /** What the release keys have signed, as the app has seen it … */
  readonly seenByApp: string;
  /** … and as the check outside the app has. */
  readonly seenOutside: string;
  readonly staged: string;
  /** The command line, for the PATH; it leads to what is staged. */
  readonly launcher: string;
  readonly gatewaysData: string;
  /** Copies on which new versions of gateways are tried; made when one is. */
  readonly rehearsals: string;
  /** How the app was started last. */
  readonly appProgram: string;
  /** Why the app did not begin to go back, when it was asked to. */
  readonly refusedReturn: string;
  /** What Node has compiled of the command line; may be removed at any time. */
  readonly compiled: string;
  readonly logs: string;
  readonly gatewayLogs: string;
  readonly watcherLog: string;
  readonly appLog: string;
  readonly settings: string;
  /** Where messages to the phone go: a secret. */
  readonly phone: string;
  /** What the phone was told, and what waits to be sent. */
  readonly phoneMemory: string;
  gatewayAttempts(gateway: string): AttemptStore;
  gatewayData(id: string): string;
  gatewayLog(id: string): string;
  eventFile(id: string): string;
}

function attemptFolder(folder: string): AttemptFolder {
  return {
    folder,
    plan: path.join(folder, 'plan.json'),
    journal: path.join(folder, 'journal.jsonl'),
    receipt: path.join(folder, 'receipt.json'),
    metadata: path.join(folder, 'metadata'),
    oldFiles: path.join(folder, 'old-files.json'),
    newFiles: path.join(folder, 'new-files.json'),
  };
}

/**
 * One name for a folder, no matter which links lead to it: locks, sockets and marks of gateways are bound to
 * that name. What does not exist yet is named through what does.
 */
function realFolder(folder: string): string {
  const full = path.resolve(folder);
  const parent = path.dirname(full);
  try {
    return realpathSync(full);
  } catch {
    return parent === full ? full : path.join(realFolder(parent), path.basename(full));
  }
}

/** The paths under `folder` (Electron's userData), links resolved. Changes nothing. */
export function stateFolder(folder: string): StateFolder {
  const root = realFolder(folder);
  const at = (...parts: string[]): string => path.join(root, ...parts);
  return {
    root,
    profiles: at('profiles'),
    ledger: at('ledger'),
    events: at('events'),
    run: at('run'),
    watcherLock: at('run', 'watcher.lock'),
    secret: at('run', 'secret'),
    endpoint: at('run', 'endpoint.json'),
    environment: at('run', 'environment.json'),
    versions: at('run', 'versions.json'),
    updates: at('updates'),
    keptVersion: at('updates', 'kept-version.json'),
    keptFiles: at('updates', 'kept-files.json'),
    appLock: at('updates', 'app.lock'),
    seenByApp: at('trust', 'app'),
    seenOutside: at('trust', 'outside'),
    staged: at('staged'),
    launcher: at('bin', process.platform === 'win32' ? 'holdfast.cmd' : 'holdfast'),
    gatewaysData: at('gateway-data'),
    rehearsals: at('rehearsals'),
    appProgram: at('run', 'app.json'),
    refusedReturn: at('run', 'refused-return.json'),
    compiled: at('compiled'),
    logs: at('logs'),
    gatewayLogs: at('logs', 'gateways'),
    watcherLog: at('logs', 'watcher.log'),
    appLog: at('logs', 'app.log'),
    settings: at('settings.json'),
    phone: at('phone.json'),
    phoneMemory: at('run', 'phone.json'),
    gatewayUpdates: at('gateway-updates'),
    attempt: (id) => attemptFolder(at('updates', id)),
    gatewayAttempts: (gateway) => ({
      updates: at('gateway-updates', gateway),
      attempt: (id) => attemptFolder(at('gateway-updates', gateway, id)),
    }),
    gatewayData: (id) => at('gateway-data', id),
    gatewayLog: (id) => at('logs', 'gateways', `${id}.log`),
    eventFile: (id) => at('events', `${id}.jsonl`),
  };
}

/**
 * Creates the folders, private to this user. Throws a sentence when one of them belongs to another
 * user, is no folder, or can't be made.
 */
export function prepareStateFolder(state: StateFolder): void {
  const folders = [
    state.root,
    state.profiles,
    state.ledger,
    state.events,
    state.run,
    state.updates,
    state.gatewayUpdates,
    state.staged,
    state.gatewaysData,
    state.logs,
    state.gatewayLogs,
  ];
  for (const folder of folders) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    } catch (cause) {
      const disk = diskTrouble(cause, folder);
      const advice = disk
        ? `${disk.message} ${disk.hint}`
        : 'Check that the disk is writable and belongs to you.';
      throw new Error(`Holdfast cannot create its folder ${folder}. ${advice}`, { cause });
    }
    // The root has no links in its name any more; in it there may be none.
    const found = lstatSync(folder);
    if (!found.isDirectory()) {
      throw new Error(`${folder} is not a folder. Move it aside and start Holdfast again.`);
    }
    const uid = process.getuid?.();
    if (uid !== undefined && found.uid !== uid) {
      throw new Error(
        `${folder} belongs to another user. Start Holdfast as its owner, or give it another --user-data-dir.`,
      );
    }
    // Secrets, plans and ledgers live below: a folder that others may enter is closed.
    if (uid !== undefined && (found.mode & 0o077) !== 0) {
      chmodSync(folder, 0o700);
    }
  }
}
