import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { profileSchema } from '../../contract/profile.ts';
import { profileIssues } from './profile-issues.ts';

const good = { schema: 1, id: 'a', name: 'A', program: { type: 'command', command: 'x' } };
const { program } = good;

function said(json: unknown): string {
  const { error } = z.safeParse(profileSchema, json);
  return error ? profileIssues(error, json) : 'nothing';
}

it.each<[object, string]>([
  [
    { program: { type: 'command' }, port: 'eighty' },
    'the command is missing; the port must be a number',
  ],
  [{ program: undefined, port: 70_000 }, 'the program is missing; the port must be at most 65535'],
  [
    { id: 'A!', name: '', prot: 1 },
    'the id must be 1–40 of a–z, 0–9 and -; the name must not be empty; “prot” is no field of a profile',
  ],
  [
    { program: { ...program, type: 'comand' } },
    'the type of the program must be “shipped”, “command” or “remote”',
  ],
  [
    { program: { ...program, args: 'a', folder: '/x' }, env: { A: 1 } },
    'the list of arguments (“args”) must be a list; “program.folder” is no field of a profile; the variable A must be text',
  ],
  [
    { program: { type: 'remote', url: 'x' } },
    'the address (“url”) must be an address with http:// or https://',
  ],
  [{ stop: { signal: 'SIGKILL' } }, '“stop.signal” must be “SIGTERM” or “SIGINT”'],
  [{ autostart: 'yes' }, '“autostart” must be true or false'],
  [{ host: 'here' }, '“host” must be an IP address'],
  [{ listen: 'passed' }, 'the port is needed for "listen"'],
])('%j is said in plain words', (change, words) => {
  expect(said({ ...good, ...change })).toBe(words);
});

it('what is no profile at all is said too, and a long list is cut', () => {
  expect(said([])).toBe('the whole must be an object in braces');
  expect(said({})).toBe(
    '“schema” is missing; the id is missing; the name is missing; the program is missing',
  );
  const env = Object.fromEntries([...'ABCDEFG'].map((name) => [name, 1]));
  expect(said({ ...good, env })).toMatch(/the variable E must be text; and 2 more$/);
});
