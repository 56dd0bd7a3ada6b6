/** Writes down how this app was started, so that `holdfast open` can start it again. */
import { errorText } from '../contract/error-text.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { recordAppProgram } from '../link/app-program.ts';
import type { Log } from '../logging/logging.ts';
import { ownOrigin, runsFromImage } from '../update/appimage-origin.ts';
import { launchArguments, withoutOnce } from './launch-options.ts';

/** @param args this program's own arguments */
export function recordStart(state: StateFolder, args: readonly string[], log: Log): void {
  const { execPath: program, env } = process;
  const command = runsFromImage(ownOrigin()) ? (env.APPIMAGE ?? program) : program;
  try {
    recordAppProgram(state, { command, args: withoutOnce(launchArguments(args, state.root)) });
  } catch (error) {
    log.warn(`“holdfast open” can’t find this app: ${errorText(error)}`);
  }
}
