/** A task for the logon: its text, and its life beside a stand-in for the Task Scheduler. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type LoginProgram, loginEntryId } from '../login-entry.ts';
import { windowsLoginEntries } from './login-entry.ts';
import { taskName, taskText } from './login-task.ts';

const program: LoginProgram = {
  id: loginEntryId('C:\\Users\\O’Neil\\state'),
  command: "C:\\Users\\it's\\watcher-node.exe",
  args: ['watcher.cjs', '--state', 'C:\\a b\\'],
  cwd: 'C:\\a b',
  env: { HOLDFAST_STATE: 'C:\\a b', PATH: 'C:\\Windows' },
  finalCodes: [64, 75],
  finalAsSuccess: '--final-as-success',
};
const name = taskName(program.id);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-login-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function scheduler() {
  const tasks = new Set<string>();
  const disabled = new Set<string>();
  const refused = { words: '' };
  const entries = windowsLoginEntries({
    folder,
    user: () => 'S-1-5-21-7',
    exists: (task) => tasks.has(task),
    isEnabled: (task) => tasks.has(task) && !disabled.has(task),
    async schtasks([verb = '', , task = '']) {
      if (verb === refused.words) throw new Error('Command failed\nERROR: Access is denied.');
      if (verb === '/create') tasks.add(task);
      if (verb === '/delete' && !tasks.delete(task)) throw new Error('ERROR: not found');
    },
  });
  return { entries, tasks, disabled, refused };
}

it('is a task for this user alone, without raised rights, that has no window', () => {
  const text = taskText(program, 'S-1-5-21-7');
  expect(text).toContain('<UserId>S-1-5-21-7</UserId>');
  // The scheduler's own is below normal, and gateways would inherit it.
  expect(text).toContain('<Priority>5</Priority>');
  expect(text).toContain('<RunLevel>LeastPrivilege</RunLevel>');
  const encoded = /-EncodedCommand ([A-Za-z0-9+/=]+)/.exec(text)?.[1] ?? '';
  const script = Buffer.from(encoded, 'base64').toString('utf16le');
  expect(script).toContain("-FilePath 'C:\\Users\\it''s\\watcher-node.exe'");
  expect(script).toContain(`-ArgumentList 'watcher.cjs --state "C:\\a b\\\\"'`);
  expect(script).toContain('if (@(0, 64, 75) -contains $made.ExitCode) { exit 0 }');
  // Neither methods nor types: under application control there are none.
  expect(script).not.toMatch(/New-Object|\[[A-Z]\w+[\].]|\.\w+\(/);
  expect(script).not.toContain('PATH');
});

it('is made and deleted, and leaves nothing', async () => {
  const { entries, tasks } = scheduler();
  expect(entries.isCurrent(program)).toBe(false);
  await entries.register(program);
  expect([...tasks]).toEqual([name]);
  expect(entries.isCurrent(program)).toBe(true);
  expect(entries.isCurrent({ ...program, args: [] })).toBe(false);
  expect(readFileSync(entries.file(program.id)).subarray(0, 2)).toEqual(Buffer.from([0xff, 0xfe]));
  await entries.unregister(program.id);
  expect([...tasks]).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});

it('that the user has deleted is no longer current, and leaves nothing either', async () => {
  const { entries, tasks } = scheduler();
  await entries.register(program);
  tasks.clear();
  expect(entries.isCurrent(program)).toBe(false);
  await entries.unregister(program.id);
  expect(readdirSync(folder)).toEqual([]);
});

it('that is refused says why, and leaves nothing', async () => {
  const { entries, tasks, refused } = scheduler();
  refused.words = '/run';
  await expect(entries.register(program)).rejects.toThrow(/Access is denied/);
  expect([...tasks]).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});

it('that can’t be deleted is said, and not forgotten', async () => {
  const { entries, refused } = scheduler();
  await entries.register(program);
  refused.words = '/delete';
  await expect(entries.unregister(program.id)).rejects.toThrow(/could not be deleted/);
  expect(readdirSync(folder).length).toBe(1);
});
