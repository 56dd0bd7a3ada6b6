import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { type Profile, type ProfileInput, profileSchema } from '../contract/profile.ts';
import { exportGateways, importGateways } from './gateway-transfer.ts';
import type { CommandQuestion } from './profile-guard.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-transfer-'));
  file = path.join(folder, 'gateways.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const profile = (id: string, change: Partial<ProfileInput> = {}): Profile =>
  z.parse(profileSchema, {
    schema: 1,
    id,
    name: `Gateway ${id}`,
    program: { type: 'command', command: '/bin/server', args: ['--for', id] },
    env: { TOKEN: `of ${id}` },
    ...change,
  });

function machine(profiles: readonly Profile[], agrees = true) {
  const saved: Profile[] = [];
  const asked: CommandQuestion[] = [];
  return {
    ...{ saved, asked },
    profiles: async () => [...profiles, ...saved],
    save: async (one: Profile) => saved.push(one),
    askWhere: async () => file,
    choose: async () => file,
    confirm: async (question: CommandQuestion) => {
      asked.push(question);
      return agrees;
    },
  };
}

test('what one machine exports another takes over, with all values, and starts none of it', async () => {
  const here = machine([profile('a'), profile('b', { port: 4711 })]);
  expect(await exportGateways(here, undefined)).toEqual({ file, count: 2 });
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  const there = machine([]);
  const added = await importGateways(there);
  expect(added?.map(({ id }) => id)).toEqual(['a', 'b']);
  const stopped = { autostart: false };
  expect(there.saved).toEqual([
    { ...profile('a'), ...stopped },
    { ...profile('b', { port: 4711 }), ...stopped },
  ]);
  expect(there.asked).toHaveLength(1);
  expect(there.asked[0]?.lines).toEqual([
    'Gateway a:',
    '  /bin/server --for a',
    '  with the variables TOKEN',
    'Gateway b:',
    '  /bin/server --for b',
    '  with the variables TOKEN',
  ]);
});

test('one alone can be exported, and comes back beside the one that is there', async () => {
  const here = machine([profile('a'), profile('b')]);
  expect(await exportGateways(here, 'b')).toEqual({ file, count: 1 });
  expect((await importGateways(here))?.map(({ id }) => id)).toEqual(['b-2']);
  // It runs nothing that does not run here already.
  expect(here.asked).toEqual([]);
});

test('without the user’s agreement nothing is added', async () => {
  await exportGateways(machine([profile('a')]), undefined);
  const there = machine([], false);
  await expect(importGateways(there)).rejects.toThrow('Nothing was added');
  expect(there.saved).toEqual([]);
});

test.each([
  ['no JSON', 'name: x', 'it is not JSON'],
  ['something else', '{"gateways":[]}', 'gateways.json can’t be used: '],
  [
    'a profile that can’t be used',
    '{"kind":"holdfast-gateways","schema":1,"gateways":[{}]}',
    'name',
  ],
  ['UTF-16', '\ufeff{"kind":1}', 'save it as UTF-8'],
])('a file that is %s is refused in a sentence, and nothing is added', async (what, text, says) => {
  writeFileSync(file, what === 'UTF-16' ? Buffer.from(text, 'utf16le') : text);
  const there = machine([]);
  await expect(importGateways(there)).rejects.toThrow(says);
  expect(there.saved).toEqual([]);
});

test('a user who chooses nothing changes nothing', async () => {
  const here = machine([profile('a')]);
  expect(await importGateways({ ...here, choose: async () => null })).toBeNull();
  expect(await exportGateways({ ...here, askWhere: async () => null }, undefined)).toBeNull();
  expect(() => readFileSync(file)).toThrow();
  await expect(exportGateways(machine([]), undefined)).rejects.toThrow('no gateway to export');
});
