/**
 * `bin/holdfast` in the state folder: the command line of the build that was launched last. Its path stays the
 * same over updates, so it can be put on the PATH once.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { sweepDrafts, writeDurable } from '../files/durable-write.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { textOf } from '../files/untrusted-file.ts';
import { commandLineScript, type Stage } from './staged.ts';

/** A few lines with three paths. */
const maxBytes = 32 * 1024;

/** Whether it leads to this bundle, as far as its text shows. */
export function launcherLeadsTo(state: StateFolder, bundle: string): boolean {
  return textOf(state.launcher, maxBytes)?.includes(path.basename(bundle)) ?? false;
}

/** Leaves it alone when it leads to `stage` already. Throws the file system's error. */
export function writeLauncher(state: StateFolder, stage: Stage): void {
  const text = process.platform === 'win32' ? batch(state, stage) : shell(state, stage);
  if (textOf(state.launcher, maxBytes) === text) return;
  const folder = path.dirname(state.launcher);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // A launch may have been killed while it wrote.
  sweepDrafts(folder);
  writeDurable(state.launcher, text, 0o700);
}

const note = 'The command line of Holdfast, which writes this file anew after each update.';

function shell(state: StateFolder, { bundle, runtime }: Stage): string {
  const words = [runtime, commandLineScript(bundle), '--user-data-dir', state.root];
  return `#!/bin/sh\n# ${note}\nexec ${words.map(quoted).join(' ')} "$@"\n`;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** By paths beside it: those hold no letter that a console's code page could mistake. */
function batch(state: StateFolder, { bundle, runtime }: Stage): string {
  const folder = path.dirname(state.launcher);
  const beside = (file: string): string => `"%~dp0${path.relative(folder, file)}"`;
  const words = [runtime, commandLineScript(bundle)].map(beside).join(' ');
  return `@rem ${note}\r\n@${words} --user-data-dir "%~dp0.." %*\r\n`;
}
