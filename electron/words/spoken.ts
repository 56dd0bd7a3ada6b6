/**
 * The language that this process speaks. The app and its window follow the user's choice; the watcher and the
 * command line never call `speak`: what they write is read by scripts, and by people who help.
 */
import { en } from './en/index.ts';
import type { Words } from './words.ts';

/** Read anew at each use (a binding of a module is live): nothing may keep a word. */
export let words: Words = en;

const listeners = new Set<() => void>();

export function speak(next: Words): void {
  words = next;
  for (const listener of listeners) listener();
}

/** Calls back whenever another language is spoken. */
export function onSpoken(listener: () => void): void {
  listeners.add(listener);
}
