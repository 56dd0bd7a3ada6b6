/** Faults 30 and 31: no room, or no right to write, ends an update before it has touched anything. */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WatcherState } from '../contract/watcher-contract.ts';
import { prepareStateFolder, type StateFolder, stateFolder } from '../files/state-folder.ts';
import { selfIdentity } from '../process/index.ts';
import { type PreflightFacts, preflight } from './preflight.ts';

const megabyte = 1_000_000;
let folder: string;
let installed: string;
let state: StateFolder;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-preflight-'));
  installed = path.join(folder, 'apps');
  state = stateFolder(path.join(folder, 'state'));
  mkdirSync(installed);
  mkdirSync(state.root, { mode: 0o700 });
  prepareStateFolder(state);
  writeFileSync(path.join(installed, 'Holdfast.AppImage'), 'app');
});
afterEach(() => {
  for (const one of [installed, state.updates, state.staged]) chmodSync(one, 0o700);
  rmSync(folder, { recursive: true, force: true });
});

const watcher: WatcherState = {
  watcher: {
    identity: selfIdentity(),
    version: '1.0.0',
    buildId: '1.0.0+old',
    protocol: 1,
    startedAt: 0,
    escape: { rung: 'setsid', proof: 'proven', detail: 'It lives outside.' },
  },
  gateways: {},
  profileProblems: {},
  problems: [],
  transaction: null,
  receipt: null,
  gatewayUpdates: {},
};

function facts(free: Readonly<Record<string, number>> = {}): PreflightFacts {
  const unused = (): never => {
    throw new Error('a preflight only looks');
  };
  return {
    state,
    installer: {
      appFile: path.join(installed, 'Holdfast.AppImage'),
      roomNeeded: (size) => size,
      needsAppClosed: false,
      keptFile: '',
      isIntact: async () => true,
      goingBack: () => {
        throw new Error('not asked');
      },
      mustBeFree: [],
      objection: () => undefined,
      prepare: unused,
      unpackStage: unused,
      replace: unused,
      sweep: unused,
      undo: unused,
    },
    size: 100 * megabyte,
    watcher,
    connected: true,
    sessionEnding: false,
    escapeAccepted: false,
    freeBytes: (where) => free[where] ?? 10_000 * megabyte,
  };
}

describe('an update', () => {
  it('with room, and leave to write, may begin', () => {
    expect(() => preflight(facts())).not.toThrow();
  });

  it('without room for the new file, or for its stage, names the disk and what is needed [F30]', () => {
    expect(() => preflight(facts({ [installed]: 120 * megabyte }))).toThrow(
      `The disk of ${installed} has 120 MB free; the update needs 134 MB.`,
    );
    expect(() => preflight(facts({ [state.root]: 200 * megabyte }))).toThrow(
      `The disk of ${state.root} has 200 MB free`,
    );
  });

  it('in whose place there is a link, or nothing any more, is refused with the file’s name [R105]', () => {
    const { appFile } = facts().installer;
    const elsewhere = path.join(folder, 'Elsewhere.AppImage');
    renameSync(appFile, elsewhere);
    expect(() => preflight(facts())).toThrow(`${appFile} is not there any more`);
    symlinkSync(elsewhere, appFile);
    expect(() => preflight(facts())).toThrow(`${appFile} is a link or no plain file`);
  });

  it('is not begun without a line to the watcher', () => {
    expect(() => preflight({ ...facts(), connected: false })).toThrow(
      'no contact with its background service',
    );
  });

  it
    .skipIf(process.platform === 'win32' || process.getuid?.() === 0)
    .each(['installed', 'updates', 'staged'] as const)(
    'that may not write to %s names the folder [F31]',
    (which) => {
      const place = which === 'installed' ? installed : state[which];
      chmodSync(place, 0o500);
      expect(() => preflight(facts())).toThrow(`The folder ${place} can’t be written to.`);
    },
  );
});
