/**
 * The settings file: versioned JSON, written whole or not at all. A corrupt file is moved aside, and
 * the window says so; one written by a newer Holdfast stays, and changes last until the app ends.
 */

import * as z from 'zod/mini';
import { describeIssues } from '../contract/define.ts';
import { errorText } from '../contract/error-text.ts';
import type { Problem } from '../contract/gateway.ts';
import { newestSettingsSchema, type Settings, settingsSchema } from '../contract/settings.ts';
import { renameDurable, writeDurable } from '../files/durable-write.ts';
import { FileProblem, readUserText } from '../files/untrusted-file.ts';

/** Settings are a page of JSON; anything larger is not one. */
const maxBytes = 64 * 1024;

export interface LoadedSettings {
  readonly settings: Settings;
  /** False: the file must not be written to. */
  readonly writable: boolean;
  readonly problem: Problem | null;
}

const versionSchema = z.object({ schema: z.number() });

export const defaultSettings: Settings = z.parse(settingsSchema, {});

/**
 * Reads the settings at `file`. Never throws: what can't be read becomes defaults and a problem.
 * `now` (epoch milliseconds) names a corrupt file that is moved aside.
 */
export function loadSettings(file: string, now: number): LoadedSettings {
  let text: string;
  try {
    const read = readUserText(file, maxBytes);
    if ('problem' in read) return moveAside(file, now, read.problem);
    text = read.text;
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    if (error.fault === 'missing') {
      return { settings: defaultSettings, writable: true, problem: null };
    }
    if (error.fault === 'refused') return moveAside(file, now, error.why);
    return {
      settings: defaultSettings,
      writable: false,
      problem: {
        message: `The settings in ${file} could not be read: ${error.why}.`,
        hint: 'Changes to settings last until Holdfast ends. Check the permissions of that file.',
      },
    };
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return moveAside(file, now, 'it is not JSON');
  }
  const version = z.safeParse(versionSchema, json);
  if (version.success && version.data.schema > newestSettingsSchema) {
    return {
      settings: defaultSettings,
      writable: false,
      problem: {
        message: `The settings in ${file} were written by a newer Holdfast and are left alone.`,
        hint: 'Changes to settings last until Holdfast ends. Install the newer version to keep them.',
      },
    };
  }
  const parsed = z.safeParse(settingsSchema, json);
  if (!parsed.success) return moveAside(file, now, describeIssues(parsed.error));
  return { settings: parsed.data, writable: true, problem: null };
}

/** Writes the settings whole; throws when the disk refuses. */
export function saveSettings(file: string, settings: Settings): void {
  writeDurable(file, `${JSON.stringify(settings, null, 2)}\n`);
}

function moveAside(file: string, now: number, reason: string): LoadedSettings {
  const aside = `${file}.corrupt-${now}`;
  try {
    renameDurable(file, aside);
  } catch (error) {
    return {
      settings: defaultSettings,
      writable: false,
      problem: {
        message: `The settings in ${file} can't be used (${reason}) and could not be moved aside (${errorText(error)}).`,
        hint: 'Changes to settings last until Holdfast ends. Remove that file to start with the defaults.',
      },
    };
  }
  return {
    settings: defaultSettings,
    writable: true,
    problem: {
      message: `The settings could not be used (${reason}); Holdfast started with its defaults.`,
      hint: `The old file is kept as ${aside}.`,
    },
  };
}
