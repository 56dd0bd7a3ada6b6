/**
 * Login entries on Windows: tasks of the user's own, in plain sight of the Task Scheduler. What was
 * registered is kept as a file too, to tell whether it is current. Not yet run on a real Windows.
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readUntrusted } from '../../files/untrusted-file.ts';
import { type LoginEntries, lastLine } from '../login-entry.ts';
import { childProcess, run } from '../on-demand.ts';
import { taskName, taskText } from './login-task.ts';
import { ownUserSid } from './token.ts';

/** A task is a page of XML. */
const maxBytes = 256 * 1024;
/** The scheduler answers within a second; one that hangs must not hang the app. */
const schedulerTimeoutMs = 10_000;

/** The user's Task Scheduler, as far as the entries need it. */
export interface Scheduler {
  /** Where what was registered is kept. */
  readonly folder: string;
  /** The SID of this user. */
  user(): string;
  /** Runs `schtasks` with these words; rejects with what it printed. */
  schtasks(words: readonly string[]): Promise<void>;
  exists(name: string): boolean;
  /** False for a task that is switched off, or is not there. */
  isEnabled(name: string): boolean;
}

function userScheduler(): Scheduler {
  const { LOCALAPPDATA = '', USERDOMAIN = '', USERNAME = '' } = process.env;
  let user: string | undefined;
  const options = { timeout: schedulerTimeoutMs, windowsHide: true };
  return {
    folder: join(LOCALAPPDATA, 'Holdfast logon'),
    user() {
      user ??= ownUserSid() ?? `${USERDOMAIN}\\${USERNAME}`;
      return user;
    },
    async schtasks(words) {
      await run('schtasks.exe', words, options);
    },
    exists: (name) => query(name, []) !== null,
    isEnabled(name) {
      const text = query(name, ['/xml']);
      return text !== null && !/<\/Triggers>[\s\S]*<Enabled>false<\/Enabled>/.test(text);
    },
  };

  function query(name: string, words: readonly string[]): string | null {
    try {
      const args = ['/query', '/tn', name, ...words];
      return String(childProcess().execFileSync('schtasks.exe', args, options));
    } catch {
      return null;
    }
  }
}

export function windowsLoginEntries(scheduler: Scheduler = userScheduler()): LoginEntries {
  const file = (id: string): string => join(scheduler.folder, `${id}.xml`);
  const forget = (id: string): void => rmSync(file(id), { force: true });
  const written = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');

  return {
    file,
    isCurrent(program) {
      const { id } = program;
      if (!existsSync(file(id))) return false;
      const kept = readUntrusted(file(id), maxBytes);
      return (
        kept.equals(written(taskText(program, scheduler.user()))) && scheduler.exists(taskName(id))
      );
    },
    says(id) {
      if (!existsSync(file(id))) return null;
      const text = readUntrusted(file(id), maxBytes).toString('utf16le');
      const encoded = /-EncodedCommand ([A-Za-z0-9+/=]+)/.exec(text)?.[1] ?? '';
      return text + Buffer.from(encoded, 'base64').toString('utf16le');
    },
    isEnabled: (id) => scheduler.isEnabled(taskName(id)),
    async register(program) {
      const { id } = program;
      try {
        mkdirSync(scheduler.folder, { recursive: true });
        writeFileSync(file(id), written(taskText(program, scheduler.user())));
        await scheduler.schtasks(['/create', '/tn', taskName(id), '/xml', file(id), '/f']);
        await scheduler.schtasks(['/run', '/tn', taskName(id)]);
      } catch (error) {
        await scheduler.schtasks(['/delete', '/tn', taskName(id), '/f']).catch(() => {});
        forget(id);
        throw new Error(
          `The Task Scheduler did not take the task ${taskName(id)} (${lastLine(error)}).`,
          { cause: error },
        );
      }
    },
    async unregister(id) {
      if (!existsSync(file(id))) return;
      // Deleted, not ended: what it has started runs on.
      await scheduler.schtasks(['/delete', '/tn', taskName(id), '/f']).catch((error: unknown) => {
        if (!scheduler.exists(taskName(id))) return;
        throw new Error(`The task ${taskName(id)} could not be deleted (${lastLine(error)}).`, {
          cause: error,
        });
      });
      forget(id);
    },
    // To list everybody's tasks takes seconds, which no window waits for.
    others: () => [],
  };
}
