/** The state folder moves out of the roaming profile, once: in folders of the test, with real locks and programs. */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareStateFolder, stateFolder } from '../files/state-folder.ts';
import { placeOfState, statePlaces } from '../files/state-place.ts';
import {
  acquireLock,
  type LoginEntries,
  loginEntryId,
  programsIn,
  selfIdentity,
} from '../process/index.ts';
import { createWorkbench, idleProgram, signalOne, type Workbench } from '../testing/processes.ts';
import { openJournal } from '../transaction/journal.ts';
import { leaveFormer, type PlaceUsers, settlePlace } from './move-state.ts';

let bench: Workbench;
let root: string;
let places: { place: string; former: string };
const nobody: PlaceUsers = { gateways: () => 0, programs: () => [] };

beforeEach(() => {
  bench = createWorkbench();
  root = realpathSync(mkdtempSync(path.join(tmpdir(), 'hf-move-')));
  places = {
    place: path.join(root, 'local', 'Holdfast'),
    former: path.join(root, 'roaming', 'Holdfast'),
  };
});
afterEach(() => {
  bench.clean();
  rmSync(root, { recursive: true, force: true });
});

/** A state folder of an earlier version, with a profile and settings. */
function used(folder = places.former) {
  mkdirSync(path.dirname(folder), { recursive: true });
  const state = stateFolder(folder);
  prepareStateFolder(state);
  writeFileSync(path.join(state.profiles, 'box.json'), folder);
  writeFileSync(state.settings, '{"theme":"dark"}');
  return state;
}

const profileIn = (folder: string): string =>
  readFileSync(path.join(folder, 'profiles', 'box.json'), 'utf8');

describe('the place of the state', () => {
  it('is where each system keeps such files', () => {
    expect(statePlaces('linux', { HOME: '/h' }).place).toBe('/h/.config/Holdfast');
    const other = statePlaces('linux', { HOME: '/h', XDG_CONFIG_HOME: '/x' });
    expect(other).toEqual({ place: '/x/Holdfast', former: null });
    const mac = statePlaces('darwin', { HOME: '/h' }).place;
    expect(mac).toBe('/h/Library/Application Support/Holdfast');
  });

  it('does not roam on Windows', () => {
    const env = { APPDATA: 'C:\\u\\Roaming', LOCALAPPDATA: 'C:\\u\\Local' };
    expect(statePlaces('win32', env)).toEqual({
      place: 'C:\\u\\Local\\Holdfast',
      former: 'C:\\u\\Roaming\\Holdfast',
    });
    expect(statePlaces('win32', { USERPROFILE: 'C:\\u' }).place).toBe(
      'C:\\u\\AppData\\Local\\Holdfast',
    );
  });

  it('is the former one for as long as the state is there alone', () => {
    expect(placeOfState(places)).toBe(places.place);
    used();
    expect(placeOfState(places)).toBe(places.former);
    used(places.place);
    expect(placeOfState(places)).toBe(places.place);
  });
});

describe('the state folder', () => {
  it('moves with all that is in it, and says so once', () => {
    used();
    const before = readdirSync(places.former).sort();
    const said = `Holdfast’s files were moved from ${places.former} to ${places.place}.`;
    expect(settlePlace(places, nobody)).toEqual({ folder: places.place, said });
    expect(readdirSync(places.place).sort()).toEqual(before);
    expect([profileIn(places.place), existsSync(places.former)]).toEqual([places.former, false]);
    expect(settlePlace(places, nobody)).toEqual({ folder: places.place, said: null });
  });

  it('moves into an empty folder of that name, and into no other', () => {
    used();
    mkdirSync(places.place, { recursive: true });
    writeFileSync(path.join(places.place, 'letter.txt'), 'dear');
    expect(settlePlace(places, nobody).folder).toBe(places.former);
    expect(readdirSync(places.place)).toEqual(['letter.txt']);
    rmSync(path.join(places.place, 'letter.txt'));
    expect(settlePlace(places, nobody).folder).toBe(places.place);
  });

  it('is not moved over another one: that of another machine, which came with the profile', () => {
    used();
    used(places.place);
    const { folder, said } = settlePlace(places, nobody);
    expect([folder, said]).toEqual([places.place, expect.stringContaining('left as they are')]);
    expect([profileIn(places.place), profileIn(places.former)]).toEqual([
      places.place,
      places.former,
    ]);
  });

  it('is not made out of what Chromium alone has left there', () => {
    mkdirSync(path.join(places.former, 'Cache'), { recursive: true });
    expect(settlePlace(places, nobody)).toEqual({ folder: places.place, said: null });
    expect(existsSync(places.place)).toBe(false);
  });
});

describe('the state folder stays for now', () => {
  const stays = (why: RegExp, users = nobody): void => {
    const { folder, said } = settlePlace(places, users);
    expect([folder, said]).toEqual([places.former, expect.stringMatching(why)]);
    expect([profileIn(places.former), existsSync(places.place)]).toEqual([places.former, false]);
  };

  it('while a watcher serves it', () => {
    const lock = acquireLock(used().watcherLock);
    if (!('release' in lock)) throw new Error('The lock is taken.');
    stays(/a background service uses them/);
    lock.release();
    expect(settlePlace(places, nobody).folder).toBe(places.place);
  });

  it('while gateways run, which are bound to it', () => {
    used();
    stays(/gateways run/, { ...nobody, gateways: () => 2 });
  });

  it('while a program runs from there', async () => {
    const program = path.join(used().staged, path.basename(process.execPath));
    copyFileSync(process.execPath, program);
    const { identity, exited } = bench.run(idleProgram, { command: program });
    const programs = (folder: string): string[] => programsIn(folder).map((one) => one.program);
    stays(/runs from there/, { ...nobody, programs });
    signalOne(identity.pid, 'SIGKILL');
    await exited;
    expect(settlePlace(places, { ...nobody, programs }).folder).toBe(places.place);
  });

  it('while an update has not ended', () => {
    const { folder, journal: file } = used().attempt('1234567890124-00000000');
    mkdirSync(folder);
    const journal = openJournal(file, 1);
    journal.append({ type: 'armed', watcher: selfIdentity(''), escape: null }, 1);
    journal.close();
    stays(/an update has not ended/);
  });

  it.skipIf(process.platform === 'win32')('when it can’t be renamed', () => {
    used();
    chmodSync(path.dirname(places.former), 0o500);
    try {
      stays(/EACCES|EPERM/);
    } finally {
      chmodSync(path.dirname(places.former), 0o700);
    }
  });
});

describe('what led to the former place', () => {
  function around(folder: string) {
    const gone: string[] = [];
    const folders = new Set([folder]);
    const unused = (): never => {
      throw new Error('not asked');
    };
    const entries: LoginEntries = {
      ...{ file: unused, isCurrent: unused, says: unused, isEnabled: unused, register: unused },
      unregister: async (id) => void gone.push(id),
      others: unused,
    };
    const searchPath = {
      has: (one: string) => folders.has(one),
      add: async (one: string) => void folders.add(one),
      remove: async (one: string) => void folders.delete(one),
    };
    return { deps: { entries, path: searchPath }, gone, folders };
  }

  it('leads to the new one, and the former entry for the login is gone', async () => {
    const before = used();
    const { deps, gone, folders } = around(path.dirname(before.launcher));
    await leaveFormer(places, places.former, deps);
    expect([gone, [...folders]]).toEqual([[], [path.dirname(before.launcher)]]);
    settlePlace(places, nobody);
    await leaveFormer(places, places.place, deps);
    expect(gone).toEqual([loginEntryId(before.root)]);
    expect([...folders]).toEqual([path.join(places.place, 'bin')]);
  });
});
