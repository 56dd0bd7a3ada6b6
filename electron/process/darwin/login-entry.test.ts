/** An agent for the login: its text, and its life beside a stand-in for launchd. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type LoginProgram, loginEntryId } from '../login-entry.ts';
import { agentText } from './agent-file.ts';
import { darwinLoginEntries } from './login-entry.ts';

const program: LoginProgram = {
  id: loginEntryId('/Users/u/my state'),
  command: '/Users/u/my state/watcher-node',
  args: ['watcher.cjs', '<a & b>'],
  cwd: '/Users/u/my state',
  env: { PATH: '/usr/bin' },
  finalCodes: [75],
};
const { id } = program;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-login-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('escapes what XML would take for its own', () => {
  const text = agentText(program);
  expect(text).toContain('<string>&lt;a &amp; b&gt;</string>');
  // What the watcher has started must outlive it.
  expect(text).toContain('<key>AbandonProcessGroup</key><true/>');
});

it('is written and loaded, and leaves nothing when it is taken back or refused', async () => {
  const asked: string[] = [];
  let refused = /^bootout/;
  const entries = darwinLoginEntries({
    folder,
    domain: 'gui/501',
    async launchctl(words) {
      asked.push(words.join(' '));
      if (refused.test(asked.at(-1) ?? '')) throw new Error('Command failed\nBootstrap failed: 5');
    },
  });
  await entries.register(program);
  expect(entries.isCurrent(program)).toBe(true);
  expect(asked.at(-1)).toBe(`bootstrap gui/501 ${entries.file(id)}`);
  expect(readFileSync(entries.file(id), 'utf8')).toContain(`holdfast.watcher.${id}`);
  await entries.unregister(id);
  expect(asked.at(-1)).toBe(`bootout gui/501/holdfast.watcher.${id}`);
  expect(readdirSync(folder)).toEqual([]);
  refused = /^bootstrap/;
  await expect(entries.register(program)).rejects.toThrow(/Bootstrap failed: 5/);
  expect(readdirSync(folder)).toEqual([]);
});
