/** The command line on the user's search path, on a system that keeps one and on others. */
import { beforeEach, expect, test } from 'vitest';
import type { UserPath } from '../process/index.ts';
import { partsWith } from '../testing/app-states.ts';
import { type AppStore, createAppStore } from './app-store.ts';
import { setOnPath, showOnPath } from './launcher-path.ts';

let store: AppStore;
beforeEach(() => {
  store = createAppStore(partsWith());
});
const shown = (): boolean | null => store.state().app.launcherOnPath;

/** As that of Windows, without a registry. */
function fakePath(changes: Partial<UserPath> = {}): UserPath & { readonly folders: Set<string> } {
  const folders = new Set<string>();
  return {
    folders,
    has: (folder) => folders.has(folder),
    add: async (folder) => void folders.add(folder),
    remove: async (folder) => void folders.delete(folder),
    ...changes,
  };
}

test('its folder is put there and taken away, and the window is told each time', async () => {
  const path = fakePath();
  showOnPath(store, path);
  expect(shown()).toBe(false);
  await setOnPath(store, true, path);
  // Of /bin/holdfast.
  expect([...path.folders]).toEqual(['/bin']);
  expect(shown()).toBe(true);
  await setOnPath(store, false, path);
  expect(shown()).toBe(false);
});

test('what the system refuses is said, and the window shows how it is', async () => {
  const path = fakePath({ add: () => Promise.reject(new Error('A policy.')) });
  await expect(setOnPath(store, true, path)).rejects.toThrow('A policy.');
  expect(shown()).toBe(false);
});

test('where there is none, or it can’t be read, nothing is offered', () => {
  showOnPath(store, null);
  expect(shown()).toBe(null);
  const unreadable = (): boolean => {
    throw new Error('Not read.');
  };
  showOnPath(store, fakePath({ has: unreadable }));
  expect(shown()).toBe(null);
});
