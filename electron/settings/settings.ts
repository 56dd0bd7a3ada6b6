/** The user's settings while the app runs: one value, changed here only, saved at every change. */

import * as z from 'zod/mini';
import { errorText } from '../contract/error-text.ts';
import type { Problem } from '../contract/gateway.ts';
import { type Settings, type SettingsChange, settingsSchema } from '../contract/settings.ts';
import { loadSettings, saveSettings } from './settings-file.ts';

export interface SettingsService {
  get(): Settings;
  /** What is wrong with the file: it was unusable at start, or the last change could not be saved. */
  problem(): Problem | null;
  /** Takes the change at once; a disk that refuses it becomes a problem, not an exception. */
  change(change: SettingsChange): void;
  /** Called after every change. Returns the function that stops it. */
  subscribe(listener: () => void): () => void;
}

/** Loads the settings at `file`. */
export function createSettings(deps: {
  readonly file: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}): SettingsService {
  const loaded = loadSettings(deps.file, deps.now());
  let settings = loaded.settings;
  let problem = loaded.problem;
  const listeners = new Set<() => void>();
  return {
    get: () => settings,
    problem: () => problem,
    change(change) {
      const wanted = Object.fromEntries(
        Object.entries(change).filter(([, value]) => value !== undefined),
      );
      settings = z.parse(settingsSchema, { ...settings, ...wanted });
      if (loaded.writable) {
        try {
          saveSettings(deps.file, settings);
          problem = null;
        } catch (error) {
          problem = {
            message: `The settings could not be saved to ${deps.file} (${errorText(error)}).`,
            hint: 'They last until Holdfast ends. Free some disk space or check the folder, then change them again.',
          };
        }
      }
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
