/** What the preset finds of Hermes on a machine, and what it makes of that. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { profileSchema } from '../contract/profile.ts';
import { readProfile, saveProfile } from '../gateway/profiles/profiles.ts';
import { hermesMachine } from '../testing/hermes-machine.ts';
import { hermes } from './hermes.ts';
import type { Machine } from './preset.ts';

let folder: string;
let home: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-hermes-'));
  home = join(folder, 'hermes');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const machine = (changes: Partial<Machine> = {}): Machine => hermesMachine(home, changes);

describe('the Hermes preset', () => {
  it('finds the home and each of its profiles, and the command or the checkout', () => {
    expect(hermes.find(machine()).map(({ profile }) => [profile.id, profile.name])).toEqual([
      ['hermes', 'Hermes'],
      ['hermes-work', 'Hermes (work)'],
    ]);
    const [, work] = hermes.find(machine());
    expect(work?.profile.program).toMatchObject({
      command: '/usr/bin/hermes',
      args: ['--profile', 'work', 'gateway', 'run', '--external-supervisor', '-v'],
    });
    const python = join(home, 'hermes-agent', 'venv', 'bin', 'python');
    const [checkout] = hermes.find(
      machine({ which: () => null, isFile: (path) => path === python }),
    );
    expect(checkout?.profile.program).toMatchObject({
      command: python,
      args: [
        ...['-m', 'hermes_cli.main', '--profile', 'default'],
        ...['gateway', 'run', '--external-supervisor', '-v'],
      ],
    });
    for (const installed of ['bin/hermes', 'hermes-agent/.hermes/bin/hermes']) {
      const file = join(home, installed);
      const [first] = hermes.find(machine({ which: () => null, isFile: (path) => path === file }));
      expect(first?.profile.program).toMatchObject({ command: file });
    }
    expect(hermes.find(machine({ which: () => null }))).toEqual([]);
    expect(hermes.find(machine({ isFolder: () => false }))).toEqual([]);
  });

  it('updates Hermes with its own command, and reads versions where Hermes names them', () => {
    const [first] = hermes.find(machine());
    const update = ['--profile', 'default', 'update'];
    expect(first?.profile.update).toEqual({
      policy: 'keep',
      folder: join(home, 'hermes-agent'),
      preflight: {
        command: '/usr/bin/hermes',
        args: [...update, '--check'],
        without: ['HERMES_SUPERVISED_CHILD'],
        timeoutMs: 330_000,
      },
      command: {
        command: '/usr/bin/hermes',
        args: [...update, '--yes', '--gateway'],
        without: ['HERMES_SUPERVISED_CHILD'],
        timeoutMs: 3_600_000,
      },
      marker: { path: join(home, '.hermes-update-in-progress') },
      receipt: {
        path: join(home, 'logs', 'update_receipts', 'latest.json'),
        outcome: 'outcome',
        good: ['success'],
        unchanged: ['refused'],
        reason: 'stop_reason',
        before: 'pre_update.sha',
        after: 'post_update.sha',
      },
      rollback: { type: 'git', folder: join(home, 'hermes-agent') },
      version: {
        type: 'command',
        command: '/usr/bin/hermes',
        args: ['--version'],
        without: ['HERMES_SUPERVISED_CHILD'],
      },
      check: {
        type: 'http',
        url: 'https://api.github.com/repos/NousResearch/hermes-agent/releases/latest',
        field: 'name',
      },
    });
    expect(() => z.parse(profileSchema, first?.profile)).not.toThrow();
  });

  it('goes back to the recorded commit and installs what that needs, with uv where there is one', () => {
    const checkout = join(home, 'hermes-agent');
    const python = join(checkout, 'venv', 'bin', 'python');
    const uv = join(home, 'bin', 'uv');
    const commandOf = (changes: Partial<Machine>) => {
      const [first] = hermes.find(machine({ which: () => null, ...changes }));
      const update = first?.profile.update;
      return update?.policy === 'keep' && update.rollback?.type === 'git'
        ? update.rollback.command
        : undefined;
    };
    expect(commandOf({ isFile: (path) => path === python })).toMatchObject({
      command: python,
      args: ['-m', 'pip', 'install', '-e', '.[all]'],
      cwd: checkout,
    });
    expect(commandOf({ isFile: (path) => path === python || path === uv })).toMatchObject({
      command: uv,
      args: ['pip', 'install', '--python', python, '-e', '.[all]'],
    });
    const [first] = hermes.find(machine({ isFolder: (path) => !path.endsWith('.git') }));
    expect(first?.profile.update).not.toHaveProperty('rollback');
  });

  it('passes on that it has a supervisor, and which profile it runs', () => {
    const [first] = hermes.find(machine());
    expect(first?.profile).toMatchObject({
      env: { HERMES_HOME: home, HERMES_SUPERVISED_CHILD: '1' },
      program: { args: ['--profile', 'default', 'gateway', 'run', '--external-supervisor', '-v'] },
    });
    expect(first?.profile.stop?.graceMs).toBeGreaterThanOrEqual(75_000);
    expect(first?.profile.liveness?.hungAfterMs).toBeGreaterThanOrEqual(120_000);
  });

  const on = 'model:\n  default: x\ngateway:\n  # all of them\n  multiplex_profiles: true\n';
  const host = JSON.stringify({ role: 'gateway', home: '(home)', profiles: ['default', 'work'] });
  it.each<[string, Record<string, string>, Record<string, string>, boolean]>([
    ['nothing is set', {}, {}, true],
    ['it is switched on', { 'config.yaml': on }, {}, false],
    [
      'it is switched on in one line',
      { 'config.yaml': 'gateway: {multiplex_profiles: yes}' },
      {},
      false,
    ],
    ['it is switched on at the top', { 'config.yaml': 'multiplex_profiles: "true"\n' }, {}, false],
    [
      'another part has a switch of that name',
      { 'config.yaml': 'other:\n  multiplex_profiles: true\n' },
      {},
      true,
    ],
    [
      'it stands in a comment',
      { 'config.yaml': 'gateway:\n  # multiplex_profiles: true\n  x: 1\n' },
      {},
      true,
    ],
    [
      'it is switched off',
      { 'config.yaml': on.replace('true', 'false'), 'host-gateway.json': host },
      {},
      true,
    ],
    ['a variable switches it on', {}, { GATEWAY_MULTIPLEX_PROFILES: '1' }, false],
    [
      'the profile stands alone',
      { 'config.yaml': on, 'work/config.yaml': 'gateway:\n  standalone: true\n' },
      {},
      true,
    ],
    [
      'others alone are served',
      { 'config.yaml': `${on}  multiplex_profile_allowlist:\n  - home\n  - play\n` },
      {},
      true,
    ],
    [
      'it is among those that are served',
      { 'config.yaml': `${on}  multiplex_profile_allowlist: [home, work]\n` },
      {},
      false,
    ],
    ['a newer one serves it by default', { 'host-gateway.json': host }, {}, false],
    [
      'the host serves another home',
      { 'host-gateway.json': host.replace('(home)', '/other') },
      {},
      true,
    ],
  ])('offers a named profile, or names it as served, when %s [R71]', (_, files, env, offered) => {
    const read = (path: string): string | null => {
      const base = path.slice(path.lastIndexOf('/') + 1);
      const name = path.includes('/profiles/work/') ? `work/${base}` : base;
      return files[name]?.replace('(home)', home) ?? null;
    };
    const all = hermes.find(machine({ read, env: { HERMES_HOME: home, ...env } }));
    expect(all.map(({ profile }) => profile.id)).toEqual(
      offered ? ['hermes', 'hermes-work'] : ['hermes'],
    );
    if (offered) expect(all[0]?.where).not.toContain('serves');
    else expect(all[0]?.where).toContain('It serves the profiles work too.');
  });

  it('makes profiles that are read again as they were saved', () => {
    for (const { profile } of hermes.find(machine())) {
      const parsed = z.parse(profileSchema, profile);
      saveProfile(folder, parsed);
      expect(readProfile(join(folder, `${parsed.id}.json`))).toEqual({ profile: parsed });
    }
  });

  it('makes valid ids of every name that Hermes allows', () => {
    const names = ['a_b', 'a-b', 'x'.repeat(64), `${'x'.repeat(63)}_`, 'end_'];
    const made = hermes.find(machine({ list: () => names })).map(({ profile }) => profile);
    for (const profile of made) expect(z.safeParse(profileSchema, profile).success).toBe(true);
    expect(new Set(made.map(({ id }) => id)).size).toBe(names.length + 1);
  });

  it('names the control pipe on Windows as Hermes does, and its own Python', () => {
    const [first] = hermes.find(
      machine({
        platform: 'win32',
        env: { LOCALAPPDATA: 'C:\\Users\\a\\AppData\\Local' },
        which: () => null,
        isFile: (path) => path.endsWith('python.exe'),
      }),
    );
    expect(first?.profile.liveness).toMatchObject({
      // sha256 of the home in lower case, sixteen digits.
      path: '\\\\.\\pipe\\hermes-gateway-2539910e0c04e056',
    });
    expect(first?.profile.program).toMatchObject({
      command: 'C:\\Users\\a\\AppData\\Local\\hermes\\hermes-agent\\venv\\Scripts\\python.exe',
    });
  });
});
