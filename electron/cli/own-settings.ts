/** The user's settings, as far as the command line keeps to them. */
import * as z from 'zod/mini';
import { type Settings, settingsSchema } from '../contract/settings.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { FileProblem, readUntrustedJson } from '../files/untrusted-file.ts';

const maxBytes = 64 * 1024;

/** What holds where nothing was set; null when the file can't be read. */
export function ownSettings(state: StateFolder): Settings | null {
  try {
    return readUntrustedJson(state.settings, settingsSchema, maxBytes, { owner: 'any' });
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    return error.fault === 'missing' ? z.parse(settingsSchema, {}) : null;
  }
}
