/** Without Electron: what an app that was killed has left half written. */
import path from 'node:path';
import { sweepDrafts } from '../files/durable-write.ts';
import type { StateFolder } from '../files/state-folder.ts';

/**
 * Removes the drafts of what the app writes: its settings, and the command line's launcher. For the one app that
 * has the state folder; a command that writes the launcher at this moment does so again at its next launch.
 */
export function sweepAppDrafts(state: StateFolder): void {
  for (const written of [state.root, path.dirname(state.launcher)]) sweepDrafts(written);
}
