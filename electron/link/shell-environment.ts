/** What gateways are to get of the user's environment, as the app or the command line knows it. */
import type { ReportedEnvironment } from '../contract/watcher-contract.ts';
import { askLoginShell, joinSearchPaths, userOpenFiles } from '../process/index.ts';

/** As a login shell has it. Asked at every connection: the user may have installed programs since. */
export async function loginShellEnvironment(): Promise<ReportedEnvironment> {
  const path = joinSearchPaths((await askLoginShell()) ?? undefined, process.env.PATH);
  return { from: 'app', path, ...openFilesLimit() };
}

/** As the terminal has it in which the command line runs. */
export function terminalEnvironment(): ReportedEnvironment {
  return { from: 'cli', path: process.env.PATH ?? '', ...openFilesLimit() };
}

function openFilesLimit(): Pick<ReportedEnvironment, 'openFiles'> {
  const openFiles = userOpenFiles();
  return openFiles === undefined ? {} : { openFiles };
}
