/** Whether a terminal finds the command line: its folder on the user's search path, where the system keeps one. */
import path from 'node:path';
import type { AppState } from '../contract/app-contract.ts';
import { type UserPath, userPath } from '../process/index.ts';

/** What it needs of the app's store. */
interface Store {
  parts(): Pick<AppState, 'app'>;
  put(change: Pick<AppState, 'app'>): void;
}

/** Tells the store how it is, also when the user changed it; null where Holdfast can't read or change it. */
export function showOnPath(store: Store, own: UserPath | null = userPath()): void {
  const { app } = store.parts();
  store.put({ app: { ...app, launcherOnPath: isOn(path.dirname(app.launcher), own) } });
}

/** Puts it there or takes it away, and tells the store how it is then. Rejects with a sentence. */
export async function setOnPath(
  store: Store,
  on: boolean,
  own: UserPath | null = userPath(),
): Promise<void> {
  const folder = path.dirname(store.parts().app.launcher);
  try {
    await (on ? own?.add(folder) : own?.remove(folder));
  } finally {
    showOnPath(store, own);
  }
}

function isOn(folder: string, own: UserPath | null): boolean | null {
  try {
    return own?.has(folder) ?? null;
  } catch {
    // The window offers the folder to be copied then.
    return null;
  }
}
