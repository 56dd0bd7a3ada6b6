/** The app's window as the display has it, and moved as a window manager would move it (X11). */
import { execFileSync } from 'node:child_process';
import type { DesktopApp } from './desktop-app.ts';

export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where the app's window is shown; undefined while it is not. */
export function shownAt(app: DesktopApp): Place | undefined {
  const window = windowOf(app);
  if (window === undefined) return undefined;
  const text = xdotool('getwindowgeometry', '--shell', window);
  const field = (name: string): number => Number(new RegExp(`^${name}=(.+)$`, 'm').exec(text)?.[1]);
  return { x: field('X'), y: field('Y'), width: field('WIDTH'), height: field('HEIGHT') };
}

/** The size of the whole display. */
export function displaySize(): Pick<Place, 'width' | 'height'> {
  const [width = 0, height = 0] = xdotool('getdisplaygeometry').split(' ').map(Number);
  return { width, height };
}

/** Moves and resizes it. */
export function moveWindow(app: DesktopApp, { x, y, width, height }: Place): void {
  const window = shownWindowOf(app);
  xdotool('windowsize', window, String(width), String(height));
  xdotool('windowmove', window, String(x), String(y));
}

/** Closes it by its keys. */
export function closeWindow(app: DesktopApp): void {
  xdotool('windowfocus', '--sync', shownWindowOf(app), 'key', 'ctrl+w');
}

/** The ids of what it shows besides its window: dialogs. */
export function otherWindowsOf(app: DesktopApp): readonly string[] {
  const own = windowOf(app);
  return own === undefined ? [] : search('--pid', String(app.pid)).filter((one) => one !== own);
}

/** Presses keys, by X11's names, in the window of that id; what begins with a slash is a path to type. */
export function pressIn(window: string, keys: readonly string[]): void {
  xdotool('windowfocus', '--sync', window);
  for (const key of keys) {
    if (key.startsWith('/')) xdotool('type', key);
    else xdotool('key', key);
  }
}

function shownWindowOf(app: DesktopApp): string {
  const window = windowOf(app);
  if (window === undefined) throw new Error('the app shows no window');
  return window;
}

/** The id of the one that is on the screen, of several that a program has. */
function windowOf({ pid }: DesktopApp): string | undefined {
  return search('--pid', String(pid), '--name', 'Holdfast$')[0];
}

/** The ids of windows that are on the screen. */
function search(...words: readonly string[]): string[] {
  try {
    const found = xdotool('search', '--all', '--onlyvisible', ...words);
    return found.split('\n').filter((line) => line !== '');
  } catch {
    return []; // none was found
  }
}

function xdotool(...words: readonly string[]): string {
  return execFileSync('xdotool', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
