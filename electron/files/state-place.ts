/** Which state folder is meant when nobody names one: Electron's userData, except on Windows. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

export interface StatePlaces {
  /** Where the state belongs. */
  readonly place: string;
  /** Where earlier versions kept it; null where that is the same. */
  readonly former: string | null;
}

/** @param name of the folder; another one in a run from the source tree */
export function statePlaces(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
  name = 'Holdfast',
): StatePlaces {
  if (platform === 'win32') {
    const { join } = path.win32;
    const home = env.USERPROFILE || homedir();
    return {
      place: join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), name),
      // Windows carries this one from machine to machine: locks, logs and programs don't belong there.
      former: join(env.APPDATA || join(home, 'AppData', 'Roaming'), name),
    };
  }
  const { join } = path.posix;
  const home = env.HOME ?? homedir();
  if (platform === 'darwin') {
    return { place: join(home, 'Library', 'Application Support', name), former: null };
  }
  return { place: join(env.XDG_CONFIG_HOME || join(home, '.config'), name), former: null };
}

/** The place that is used now: the former one only while the state is there and nowhere else. */
export function placeOfState({ place, former }: StatePlaces): string {
  return former !== null && !holdsState(place) && holdsState(former) ? former : place;
}

/** Chromium makes a folder of that name, too; only Holdfast makes this one in it. */
export function holdsState(folder: string): boolean {
  return existsSync(path.join(folder, 'profiles'));
}
