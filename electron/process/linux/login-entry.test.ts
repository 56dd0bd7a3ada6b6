/** A unit for the login: its text, and its life beside a stand-in for the service manager. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LoginProgram, loginEntryId } from '../login-entry.ts';
import { linuxLoginEntries } from './login-entry.ts';
import { unitText } from './unit-file.ts';

const program: LoginProgram = {
  id: loginEntryId('/home/方舟/my state'),
  command: '/home/方舟/my state/staged/runtime-1/watcher-node',
  args: ['watcher.cjs', '--state', '/home/方舟/my state', '100% "$HOME" \\'],
  cwd: '/home/方舟/my state',
  env: { PATH: '/usr/bin:/opt/a b', HOLDFAST_STATE: '/home/方舟/my state' },
  finalCodes: [64, 75],
  finalAsSuccess: '--final-as-success',
};
const { id } = program;

let folder: string;
/** What the manager was asked, and what it refuses. */
let asked: string[];
let refused: RegExp;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-login-'));
  asked = [];
  refused = /^$/;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function manager(words: readonly string[]): Promise<void> {
  const line = words.join(' ');
  asked.push(line);
  if (refused.test(line)) throw new Error('Command failed\nFailed to connect to bus');
  // What `enable` and `disable` do.
  const name = words.at(-1) ?? '';
  const wants = join(folder, 'default.target.wants');
  if (words[0] === 'enable') {
    mkdirSync(wants, { recursive: true });
    symlinkSync(join('..', name), join(wants, name));
  }
  if (words[0] === 'disable') rmSync(join(wants, name));
}

const systemd = (booted = true) =>
  linuxLoginEntries({ folder, booted: () => booted, systemctl: manager });

const left = (): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => name);

describe('a systemd unit', () => {
  it('takes every word literally', () => {
    const text = unitText(program);
    expect(text).toContain(
      'ExecStart="/home/方舟/my state/staged/runtime-1/watcher-node" "watcher.cjs" "--state" "/home/方舟/my state" "100%% \\"$$HOME\\" \\\\"',
    );
    expect(text).toContain('Environment="PATH=/usr/bin:/opt/a b"');
    expect(text).toContain('RestartPreventExitStatus=64 75');
    // What the watcher has started must outlive it.
    expect(text).toContain('KillMode=process');
    expect(() => unitText({ ...program, cwd: '/a\nExecStart=/bin/evil' })).toThrow(/line break/);
  });

  it('is written, enabled and started, and leaves nothing when it is taken back', async () => {
    const entries = systemd();
    expect(entries.isCurrent(program)).toBe(false);
    await entries.register(program);
    expect(entries.isCurrent(program)).toBe(true);
    expect(entries.isCurrent({ ...program, command: '/newer' })).toBe(false);
    const name = `holdfast-watcher-${id}.service`;
    expect(asked).toEqual(['daemon-reload', `enable --quiet ${name}`, `start --no-block ${name}`]);
    expect(left()).toEqual([name, name]);
    await entries.unregister(id);
    expect(left()).toEqual([]);
    // A second call is no error, and does not ask systemd again.
    const before = asked.length;
    await entries.unregister(id);
    expect(asked.length).toBe(before);
  });

  it.each(['daemon-reload', 'enable', 'start'])(
    'that %s refuses leaves nothing, and says what was said',
    async (word) => {
      refused = new RegExp(`^${word}`);
      await expect(systemd().register(program)).rejects.toThrow(/Failed to connect to bus/);
      expect(left()).toEqual([]);
    },
  );

  it('is taken back also when its manager does not answer', async () => {
    await systemd().register(program);
    refused = /./;
    await systemd().unregister(id);
    expect(left()).toEqual([]);
  });

  it('is not written where no systemd would read it', async () => {
    await expect(systemd(false).register(program)).rejects.toThrow(/not run by systemd/);
    expect(left()).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('of another program is found and stays', async () => {
    const other = join(folder, 'mine.service');
    writeFileSync(other, 'ExecStart=/opt/watcher --state "/home/方舟/my state"');
    writeFileSync(join(folder, 'unrelated.service'), 'ExecStart=/bin/true');
    const entries = systemd();
    await entries.register(program);
    expect(entries.others(id, '/home/方舟/my state')).toEqual([other]);
    await entries.unregister(id);
    expect(existsSync(other)).toBe(true);
  });
});
