/** Login entries on macOS: launchd agents of the user. Written to its manual; not yet run on a Mac. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { writeDurable } from '../durable.ts';
import { filesThatMention, lastLine, textOf } from '../entry-files.ts';
import type { LoginEntries } from '../login-program.ts';
import { run } from '../on-demand.ts';
import { agentLabel, agentText } from './agent-file.ts';

/** launchd answers within milliseconds; one that hangs must not hang the app. */
const MANAGER_TIMEOUT_MS = 10_000;

/** The system around, as far as it is asked. */
export interface LaunchdPlace {
  readonly folder: string;
  readonly domain: string;
  /** Runs `launchctl` with these words; rejects with what it said. */
  launchctl(words: readonly string[]): Promise<void>;
}

function realPlace(): LaunchdPlace {
  return {
    folder: join(homedir(), 'Library', 'LaunchAgents'),
    domain: `gui/${process.getuid?.() ?? 0}`,
    async launchctl(words) {
      await run('launchctl', words, { timeout: MANAGER_TIMEOUT_MS });
    },
  };
}

export function darwinLoginEntries(place: LaunchdPlace = realPlace()): LoginEntries {
  const file = (id: string): string => join(place.folder, `${agentLabel(id)}.plist`);
  const forget = (id: string): Promise<void> =>
    // Fails when there is none, which is what is wanted.
    place.launchctl(['bootout', `${place.domain}/${agentLabel(id)}`]).catch(() => {});

  return {
    file,
    isCurrent: (program) => textOf(file(program.id)) === agentText(program),
    async register(program) {
      try {
        mkdirSync(place.folder, { recursive: true });
        await forget(program.id);
        writeDurable(file(program.id), agentText(program));
        await place.launchctl(['bootstrap', place.domain, file(program.id)]);
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
      await forget(id);
    },
    others: (id, word) =>
      filesThatMention(word, { folder: place.folder, ending: '.plist', except: file(id) }),
  };
}
