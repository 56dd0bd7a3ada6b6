/** Where programs are found, and on which interpreter a script runs: real files and real starts. */
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createWorkbench, type Workbench } from '../testing/processes.ts';
import {
  findProgram,
  joinSearchPaths,
  personalFolders,
  type Surroundings,
  searchPathFor,
} from './search-path.ts';

let bench: Workbench;
beforeEach(() => {
  bench = createWorkbench();
});
afterEach(() => bench.clean());

const at = (name: string): string => join(bench.folder, name);
function put(name: string, text = '#!/bin/sh\n'): string {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), text);
  chmodSync(at(name), 0o755);
  return at(name);
}
const around = (env: Surroundings['env'] = {}): Surroundings => ({
  env,
  home: bench.folder,
  platform: 'linux',
});

describe.skipIf(process.platform === 'win32')('the folders of version and package managers', () => {
  test.each([
    ['nvm', '.nvm/versions/node/v24.1.0/bin'],
    ['fnm', '.local/share/fnm/node-versions/v24.1.0/installation/bin'],
    ['volta', '.volta/bin'],
    ['asdf', '.asdf/shims'],
    ['mise', '.local/share/mise/shims'],
    ['pnpm', '.local/share/pnpm'],
    ['npm’s own prefix', '.npm-global/bin'],
    ['bun', '.bun/bin'],
    ['cargo', '.cargo/bin'],
    ['pyenv', '.pyenv/shims'],
    ['pipx and uv', '.local/bin'],
    ['Hermes', '.hermes/bin'],
  ])('hold what %s has put there [R1]', (_, folder) => {
    const program = put(`${folder}/own-program`);
    for (const which of ['all', 'chosen'] as const) {
      const path = personalFolders(which, around()).join(':');
      expect(findProgram('own-program', path)).toBe(program);
    }
  });

  test.each([
    ['NVM_DIR', 'x', 'x/versions/node/v24.1.0/bin'],
    ['FNM_DIR', 'x', 'x/aliases/default/bin'],
    ['VOLTA_HOME', 'x', 'x/bin'],
    ['ASDF_DATA_DIR', 'x', 'x/shims'],
    ['MISE_DATA_DIR', 'x', 'x/shims'],
    ['PNPM_HOME', 'x', 'x'],
    ['NPM_CONFIG_PREFIX', 'x', 'x/bin'],
    ['BUN_INSTALL', 'x', 'x/bin'],
    ['CARGO_HOME', 'x', 'x/bin'],
    ['PYENV_ROOT', 'x', 'x/shims'],
    ['PIPX_BIN_DIR', 'x', 'x'],
    ['UV_TOOL_BIN_DIR', 'x', 'x'],
  ])('lie where %s says', (name, root, folder) => {
    put(`${folder}/own-program`);
    expect(personalFolders('chosen', around({ [name]: at(root) }))).toContain(at(folder));
  });

  test('hold npm’s prefix as .npmrc has it', () => {
    put('packages/bin/own-program');
    writeFileSync(at('.npmrc'), `fund=false\nprefix=\${HOME}/packages\n`);
    expect(personalFolders('chosen', around())).toContain(at('packages/bin'));
  });

  test('of nvm: the default first, else the newest; all of them only when looked for', () => {
    const folders = ['v9.0.0', 'v24.2.0', 'v24.10.0', 'v22.1.0'].map((version) =>
      dirname(put(`.nvm/versions/node/${version}/bin/node`)),
    );
    const [v9, v24, newest, v22] = folders;
    expect(personalFolders('chosen', around())).not.toContain(v9);
    expect(personalFolders('chosen', around())).toContain(newest);
    expect(personalFolders('all', around()).filter((one) => folders.includes(one))).toEqual([
      newest,
      v24,
      v22,
      v9,
    ]);
    mkdirSync(at('.nvm/alias'));
    writeFileSync(at('.nvm/alias/default'), '22\n');
    expect(personalFolders('chosen', around())).toContain(v22);
    expect(personalFolders('chosen', around())).not.toContain(newest);
  });
});

describe.skipIf(process.platform === 'win32')('the search path of a program', () => {
  test('leads a script to the interpreter beside it, also through links [R2]', async () => {
    put('v20/bin/node', '#!/bin/sh\necho wrong\n');
    put('v24/bin/node', '#!/bin/sh\necho right\n');
    put('v24/lib/tool/tool.mjs', '#!/usr/bin/env node\n');
    symlinkSync('../lib/tool/tool.mjs', at('v24/bin/tool'));
    mkdirSync(at('links'));
    symlinkSync(at('v24/bin/tool'), at('links/tool'));
    const base = `${at('v20/bin')}:${at('v24/bin')}:${at('links')}:/usr/bin:/bin`;
    for (const command of [at('v24/bin/tool'), at('links/tool'), at('v24/bin/../bin/tool')]) {
      const env = { PATH: searchPathFor(command, base) };
      await bench.run('', { command, args: [], env }).exited;
    }
    expect(readFileSync(at('out.log'), 'utf8')).toBe('right\nright\nright\n');
  });

  test('holds its own folder, once, and is left alone where that is on it already', () => {
    const program = put('own/bin/program');
    expect(searchPathFor(program, '/usr/bin:/bin')).toBe(`${at('own/bin')}:/usr/bin:/bin`);
    expect(searchPathFor(program, `/usr/bin:${at('own/bin')}`)).toBe(`/usr/bin:${at('own/bin')}`);
    // A script of the system with no Node beside it runs on the user's Node.
    put('user/node');
    put('own/bin/script', '#!/usr/bin/env node\n');
    const path = `${at('user')}:${at('own/bin')}`;
    expect(searchPathFor('script', path)).toBe(path);
    expect(searchPathFor('no-such-program', '/usr/bin')).toBe('/usr/bin');
  });

  test('is made of absolute folders, each once, in their order', () => {
    expect(joinSearchPaths('/b:/a:', 'relative:/a:/c', undefined, '')).toBe('/b:/a:/c');
  });
});
