/**
 * What the system's own service manager starts when its user logs in, and starts again when it ends
 * unexpectedly: a systemd user unit, a launchd agent, a logon task. One entry per state folder, named
 * by its hash, so that installations never meet.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { errorText } from '../contract/error-text.ts';
import { textOf as untrustedText } from '../files/untrusted-file.ts';

/** The program that an entry runs. */
export interface LoginProgram {
  readonly id: string;
  /** An absolute path. */
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Exit codes after which a restart would be pointless. */
  readonly finalCodes: readonly number[];
  /** With this word as its last argument it ends with 0 instead of one of these. */
  readonly finalAsSuccess: string;
}

export interface LoginEntries {
  /** Our own entry's file, whether it exists or not. */
  file(id: string): string;
  /** Whether the entry says exactly this. */
  isCurrent(program: LoginProgram): boolean;
  /** What the entry says, with the command in plain text; null without one. */
  says(id: string): string | null;
  /** False when there is one that its user, or another program, has switched off. */
  isEnabled(id: string): boolean;
  /**
   * Writes the entry, has the program started at every login, and at once. Rejects with a sentence;
   * then there is no entry.
   */
  register(program: LoginProgram): Promise<void>;
  /** Removes the entry, even a damaged one. What it has started runs on. Rejects with a sentence. */
  unregister(id: string): Promise<void>;
  /** Entries of other names that mention `word`. */
  others(id: string, word: string): string[];
}

/** The entry's name for a state folder. */
export function loginEntryId(stateRoot: string): string {
  return createHash('sha256').update(stateRoot).digest('hex').slice(0, 16);
}

/** Desktop entries, units and agents are a page of text. */
const maxBytes = 1024 * 1024;

/** An entry's text; null when it can't be read. */
export function textOf(path: string): string | null {
  return untrustedText(path, maxBytes, { links: 'follow', owner: 'any' }) ?? null;
}

/** The files with this ending in `folder` that mention `word`, without `except`. */
export function filesThatMention(
  word: string,
  { folder, ending, except }: { folder: string; ending: string; except: string },
): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name))
    .filter((path) => path !== except && textOf(path)?.includes(word));
}

/** The last line of an error: what a failed program printed last. */
export function lastLine(error: unknown): string {
  const text = errorText(error);
  return text.trim().split('\n').at(-1) ?? text;
}
