/** Checks what Holdfast needs around it, without changing anything: folders, disk, files, leftovers. */

import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  readdirSync,
  statfsSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { errorText } from '../../contract/error-text.ts';
import type { StateFolder } from '../../files/state-folder.ts';
import { readLedger } from '../../gateway/ledger/ledger.ts';
import { loadProfiles } from '../../gateway/profiles/profiles.ts';
import { describeProcess, runtimeFolder, whoHoldsLock } from '../../process/index.ts';
import { readEndpoint } from '../../rpc/endpoint.ts';
import { runtimeFileName, verifyBundle } from '../../staging/staged.ts';
import { unfinishedAttempt } from '../../transaction/attempts.ts';
import { type Finding, fail, pass, skip } from './finding.ts';

/** What staging needs (staging/staging.ts says so too), bytes. */
const neededBytes = 200 * 2 ** 20;

/** All of it, with what to do where something fails. Never throws. */
export function inspectSurroundings(state: StateFolder): Finding[] {
  const missing = judgeMissing(state.root);
  if (missing) return [missing, judgeRuntimeFolder()];
  return [
    judgeFolder(state.root),
    ...judgeInside(state),
    judgeDisk(state.root),
    judgeLock(state),
    judgeRuntimeFolder(),
    ...judgeStaged(state),
    ...judgeProfiles(state),
    ...judgeLedgers(state),
    judgeUpdate(state),
  ];
}

/** A state folder that is not there yet must be one that can be made. */
function judgeMissing(root: string): Finding | null {
  if (existsSync(root)) return null;
  let above = path.dirname(root);
  while (!existsSync(above) && path.dirname(above) !== above) above = path.dirname(above);
  return writable(above)
    ? skip('folder', `${root} does not exist: Holdfast has not been started with it.`)
    : fail('folder', `${root} does not exist and can’t be made: ${above} can’t be written to.`);
}

/** What the watcher writes at its start; where it can't, it ends. */
function judgeInside(state: StateFolder): Finding[] {
  const uid = process.getuid?.();
  const folders = [state.profiles, state.ledger, state.run, state.updates, state.staged]
    .concat(state.gatewaysData, state.logs, state.gatewayLogs)
    .flatMap((folder) => {
      const found = lstatSync(folder, { throwIfNoEntry: false });
      if (!found) return [];
      if (!found.isDirectory())
        return [fail('folder', `${folder} is not a folder. Move it aside.`)];
      if (uid !== undefined && found.uid !== uid) {
        return [fail('folder', `${folder} belongs to another user. Give it back, or remove it.`)];
      }
      return writable(folder) ? [] : [fail('folder', `${folder} can’t be written to. Make it so.`)];
    });
  const files = [state.secret, state.endpoint, state.watcherLock, state.watcherLog]
    .filter((file) => lstatSync(file, { throwIfNoEntry: false })?.isFile() === false)
    .map((file) => fail('folder', `${file} is a link or no plain file. Move it aside.`));
  return [...folders, ...files];
}

/** The lock belongs to the watcher that serves; any other holder keeps every watcher from starting. */
function judgeLock(state: StateFolder): Finding {
  const holder = existsSync(state.watcherLock) ? whoHoldsLock(state.watcherLock) : undefined;
  const serving = existsSync(state.endpoint) ? readEndpoint(state) : undefined;
  if (holder === undefined)
    return pass('lock', 'No other program holds the background service’s lock.');
  if (holder === serving?.identity.pid)
    return pass('lock', `The background service (pid ${holder}) has it.`);
  const name = describeProcess(holder)?.name ?? 'a program';
  return fail(
    'lock',
    `${state.watcherLock} is held by ${name} (pid ${holder}), which does not serve: the background service can’t start. End it.`,
  );
}

function writable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function judgeFolder(root: string): Finding {
  const found = statSync(root);
  const uid = process.getuid?.();
  if (uid !== undefined && found.uid !== uid) {
    return fail('folder', `${root} belongs to another user. Run this as its owner.`);
  }
  if (uid !== undefined && found.isDirectory() && (found.mode & 0o077) !== 0) {
    return fail('folder', `Others may look into ${root}. Close it: chmod 700 "${root}"`);
  }
  if (!found.isDirectory()) return fail('folder', `${root} is not a folder. Move it aside.`);
  if (!writable(root)) {
    return fail('folder', `${root} can’t be written to. Make it writable for you.`);
  }
  return pass('folder', `${root} is yours alone.`);
}

function judgeDisk(root: string): Finding {
  const { bavail, bsize } = statfsSync(root);
  const free = `${Math.floor((bavail * bsize) / 2 ** 20)} MB are free`;
  return bavail * bsize < neededBytes
    ? fail('disk', `Only ${free} where ${root} lies; an update needs ${neededBytes / 2 ** 20} MB.`)
    : pass('disk', `${free}.`);
}

function judgeRuntimeFolder(): Finding {
  if (process.platform === 'win32') return skip('socket', 'Windows has named pipes.');
  try {
    return pass('socket', `Its folder ${runtimeFolder()} is private.`);
  } catch (error) {
    return fail('socket', errorText(error));
  }
}

function judgeStaged(state: StateFolder): Finding[] {
  const bundles = namesIn(state.staged).filter((name) => name.startsWith('bundle-'));
  if (bundles.length === 0) return [skip('staged', 'Nothing is staged yet.')];
  return [...judgeRuntimes(state), ...bundles.map((name) => judgeBundle(state, name))];
}

/** A system that starts the watcher at login runs the staged runtime itself. */
function judgeRuntimes(state: StateFolder): Finding[] {
  const files = namesIn(state.staged)
    .filter((name) => name.startsWith('runtime-'))
    .map((name) => path.join(state.staged, name, runtimeFileName));
  const again = 'Start Holdfast: it puts a sound copy there.';
  if (files.length === 0) return [fail('staged', `No runtime is staged. ${again}`)];
  return files.flatMap((file) => {
    if (!existsSync(file)) return [fail('staged', `${file} is missing. ${again}`)];
    try {
      accessSync(file, constants.X_OK);
      return [];
    } catch {
      const why =
        'its file system may be mounted noexec, which keeps the background service from starting';
      return [fail('staged', `${file} may not be executed: ${why}. Mount it with exec.`)];
    }
  });
}

function judgeBundle(state: StateFolder, name: string): Finding {
  try {
    const { buildId } = verifyBundle(path.join(state.staged, name));
    return pass('staged', `Build ${buildId} is as it was built.`);
  } catch (error) {
    return fail('staged', `${errorText(error)} Start Holdfast: it puts a sound copy there.`);
  }
}

function judgeProfiles(state: StateFolder): Finding[] {
  const { profiles, problems } = loadProfiles(state.profiles);
  const broken = Object.values(problems);
  if (broken.length === 0) return [pass('profiles', `${profiles.length} can be used.`)];
  return broken.map(({ message, hint }) => fail('profiles', hint ? `${message} ${hint}` : message));
}

function judgeLedgers(state: StateFolder): Finding[] {
  const ids = namesIn(state.ledger)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length));
  const damaged = ids.flatMap((id) => {
    const reading = readLedger(state.ledger, id);
    if (reading.type !== 'damaged') return [];
    const file = path.join(state.ledger, `${id}.json`);
    return [
      fail(
        'ledgers',
        `${file} can’t be used: ${reading.reason}. Holdfast’s background service rebuilds it at its next start.`,
      ),
    ];
  });
  return damaged.length > 0 ? damaged : [pass('ledgers', `${ids.length} can be read.`)];
}

function judgeUpdate(state: StateFolder): Finding {
  const attempt = unfinishedAttempt(state);
  return attempt === null
    ? pass('update', 'None is half done.')
    : fail(
        'update',
        `Update ${attempt} is not finished. Start Holdfast: its background service finishes it.`,
      );
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
