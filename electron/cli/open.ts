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

export async function open(
  state: StateFolder,
  { gateway }: OpenCommand,
  { print }: Voice,
  { platform, env, settleMs: patience }: Surroundings = {
    ...{ platform: process.platform, env: process.env, settleMs },
  },
): Promise<number> {
  const [chosen] = gateway === null ? [] : await pickGateways(state, [gateway]);
  if (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY) {
    throw new CliProblem(
      'There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can open. Run it in a terminal of your desktop; here, “holdfast status” says the same.',
      cliExit.failed,
    );
  }
  const { command, args } = programOf(state);
  const started = await launchOutside({
    kind: 'app',
    command,
    args: chosen ? [...args, `--show-gateway=${chosen.id}`] : args,
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
  print(chosen ? `Holdfast’s window shows ${chosen.name}.` : 'Holdfast’s window is open.');
  return cliExit.ok;
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
