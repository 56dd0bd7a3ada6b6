import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { type ProfileInput, profileSchema } from '../../contract/profile.ts';
import { freePort } from '../../testing/free-port.ts';
import { defaultProfile, findFreePort } from './default-profile.ts';
import { loadProfiles, notPossibleHere, removeProfile, saveProfile } from './profiles.ts';

const onWindows = process.platform === 'win32';
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-profiles-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const put = (name: string, content: string | object): void =>
  writeFileSync(
    join(folder, name),
    typeof content === 'string' ? content : JSON.stringify(content),
  );
const plain = { schema: 1, id: 'a', name: 'A', program: { type: 'command', command: 'true' } };

describe('profiles', () => {
  it('are saved for the user alone and read back the same', () => {
    const profile = defaultProfile(18_790);
    saveProfile(folder, profile);
    // Windows has no modes.
    if (!onWindows) expect(statSync(join(folder, 'reference.json')).mode & 0o777).toBe(0o600);
    expect(loadProfiles(folder)).toEqual({ profiles: [profile], problems: {} });
    removeProfile(folder, profile);
    expect(loadProfiles(folder)).toEqual({ profiles: [], problems: {} });
    expect(loadProfiles(join(folder, 'nowhere'))).toEqual({ profiles: [], problems: {} });
  });

  it('that are removed can be put back byte by byte, as the user wrote them', () => {
    const written = `{ "schema": 1,\n\n  "id": "a", "name": "A",\n "program": ${JSON.stringify(plain.program)} }`;
    put('a.json', written);
    const [profile] = loadProfiles(folder).profiles;
    if (!profile) throw new Error('it could not be read');
    const putBack = removeProfile(folder, profile);
    expect(loadProfiles(folder).profiles).toEqual([]);
    putBack();
    expect(readFileSync(join(folder, 'a.json'), 'utf8')).toBe(written);
    // Its file was gone already: what is known of it comes back.
    rmSync(join(folder, 'a.json'));
    removeProfile(folder, profile)();
    expect(loadProfiles(folder).profiles).toEqual([profile]);
  });

  it('are read with a byte-order mark, and UTF-16 is named [R4]', () => {
    put('a.json', `\ufeff${JSON.stringify(plain)}`);
    for (const [name, mark] of [
      ['b.json', '\ufeff'],
      ['c.json', ''],
    ] as const) {
      writeFileSync(join(folder, name), Buffer.from(mark + JSON.stringify(plain), 'utf16le'));
    }
    const { profiles, problems } = loadProfiles(folder);
    expect(profiles.map((one) => one.id)).toEqual(['a']);
    for (const name of ['b.json', 'c.json']) {
      expect(problems[name]).toMatchObject({
        message: `${name} can’t be used: it is written in UTF-16; save it as UTF-8.`,
        hint: `Save ${join(folder, name)} as UTF-8.`,
      });
    }
  });

  it('are not read from hidden files and from what editors put beside a file', () => {
    for (const name of ['.a.json', '._a.json', '.#a.json', '#a.json', '~$a.json', '.a.json.swp']) {
      put(name, 'no JSON');
    }
    put('a.json', plain);
    expect(loadProfiles(folder)).toMatchObject({ profiles: [{ id: 'a' }], problems: {} });
  });

  it.each([
    ['its command', { program: { type: 'command', command: 'true\0x' } }],
    ['an argument', { program: { type: 'command', command: 'true', args: ['a\0b'] } }],
    ['its folder', { program: { type: 'command', command: 'true', cwd: '/a\0' } }],
    ['a variable', { env: { A: 'x\0y' } }],
    ['a path', { lock: { path: 'lock\0' } }],
    ['an address', { port: 1, readiness: { type: 'http', path: '/a\0' } }],
  ])('are refused with a NUL character in %s [R12]', (_, change) => {
    put('a.json', { ...plain, ...change });
    const { profiles, problems } = loadProfiles(folder);
    expect(profiles).toEqual([]);
    expect(problems['a.json']?.message).toContain('must not contain a NUL character');
  });

  it('are refused with the file, the reason and the remedy, and left unchanged', () => {
    put('broken.json', '{ "schema": 1,');
    put('newer.json', { schema: 2, everything: 'else' });
    put('wrong.json', { ...plain, id: 'wrong', port: 'eighty' });
    put('renamed.json', plain);
    put('portless.json', { ...plain, id: 'portless', readiness: { type: 'tcp' } });
    put('huge.json', ' '.repeat(65 * 1024));
    put('a.json', plain);
    put('notes.txt', 'not a profile');
    // Making a link needs a right that Windows users do not have.
    if (!onWindows) symlinkSync(join(folder, 'a.json'), join(folder, 'link.json'));
    const link = onWindows ? [] : ['link'];
    const { profiles, problems } = loadProfiles(folder);
    expect(profiles.map((one) => one.id)).toEqual(['a']);
    expect(Object.keys(problems).sort()).toEqual(
      ['broken', 'huge', ...link, 'newer', 'portless', 'renamed', 'wrong'].map(
        (id) => `${id}.json`,
      ),
    );
    for (const [name, problem] of Object.entries(problems)) {
      expect(problem.message).toContain(`${name} can’t be used: `);
      expect(problem.hint).toBeTruthy();
    }
    expect(problems['newer.json']?.message).toContain('newer Holdfast (format 2');
    expect(problems['wrong.json']?.message).toBe(
      'wrong.json can’t be used: the port must be a number.',
    );
    expect(problems['broken.json']?.message).toMatch(
      /^broken\.json can’t be used: it is not valid JSON: /,
    );
    if (!onWindows) expect(problems['link.json']?.message).toContain('it is a link');
    expect(problems['portless.json']?.message).toContain('needs a port');
    expect(readFileSync(join(folder, 'broken.json'), 'utf8')).toBe('{ "schema": 1,');
  });
});

describe('the first port', () => {
  it('is the preferred one, or its next free neighbour', async () => {
    const preferred = await freePort();
    expect(await findFreePort(preferred)).toBe(preferred);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(preferred, '127.0.0.1', resolve));
    const next = await findFreePort(preferred);
    expect(next).toBeGreaterThan(preferred);
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('a profile with a held port', () => {
  const profile = {
    schema: 1,
    id: 'g',
    name: 'G',
    program: { type: 'command', command: 'x' },
    port: 8080,
    listen: 'passed',
  } satisfies ProfileInput;
  const problemOf = (changes: Partial<ProfileInput>): string =>
    z.safeParse(profileSchema, { ...profile, ...changes }).error?.issues[0]?.message ?? 'none';

  it('needs a port, and a readiness that a waiting connection does not satisfy [R110]', () => {
    expect(problemOf({})).toBe('none');
    expect(problemOf({ port: undefined })).toContain('is needed for "listen"');
    expect(problemOf({ readiness: { type: 'tcp' } })).toContain('choose http, stdout or report');
    const remote = { type: 'remote', url: 'http://127.0.0.1' } as const;
    expect(problemOf({ program: remote })).toContain('another machine');
  });

  it('is refused with a sentence where no socket can be passed', () => {
    expect(notPossibleHere({ listen: 'passed' }, false)).toContain('Linux and macOS only');
    expect(notPossibleHere({ listen: 'passed' }, true)).toBeNull();
    expect(notPossibleHere({}, false)).toBeNull();
  });
});
