/** `holdfast open`: brings the window to the front, at a gateway. It starts the app where none runs. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { cliExit } from '../contract/exit-codes.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { type AppProgram, recordedAppProgram } from '../link/app-program.ts';
import { appEnvironment, launchOutside, systemClock, within } from '../process/index.ts';
import { CliProblem } from './cli-problem.ts';
import { pickGateways } from './gateway-names.ts';
import type { OpenCommand } from './requests.ts';
import type { Voice } from './voice.ts';
import { ownSource } from './watcher-link.ts';

/** An app that can't start says so within that; one that has found another has ended by then. */
const settleMs = 3_000;

/** The parts of the outside world; replaced in tests. */
export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly settleMs: number;
}

const usual: Surroundings = { platform: process.platform, env: process.env, settleMs };

export async function open(
  state: StateFolder,
  { gateway }: OpenCommand,
  { print }: Voice,
  { platform, env, settleMs: patience }: Surroundings = usual,
): Promise<number> {
  const [chosen] = gateway === null ? [] : await pickGateways(state, [gateway]);
  await startApp(
    state,
    chosen ? [`--show-gateway=${chosen.id}`] : [],
    { platform, env, settleMs: patience },
    'here, “holdfast status” says the same',
  );
  print(chosen ? `Holdfast’s window shows ${chosen.name}.` : 'Holdfast’s window is open.');
  return cliExit.ok;
}

/**
 * Starts the app with these arguments; one that runs already gets them. Rejects with a CliProblem.
 *
 * @param instead what helps where there is no display; a part of a sentence
 */
export async function startApp(
  state: StateFolder,
  more: readonly string[],
  { platform, env, settleMs: patience }: Surroundings = usual,
  instead?: string,
): Promise<void> {
  if (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY) {
    const help = instead === undefined ? '' : `; ${instead}`;
    throw new CliProblem(
      `There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can open. Run it in a terminal of your desktop${help}.`,
      cliExit.failed,
    );
  }
  const { command, args } = programOf(state);
  const started = await launchOutside({
    kind: 'app',
    command,
    args: [...args, ...more],
    cwd: path.dirname(command),
    env: appEnvironment(env),
    stdout: 'ignore',
    stderr: 'ignore',
    nonce: '',
    escape: 'session',
  });
  const exit = await within(systemClock, patience, () => started.exited);
  if (exit !== 'late' && exit.code !== 0) {
    throw new CliProblem(
      `Holdfast’s window did not open: its program ended at once (${exit.signal ?? `exit code ${exit.code}`}). Its log may say why: ${state.appLog}`,
      cliExit.failed,
    );
  }
}

/** As the app that ran here last; else the one that this command line ships with. */
function programOf(state: StateFolder): AppProgram {
  const recorded = recordedAppProgram(state);
  if (recorded && existsSync(recorded.command)) return recorded;
  const name = process.platform === 'win32' ? 'Holdfast.exe' : 'holdfast';
  const beside = path.join(ownSource().bundle, '..', '..', '..', name);
  if (existsSync(beside)) return { command: beside, args: [`--user-data-dir=${state.root}`] };
  throw new CliProblem(
    'It is not known where Holdfast’s app lies: start it once by hand, then this command finds it.',
    cliExit.failed,
  );
}
