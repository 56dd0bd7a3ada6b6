/** Files by which a service manager is told what to start. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { textOf as untrustedText } from '../files/untrusted-file.ts';

/** Desktop entries, units and agents are a page of text. */
const maxBytes = 1024 * 1024;

/** A file's text; null when it can't be read. */
export function textOf(path: string): string | null {
  return untrustedText(path, maxBytes, { links: 'follow', owner: 'any' }) ?? null;
}

/** The files with this ending in `folder` that mention `word`, but for `except`. */
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

/** The last line of an error: what a program that failed has said. */
export function lastLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split('\n').at(-1) ?? text;
}
