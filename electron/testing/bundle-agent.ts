/**
 * For tests: a watcher that launchd runs and that exchanges an app bundle. Its only argument says which, as JSON.
 * It kills itself before its rename number `dieAt` of all that were made so far, and ends with 0 when it is done.
 */
import { appendFileSync, readFileSync, renameSync } from 'node:fs';
import { stateFolder } from '../files/state-folder.ts';
import { systemClock } from '../process/index.ts';
import { putUnpackedInPlace } from '../transaction/installed-folder.ts';

export interface AgentWork {
  readonly stateRoot: string;
  readonly attempt: string;
  readonly toBuild: string;
  readonly appFile: string;
  readonly listSha512: string;
  /** A file with one character for each rename so far. */
  readonly counter: string;
  readonly dieAt: number;
}

const work: AgentWork = JSON.parse(process.argv[2] ?? '');
const made = (): number => readFileSync(work.counter, 'utf8').length;

await putUnpackedInPlace(
  {
    clock: systemClock,
    state: stateFolder(work.stateRoot),
    log: () => undefined,
    rename(from, to) {
      appendFileSync(work.counter, 'x');
      if (made() === work.dieAt) process.kill(process.pid, 'SIGKILL');
      renameSync(from, to);
    },
  },
  work,
  work,
  work.listSha512,
);
