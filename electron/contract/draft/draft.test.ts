/** A profile and the form for it: what is typed there is changed, and nothing else. */
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { type Profile, type ProfileInput, profileSchema } from '../profile.ts';
import { hiddenValue } from '../profile-id.ts';
import { type Draft, draftOf, emptyDraft, newProfile, withDraft } from './draft.ts';
import { findingsOf } from './findings.ts';

const home = '/home/alex';
const profileOf = (more: Partial<ProfileInput> = {}): Profile =>
  z.parse(profileSchema, {
    schema: 1,
    id: 'a',
    name: 'A',
    program: { type: 'command', command: '/bin/a', args: ['--x', 'y z'], cwd: '/srv' },
    ...more,
  });
/** Saved after `change` was made in its form. */
const saved = (profile: Profile, change: Partial<Draft>): Profile => {
  const before = draftOf(profile);
  const input = withDraft(profile, before, { ...before, ...change }, home);
  return z.parse(profileSchema, input);
};
const added = (draft: Partial<Draft>): Profile =>
  z.parse(
    profileSchema,
    withDraft(newProfile('new', 10_000), emptyDraft, { ...emptyDraft, ...draft }, home),
  );

test('what the form does not show stays as it is when something else is saved', () => {
  const profile = profileOf({
    port: 8080,
    host: '10.0.0.1',
    readiness: { type: 'stdout', pattern: 'ready' },
    liveness: { type: 'control-socket', path: 's', verb: 'ping' },
    stop: { signal: 'SIGINT', graceMs: 90_000 },
    services: ['a.service'],
    update: { policy: 'keep', folder: '/srv', command: { command: 'up' }, when: 'night' },
    env: { KEY: hiddenValue },
    autostart: false,
  });
  expect(saved(profile, {})).toEqual(profile);
  expect(saved(profile, { name: ' 方舟 ' })).toEqual({ ...profile, name: '方舟' });
  expect(saved(profile, { port: '9090' })).toEqual({ ...profile, port: 9090 });
  expect(saved(profile, { policy: 'release' })).toEqual({
    ...profile,
    update: { ...profile.update, policy: 'release' },
  });
});

test('a new command is ready by its health address, else by its port, else when it runs', () => {
  const command = { name: 'B', line: '~/b --port 1', folder: '~' };
  expect(added(command)).toMatchObject({
    name: 'B',
    program: { command: '/home/alex/b', args: ['--port', '1'], cwd: '/home/alex' },
    readiness: { type: 'started' },
    env: {},
  });
  expect(added({ ...command, port: '1' })).toMatchObject({ port: 1, readiness: { type: 'tcp' } });
  const health = 'http://127.0.0.1:1/healthz?full=1';
  expect(added({ ...command, port: '1', health })).toMatchObject({
    readiness: { type: 'http', path: '/healthz?full=1' },
    liveness: { type: 'http', path: '/healthz?full=1' },
  });
});

test('a health address takes the old one’s place, and leaves no check behind when it is cleared', () => {
  const path = '/old';
  const profile = profileOf({
    port: 1,
    readiness: { type: 'http', path },
    liveness: { type: 'http', path, everyMs: 9_000 },
  });
  expect(saved(profile, { health: '/new' })).toMatchObject({
    readiness: { path: '/new' },
    liveness: { path: '/new', everyMs: 9_000 },
  });
  const cleared = saved(profile, { health: '' });
  expect(cleared.readiness).toEqual({ type: 'tcp' });
  expect(cleared.liveness).toBeUndefined();
  expect(saved(profile, { port: '2' })).toEqual({ ...profile, port: 2 });
  expect(saved(profile, { port: '', health: '' }).readiness).toEqual({ type: 'started' });
});

test('a line for a shell is run by one, and is shown as it was typed', () => {
  const profile = added({ name: 'P', line: 'a | b', shell: true });
  expect(profile.program).toMatchObject({ command: '/bin/sh', args: ['-c', 'a | b'] });
  expect(draftOf(profile)).toMatchObject({ line: 'a | b', shell: true });
  expect(saved(profile, { line: 'a' }).program).toMatchObject({ args: ['-c', 'a'] });
});

test('variables are added, replaced and removed by name', () => {
  const profile = profileOf({ env: { KEPT: hiddenValue, GONE: hiddenValue } });
  const [kept] = draftOf(profile).variables;
  if (!kept) throw new Error('no variable');
  const variables = [kept, { row: 7, name: ' NEW ', value: '1' }, { row: 8, name: '', value: '' }];
  expect(saved(profile, { variables }).env).toEqual({ KEPT: hiddenValue, NEW: '1' });
});

test('the gateway that ships keeps its program, and one elsewhere its address', () => {
  const program = { type: 'shipped', name: 'reference-gateway' } as const;
  const shipped = profileOf({ program, port: 1, update: { policy: 'swap' } });
  expect(saved(shipped, { port: '2' })).toEqual({ ...shipped, port: 2 });
  expect(saved(shipped, { policy: 'keep' }).update).toEqual({ policy: 'keep' });
  const remote = profileOf({ program: { type: 'remote', url: 'http://x/', everyMs: 5_000 } });
  expect(saved(remote, { address: 'http://y/' }).program).toEqual({
    type: 'remote',
    url: 'http://y/',
    everyMs: 5_000,
  });
});

test.each<[Partial<Draft>, string | null]>([
  [{}, null],
  [{ name: ' ' }, 'Give it a name.'],
  [{ name: 'Other' }, 'Another gateway has this name too.'],
  [{ line: '' }, 'Type the program that starts it.'],
  [{ line: 'a "b' }, 'The quote " is never closed.'],
  [{ line: 'a | b' }, '“|” needs a shell. Without one the program gets it as it stands.'],
  [{ line: 'a | "b', shell: true }, null],
  [{ folder: 'here' }, 'Give the whole path of the folder, such as ~/gateway.'],
  [{ port: 'eighty' }, '“eighty” is no port: a port is a number from 1 to 65535.'],
  [{ port: '70000' }, '“70000” is no port: a port is a number from 1 to 65535.'],
  [
    { health: 'healthz', port: '1' },
    'A health address begins with / and has no spaces, such as /healthz.',
  ],
  [{ health: '/healthz' }, 'A health address needs a port. Type the port first.'],
  [{ kind: 'remote', address: 'x' }, 'An address begins with http:// or https://.'],
  [{ kind: 'shipped' }, 'The demo gateway needs a port.'],
  [
    { variables: [{ row: 0, name: '1A', value: '' }] },
    '“1A” can’t be a variable’s name: only letters from a to z, digits and _, and no digit first.',
  ],
  [
    { variables: [{ row: 0, name: '', value: 'x' }] },
    'A value has no variable. Name it, or remove the row.',
  ],
  [
    {
      variables: [
        { row: 0, name: 'A', value: 'x' },
        { row: 1, name: 'A', value: 'y' },
      ],
    },
    'A is there twice.',
  ],
])('a draft with %j is answered: %s', (change, sentence) => {
  const draft = { ...emptyDraft, name: 'A', line: '/bin/a', ...change };
  const messages = findingsOf(draft, ['Other']).map(({ message }) => message);
  expect(messages).toEqual(sentence === null ? [] : [sentence]);
});
