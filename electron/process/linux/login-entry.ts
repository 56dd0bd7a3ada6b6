/** Login entries on Linux: units of the user's own systemd. */
import { existsSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { writeDurable } from '../../files/durable-write.ts';
import { filesThatMention, type LoginEntries, lastLine, textOf } from '../login-entry.ts';
import { run } from '../on-demand.ts';
import { unitText } from './unit-file.ts';

/** systemd answers within milliseconds; one that hangs must not hang the app. */
const managerTimeoutMs = 10_000;

/** The user's systemd, as far as the entries need it. */
export interface Systemd {
  readonly folder: string;
  /** Whether systemd runs this machine (sd_booted(3)). */
  booted(): boolean;
  /** Runs `systemctl --user` with these words; rejects with what it printed. */
  systemctl(words: readonly string[]): Promise<void>;
}

function userSystemd(): Systemd {
  const config = process.env.XDG_CONFIG_HOME || join(homedir(), '.config');
  return {
    folder: join(config, 'systemd', 'user'),
    booted: () => existsSync('/run/systemd/system'),
    async systemctl(words) {
      await run('systemctl', ['--user', ...words], { timeout: managerTimeoutMs });
    },
  };
}

export function linuxLoginEntries(systemd: Systemd = userSystemd()): LoginEntries {
  const nameOf = (id: string): string => `holdfast-watcher-${id}.service`;
  const file = (id: string): string => join(systemd.folder, nameOf(id));
  const wanted = (id: string): string => join(systemd.folder, 'default.target.wants', nameOf(id));

  /** Without the manager's help, so that nothing is left even when it does not answer. */
  function removeFiles(id: string): void {
    rmSync(file(id), { force: true });
    rmSync(wanted(id), { force: true });
  }

  return {
    file,
    isCurrent: (program) => textOf(file(program.id)) === unitText(program),
    says: (id) => textOf(file(id)),
    // A link, of which nothing but its name counts.
    isEnabled: (id) => lstatSync(wanted(id), { throwIfNoEntry: false }) !== undefined,
    async register(program) {
      const text = unitText(program);
      if (!systemd.booted()) {
        throw new Error(
          'This system is not run by systemd, so nothing can be registered with it. Let your session run “holdfast start <gateway>” instead.',
        );
      }
      const name = nameOf(program.id);
      try {
        mkdirSync(systemd.folder, { recursive: true, mode: 0o700 });
        writeDurable(file(program.id), text);
        await systemd.systemctl(['daemon-reload']);
        await systemd.systemctl(['enable', '--quiet', name]);
        await systemd.systemctl(['start', '--no-block', name]);
      } catch (error) {
        removeFiles(program.id);
        await systemd.systemctl(['daemon-reload']).catch(() => {});
        throw new Error(
          `Your systemd did not take the entry ${name} (${lastLine(error)}). “systemctl --user status” says whether it runs.`,
          { cause: error },
        );
      }
    },
    async unregister(id) {
      if (!existsSync(file(id))) return removeFiles(id);
      try {
        await systemd.systemctl(['disable', '--quiet', nameOf(id)]);
      } catch {
        // The files decide: a manager that does not answer reads them at its next start.
      }
      removeFiles(id);
      await systemd.systemctl(['daemon-reload']).catch(() => {});
    },
    others: (id, word) =>
      filesThatMention(word, { folder: systemd.folder, ending: '.service', except: file(id) }),
  };
}
