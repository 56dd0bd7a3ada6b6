/** What presets find and make, on machines of the tests' own. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { profileSchema } from '../contract/profile.ts';
import { toPort } from './form.ts';
import { findPresets, makeProfile, presets } from './index.ts';
import { thisMachine } from './machine.ts';
import { openclaw } from './openclaw.ts';
import type { Machine } from './preset.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-presets-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function machine(changes: Partial<Machine> = {}): Machine {
  return {
    platform: 'linux',
    home: folder,
    env: {},
    which: () => null,
    real: (path) => path,
    isFile: () => false,
    isFolder: () => false,
    list: () => [],
    read: () => null,
    ...changes,
  };
}

describe('OpenClaw', () => {
  const portFor = (settings: string | null, env: Machine['env'] = {}) =>
    openclaw.find(machine({ which: () => '/usr/bin/openclaw', read: () => settings, env }))[0]
      ?.profile.port;

  it('is found by its command, with the port that it is set to', () => {
    expect(openclaw.find(machine())).toEqual([]);
    expect(portFor(null)).toBe(18_789);
    expect(portFor('{"gateway": {"port": 19000}}')).toBe(19_000);
    expect(portFor('{\n  // mine\n  gateway: { port: 19001 },\n}')).toBe(19_001);
    expect(portFor('{"gateway": {"port": 99999999}}')).toBe(18_789);
    expect(portFor(null, { OPENCLAW_GATEWAY_PORT: '19002' })).toBe(19_002);
  });
});

describe('OpenClaw’s own updater', () => {
  const find = () =>
    openclaw.find(
      machine({
        home: '/home/someone',
        which: () => '/usr/bin/openclaw',
        real: () => '/usr/lib/node_modules/openclaw/openclaw.mjs',
        list: () => ['.openclaw-work'],
        isFile: () => true,
        isFolder: (path) => needed.includes(path),
        read: (path) =>
          path === '/usr/lib/node_modules/openclaw/package.json'
            ? '{"name":"openclaw","version":"2026.9.6","dependencies":{"ws":"8","zod":"4"}}'
            : null,
      }),
    );
  const inside = '/usr/lib/node_modules/openclaw/node_modules';
  let needed: string[];
  beforeEach(() => {
    needed = [`${inside}/ws`, `${inside}/zod`];
  });

  it('runs without the mark of a supervisor, which it would refuse, and starts no service', () => {
    const [found, work] = find();
    expect(found?.profile.env).toMatchObject({ OPENCLAW_SUPERVISOR_MODE: 'external' });
    expect(found?.profile.update).toMatchObject({
      policy: 'keep',
      folder: '/usr/lib/node_modules/openclaw',
      command: {
        command: '/usr/bin/openclaw',
        args: ['update', '--yes', '--no-restart'],
        without: ['OPENCLAW_SUPERVISOR_MODE'],
      },
    });
    expect(work?.profile.update).toMatchObject({
      command: { args: ['--profile', 'work', 'update', '--yes', '--no-restart'] },
    });
  });

  it('has a way back to the program, and to what a newer one migrates for good [R117]', () => {
    const [found, work] = find();
    const program = ['/usr/lib/node_modules/openclaw'];
    const records = (state: string) =>
      ['openclaw.json', 'state', 'agents'].map((one) => `/home/someone/${state}/${one}`);
    expect(found?.profile.update).toMatchObject({
      rollback: { type: 'snapshot', program, paths: records('.openclaw') },
    });
    expect(work?.profile.update).toMatchObject({
      rollback: { type: 'snapshot', program, paths: records('.openclaw-work') },
    });
  });

  it('has none where a part of its program lies elsewhere, as pnpm and Bun have it [R117]', () => {
    needed = [`${inside}/ws`];
    expect(find()[0]?.profile.update).not.toHaveProperty('rollback');
  });

  it('names the installed version and the newest of its channel', () => {
    const [found] = find();
    expect(found?.profile.update).toMatchObject({
      version: { type: 'command', args: ['--version'] },
      check: {
        type: 'command',
        args: ['update', 'status', '--json', '--timeout', '30'],
        field: 'update.registry.latestVersion',
      },
    });
    expect(() => z.parse(profileSchema, found?.profile)).not.toThrow();
  });
});

describe('OpenClaw’s own settings', () => {
  const findWith = (changes: Partial<Machine>) =>
    openclaw.find(machine({ which: () => '/usr/bin/openclaw', ...changes }));

  it('are read as JSON5, and another part’s port is not taken for the gateway’s [R70]', () => {
    const settings = `{
      // OpenClaw's own form
      hooks: { port: 4000, },
      gateway: { 'port': PORT },
    }`;
    const port = (text: string) => findWith({ read: () => text })[0]?.profile.port;
    expect(port(settings.replace('PORT', '0x4a3d'))).toBe(0x4a3d);
    expect(port(settings.replace("'port': PORT", ''))).toBe(18_789);
    expect(port('{ hooks: { port: 4000 }')).toBe(18_789);
  });

  it('are passed on when variables name them', () => {
    const env = {
      OPENCLAW_STATE_DIR: '/srv/claw',
      OPENCLAW_CONFIG_PATH: '/etc/claw.json5',
      OPENCLAW_PROFILE: 'work',
    };
    const asked: string[] = [];
    const read = (path: string): null => {
      asked.push(path);
      return null;
    };
    expect(findWith({ env, read })[0]?.profile.env).toEqual({
      ...env,
      OPENCLAW_SUPERVISOR_MODE: 'external',
      OPENCLAW_SERVICE_REPAIR_POLICY: 'external',
    });
    expect(asked).toContain('/etc/claw.json5');
  });

  it('of each named profile make another gateway', () => {
    const file = `${folder}/.openclaw-lab/openclaw.json`;
    const found = findWith({
      list: () => ['.openclaw', '.openclaw-lab', '.openclaw-empty', 'Documents'],
      isFile: (path) => path === file,
      read: (path) => (path === file ? '{ gateway: { port: 19123 } }' : null),
    });
    expect(found.map(({ profile }) => [profile.id, profile.port])).toEqual([
      ['openclaw', 18_789],
      ['openclaw-lab', 19_123],
    ]);
    expect(found[1]?.profile.program).toMatchObject({
      args: ['--profile', 'lab', 'gateway', 'run', '--port', '{port}'],
    });
  });

  it.each([
    ['2026.9.6', '/startupz'],
    ['2026.8.1', '/startupz'],
    ['2026.7.35', '/readyz'],
    ['2025.12.30', '/readyz'],
    ['unknown', '/startupz'],
  ])('of version %s are asked at %s whether it has started', (version, path) => {
    const [first] = findWith({
      real: () => '/lib/openclaw/openclaw.mjs',
      read: (file) =>
        file === '/lib/openclaw/package.json'
          ? JSON.stringify({ name: 'openclaw', version })
          : null,
    });
    expect(first?.profile).toMatchObject({
      readiness: { path },
      liveness: { path: '/readyz' },
      exitCodes: { restart: [0, 75] },
    });
    expect(first?.profile.stop?.graceMs).toBeGreaterThanOrEqual(330_000);
  });

  it.each([
    ['{ gateway: { tls: { enabled: true } } }', { ownCertificate: true }],
    ['{ gateway: { tls: { enabled: false } } }', undefined],
    ['{ tls: { enabled: true } }', undefined],
  ])('%s say whether its port speaks TLS', (text, https) => {
    expect(findWith({ read: () => text })[0]?.profile.https).toEqual(https);
  });

  it('name the service that it installed', () => {
    const unit = `${folder}/.config/systemd/user/openclaw-gateway.service`;
    expect(findWith({ isFile: (path) => path === unit })[0]?.where).toContain(
      'It has a service, openclaw-gateway.service',
    );
  });
});

describe('all presets', () => {
  it('find nothing on an empty machine, never throw, and have different names', () => {
    const views = findPresets(machine());
    expect(views.flatMap(({ found }) => found)).toEqual([]);
    expect(new Set(views.map(({ id }) => id)).size).toBe(presets.length);
    expect(() => findPresets()).not.toThrow();
  });

  it('find what is on the search path, when it can be run', () => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    const command = join(bin, 'openclaw');
    writeFileSync(command, '#!/bin/sh\n');
    chmodSync(command, 0o644);
    const found = () => thisMachine({ PATH: bin }).which('openclaw');
    if (process.platform !== 'win32') expect(found()).not.toBe(command);
    chmodSync(command, 0o755);
    if (process.platform !== 'win32') expect(found()).toBe(command);
  });
});

describe('a form', () => {
  it('makes a profile of an address', () => {
    const url = 'https://gateway.example/healthz';
    expect(makeProfile('remote', { name: 'Work', url })).toMatchObject({
      id: 'work',
      program: { type: 'remote', url },
    });
  });

  it('makes an id of any name, and another one where that is taken', () => {
    const url = 'https://gateway.example/healthz';
    const idOf = (name: string, ...taken: string[]) =>
      makeProfile('remote', { name, url }, new Set(taken)).id;
    expect(idOf('方舟')).toBe('gateway');
    expect(idOf('方舟', 'gateway', 'gateway-2')).toBe('gateway-3');
    expect(idOf('--Ünïcode & more--')).toBe('unicode-more');
    expect(idOf('x'.repeat(60), 'x'.repeat(40))).toBe(`${'x'.repeat(38)}-2`);
  });

  it.each([
    ['llama-server', { name: 'a', model: ' ' }, /which model/],
    ['llama-server', { name: 'a', model: 'x', port: '70000' }, /"70000" is no port/],
    ['remote', { name: 'a', url: 'ftp://x' }, /must begin with http/],
    ['remote', { name: 'a', url: 'gateway' }, /must begin with http/],
    ['hermes', {}, /no form/],
    ['remote', { name: `x${' y'.repeat(100)}`, url: 'http://x' }, /name can't be used/],
  ])('%s refuses %j with a sentence', (id, values, sentence) => {
    expect(() => makeProfile(id, values)).toThrow(sentence);
  });

  it('has ports as profiles want them', () => {
    expect(toPort('')).toBeNull();
    expect(() => toPort('0')).toThrow();
  });
});
