/**
 * Login entries on macOS: launchd agents of the user. Run against a stand-in for launchd, not yet on a Mac.
 *
 * launchd ends what it forgets, and forgets nothing that changes on the disk. So a job whose watcher runs
 * is never taken from it: its file is written or removed, which counts from the next login on.
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { writeDurable } from '../../files/durable-write.ts';
import { filesThatMention, type LoginEntries, lastLine, textOf } from '../login-entry.ts';
import { agentLabel, agentText } from './agent-file.ts';
import {
  findJob,
  isSwitchedOff,
  type Launchd,
  LaunchdError,
  loadJob,
  unloadJob,
  userLaunchd,
} from './launchd.ts';

/** Where launchd looks for the agents of a user. */
function userAgents(): string {
  return join(homedir(), 'Library', 'LaunchAgents');
}

export function darwinLoginEntries(
  launchd: Launchd = userLaunchd(),
  folder: string = userAgents(),
): LoginEntries {
  const file = (id: string): string => join(folder, `${agentLabel(id)}.plist`);

  /** Loads it now, unless its watcher runs. */
  async function takeEffect(id: string): Promise<void> {
    const label = agentLabel(id);
    const job = await findJob(launchd, label);
    if (job !== undefined && job.pid !== 0) return;
    if (job) await unloadJob(launchd, label);
    try {
      await loadJob(launchd, label, file(id));
    } catch (error) {
      // It is read at the next login all the same, and a watcher serves already.
      if (!(error instanceof LaunchdError && error.busy)) throw error;
    }
  }

  return {
    file,
    isCurrent: (program) => textOf(file(program.id)) === agentText(program),
    says: (id) => textOf(file(id)),
    isEnabled: (id) => existsSync(file(id)) && !isSwitchedOff(launchd, agentLabel(id)),
    async register(program) {
      const { id } = program;
      try {
        mkdirSync(folder, { recursive: true });
        writeDurable(file(id), agentText(program));
        await takeEffect(id);
      } catch (error) {
        rmSync(file(id), { force: true });
        throw new Error(
          `launchd did not take the entry ${agentLabel(id)} (${lastLine(error)}). System Settings → General → Login Items says whether it is allowed.`,
          { cause: error },
        );
      }
    },
    async unregister(id) {
      if (!existsSync(file(id))) return;
      rmSync(file(id), { force: true });
      const job = await findJob(launchd, agentLabel(id));
      if (job?.pid === 0) await unloadJob(launchd, agentLabel(id));
    },
    others: (id, word) => filesThatMention(word, { folder, ending: '.plist', except: file(id) }),
  };
}
