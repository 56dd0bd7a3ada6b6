/** Login entries on Linux: units of the user's own systemd. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { writeDurable } from '../durable.ts';
import { filesThatMention, lastLine, textOf } from '../entry-files.ts';
import type { LoginEntries } from '../login-program.ts';
import { run } from '../on-demand.ts';
import { unitText } from './unit-file.ts';

/** systemd answers within milliseconds; one that hangs must not hang the app. */
const MANAGER_TIMEOUT_MS = 10_000;

/** The system around, as far as it is asked. */
export interface SystemdPlace {
  readonly folder: string;
  /** Whether systemd runs this machine (sd_booted(3)). */
  booted(): boolean;
  /** Runs `systemctl --user` with these words; rejects with what it said. */
  systemctl(words: readonly string[]): Promise<void>;
}

function realPlace(): SystemdPlace {
  const config = process.env.XDG_CONFIG_HOME || join(homedir(), '.config');
  return {
    folder: join(config, 'systemd', 'user'),
    booted: () => existsSync('/run/systemd/system'),
    async systemctl(words) {
      await run('systemctl', ['--user', ...words], { timeout: MANAGER_TIMEOUT_MS });
    },
  };
}

export function linuxLoginEntries(place: SystemdPlace = realPlace()): LoginEntries {
  const nameOf = (id: string): string => `holdfast-watcher-${id}.service`;
  const file = (id: string): string => join(place.folder, nameOf(id));

  /** Without its manager's help, so that nothing is left even when that does not answer. */
  function removeFiles(id: string): void {
    rmSync(file(id), { force: true });
    rmSync(join(place.folder, 'default.target.wants', nameOf(id)), { force: true });
  }

  return {
    file,
    isCurrent: (program) => textOf(file(program.id)) === unitText(program),
    async register(program) {
      const text = unitText(program);
      if (!place.booted()) {
        throw new Error(
          'This system is not run by systemd, so nothing can be registered with it. Let your session run “holdfast start <gateway>” instead.',
        );
      }
      const name = nameOf(program.id);
      try {
        mkdirSync(place.folder, { recursive: true, mode: 0o700 });
        writeDurable(file(program.id), text);
        await place.systemctl(['daemon-reload']);
        await place.systemctl(['enable', '--quiet', name]);
        await place.systemctl(['start', '--no-block', name]);
      } catch (error) {
        removeFiles(program.id);
        await place.systemctl(['daemon-reload']).catch(() => {});
        throw new Error(
          `Your systemd did not take the entry ${name} (${lastLine(error)}). “systemctl --user status” says whether it runs.`,
          { cause: error },
        );
      }
    },
    async unregister(id) {
      if (!existsSync(file(id))) return removeFiles(id);
      try {
        await place.systemctl(['disable', '--quiet', nameOf(id)]);
      } catch {
        // The files are what counts; a manager that does not answer reads them at its next start.
      }
      removeFiles(id);
      await place.systemctl(['daemon-reload']).catch(() => {});
    },
    others: (id, word) =>
      filesThatMention(word, { folder: place.folder, ending: '.service', except: file(id) }),
  };
}
