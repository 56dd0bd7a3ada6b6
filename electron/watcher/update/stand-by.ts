/**
 * Who goes on with an update when this watcher dies and no app runs that would start another one: when both are
 * killed, between the old app's end and the new app's window, and when the new version does not start at all.
 * It is the same program with `--after`: it waits for the end of this one, and serves if an update is unfinished.
 */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { errorText } from '../../contract/error-text.ts';
import type { Identity } from '../../contract/identity.ts';
import type { StateFolder } from '../../files/state-folder.ts';
import {
  appEnvironment,
  endProcess,
  isAlive,
  type SpawnSpec,
  selfIdentity,
  spawnDetached,
} from '../../process/index.ts';

export interface StandBy {
  /** Starts one, unless it runs already. Never throws: an update goes on without. */
  begin(): void;
  /** The update is over. */
  end(): void;
}

/** For updates in which nobody needs to stand by. */
export const noStandBy: StandBy = { begin: () => undefined, end: () => undefined };

export function createStandBy(deps: {
  readonly state: StateFolder;
  log(message: string): void;
}): StandBy {
  const { state, log } = deps;
  let one: Identity | undefined;
  return {
    begin() {
      if (one && isAlive(one)) return;
      try {
        one = spawnDetached(standBySpec(state)).identity;
      } catch (error) {
        log(`Nobody stands by while the update goes on: ${errorText(error)}`);
      }
    },
    end() {
      if (one && isAlive(one)) endProcess(one);
      one = undefined;
    },
  };
}

function standBySpec(state: StateFolder): SpawnSpec {
  const { pid, startedAt } = selfIdentity();
  const [, script = ''] = process.argv;
  return {
    kind: 'watcher',
    command: process.execPath,
    args: [...process.execArgv, script, '--state', state.root, '--after', `${pid}:${startedAt}`],
    cwd: state.root,
    env: appEnvironment(process.env, { HOLDFAST_STATE: state.root }),
    stdout: 'ignore',
    stderr: path.join(state.logs, 'watcher-stderr.log'),
    nonce: randomBytes(16).toString('hex'),
    // This watcher lives outside the app, and so does what it starts.
    escape: 'session',
  };
}
