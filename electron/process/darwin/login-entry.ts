/** Login entries on macOS: launchd agents of the user. Written to its manual; not yet run on a Mac. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { writeDurable } from '../../files/durable-write.ts';
import { filesThatMention, type LoginEntries, lastLine, textOf } from '../login-entry.ts';
import { run } from '../on-demand.ts';
import { agentLabel, agentText } from './agent-file.ts';

/** launchd answers within milliseconds; one that hangs must not hang the app. */
const managerTimeoutMs = 10_000;

/** The user's launchd, as far as the entries need it. */
export interface Launchd {
  readonly folder: string;
  readonly domain: string;
  /** Runs `launchctl` with these words; rejects with what it printed. */
  launchctl(words: readonly string[]): Promise<void>;
}

function userLaunchd(): Launchd {
  return {
    folder: join(homedir(), 'Library', 'LaunchAgents'),
    domain: `gui/${process.getuid?.() ?? 0}`,
    async launchctl(words) {
      await run('launchctl', words, { timeout: managerTimeoutMs });
    },
  };
}

export function darwinLoginEntries(launchd: Launchd = userLaunchd()): LoginEntries {
  const file = (id: string): string => join(launchd.folder, `${agentLabel(id)}.plist`);
  const unload = (id: string): Promise<void> =>
    // Fails when there is none, which is the wanted result.
    launchd.launchctl(['bootout', `${launchd.domain}/${agentLabel(id)}`]).catch(() => {});

  return {
    file,
    isCurrent: (program) => textOf(file(program.id)) === agentText(program),
    says: (id) => textOf(file(id)),
    // To ask launchd takes a program, and an agent that is switched off is rare.
    isEnabled: (id) => existsSync(file(id)),
    async register(program) {
      try {
        mkdirSync(launchd.folder, { recursive: true });
        await unload(program.id);
        writeDurable(file(program.id), agentText(program));
        await launchd.launchctl(['bootstrap', launchd.domain, file(program.id)]);
      } catch (error) {
        rmSync(file(program.id), { force: true });
        throw new Error(
          `launchd did not take the entry ${agentLabel(program.id)} (${lastLine(error)}).`,
          {
            cause: error,
          },
        );
      }
    },
    async unregister(id) {
      if (!existsSync(file(id))) return;
      rmSync(file(id), { force: true });
      await unload(id);
    },
    others: (id, word) =>
      filesThatMention(word, { folder: launchd.folder, ending: '.plist', except: file(id) }),
  };
}
