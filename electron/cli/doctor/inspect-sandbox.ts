/** Checks whether the window of the app that was started last has Chromium's sandbox. */
import type { StateFolder } from '../../files/state-folder.ts';
import { readPart } from '../../files/untrusted-file.ts';
import { type AppProgram, recordedAppProgram } from '../../link/app-program.ts';
import { judgeSandbox, refusedSandbox } from '../../link/sandbox.ts';
import { userNamespaces } from '../../process/index.ts';
import { type Finding, fail, pass, skip } from './finding.ts';

/** What an AppImage of the second type has in its head, after that of an ELF file. */
const imageMark = { at: 8, bytes: Buffer.from('AI\x02', 'latin1') };

/** @param namespaces asks the system, which takes milliseconds */
export function inspectSandbox(state: StateFolder, namespaces = userNamespaces): Finding {
  const app = lastApp(state);
  if (!app) return skip('sandbox', 'No app is known to have been started with it.');
  const { problem } = judgeSandbox({ args: app.args, fromImage: false, namespaces });
  const found = problem ?? (isImage(app.command) ? refusedSandbox(namespaces()) : null);
  if (!found) return pass('sandbox', 'The window runs in one.');
  return fail('sandbox', [found.message, found.hint].join(' '));
}

function lastApp(state: StateFolder): AppProgram | null {
  try {
    return recordedAppProgram(state);
  } catch {
    return null;
  }
}

function isImage(file: string): boolean {
  try {
    const { at, bytes } = imageMark;
    const part = { maxBytes: bytes.length, start: () => at };
    return readPart(file, part, { links: 'follow', owner: 'any' }).bytes.equals(bytes);
  } catch {
    return false;
  }
}
