/** What Holdfast needs around it, looked at without changing anything: folders, disk, files, leftovers. */
import { accessSync, constants, existsSync, lstatSync, readdirSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { readLedger } from '../gateway/ledger.ts';
import { loadProfiles } from '../gateway/profiles.ts';
import { runtimeFolder } from '../process/index.ts';
import { unfinishedAttempt } from './attempts.ts';
import { fail, type Probe, pass, skip } from './probe-result.ts';
import { verifyBundle } from './staged.ts';
import type { StateFolder } from './state-folder.ts';

/** What staging needs (handoff/staging.ts says so too), bytes. */
const NEEDED_BYTES = 200 * 2 ** 20;

/** All of them, each with what to do where it fails. Never throws. */
export function inspectSurroundings(state: StateFolder): Probe[] {
  if (!existsSync(state.root)) {
    return [skip('folder', `${state.root} does not exist: Holdfast has not been started with it.`)];
  }
  return [
    judgeFolder(state.root),
    judgeDisk(state.root),
    judgeRuntimeFolder(),
    ...judgeStaged(state),
    ...judgeProfiles(state),
    ...judgeLedgers(state),
    judgeUpdate(state),
  ];
}

function judgeFolder(root: string): Probe {
  const found = lstatSync(root);
  const uid = process.getuid?.();
  if (uid !== undefined && found.uid !== uid) {
    return fail('folder', `${root} belongs to another user. Run this as its owner.`);
  }
  if (uid !== undefined && found.isDirectory() && (found.mode & 0o077) !== 0) {
    return fail('folder', `Others may look into ${root}. Close it: chmod 700 "${root}"`);
  }
  try {
    accessSync(root, constants.W_OK);
  } catch {
    return fail('folder', `${root} can’t be written to. Make it writable for you.`);
  }
  return pass('folder', `${root} is yours alone.`);
}

function judgeDisk(root: string): Probe {
  const { bavail, bsize } = statfsSync(root);
  const free = `${Math.floor((bavail * bsize) / 2 ** 20)} MB are free`;
  return bavail * bsize < NEEDED_BYTES
    ? fail('disk', `Only ${free} where ${root} lies; an update needs ${NEEDED_BYTES / 2 ** 20} MB.`)
    : pass('disk', `${free}.`);
}

function judgeRuntimeFolder(): Probe {
  if (process.platform === 'win32') return skip('socket', 'Windows has named pipes.');
  try {
    return pass('socket', `Its folder ${runtimeFolder()} is private.`);
  } catch (error) {
    return fail('socket', sentence(error));
  }
}

function judgeStaged(state: StateFolder): Probe[] {
  const bundles = namesIn(state.staged).filter((name) => name.startsWith('bundle-'));
  if (bundles.length === 0) return [skip('staged', 'Nothing is staged yet.')];
  return bundles.map((name) => {
    try {
      const { buildId } = verifyBundle(path.join(state.staged, name));
      return pass('staged', `Build ${buildId} is as it was built.`);
    } catch (error) {
      return fail('staged', `${sentence(error)} Start Holdfast: it puts a sound copy there.`);
    }
  });
}

function judgeProfiles(state: StateFolder): Probe[] {
  const { profiles, problems } = loadProfiles(state.profiles);
  const broken = Object.values(problems);
  if (broken.length === 0) return [pass('profiles', `${profiles.length} can be used.`)];
  return broken.map(({ message, hint }) => fail('profiles', hint ? `${message} ${hint}` : message));
}

function judgeLedgers(state: StateFolder): Probe[] {
  const ids = namesIn(state.ledger)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length));
  const damaged = ids.flatMap((id) => {
    const reading = readLedger(state.ledger, id);
    if (reading.type !== 'damaged') return [];
    const file = path.join(state.ledger, `${id}.json`);
    return [
      fail('ledgers', `${file} can’t be used: ${reading.reason}. The next watcher rebuilds it.`),
    ];
  });
  return damaged.length > 0 ? damaged : [pass('ledgers', `${ids.length} can be read.`)];
}

function judgeUpdate(state: StateFolder): Probe {
  const attempt = unfinishedAttempt(state);
  return attempt === null
    ? pass('update', 'None is half done.')
    : fail('update', `Update ${attempt} is not finished. Start Holdfast: its watcher finishes it.`);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
