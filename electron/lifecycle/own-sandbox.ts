/** Whether this very app's window has Chromium's sandbox. */
import { type JudgedStart, judgeSandbox } from '../link/sandbox.ts';
import { userNamespaces } from '../process/index.ts';
import { ownOrigin, runsFromImage } from '../update/appimage-origin.ts';

/** @param args this program's own arguments */
export function ownSandbox(args: readonly string[]): JudgedStart {
  return judgeSandbox({ args, fromImage: runsFromImage(ownOrigin()), namespaces: userNamespaces });
}
