import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { stateFolder } from '../files/state-folder.ts';
import { writeLauncher } from './launcher.ts';
import type { Stage } from './staged.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'hf-launcher-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it.skipIf(process.platform === 'win32')(
  'stays at one path over updates, and runs the command line of the build that was launched last [C3]',
  () => {
    const state = stateFolder(path.join(folder, "it's my state"));
    const stage = (build: string): Stage => {
      const bundle = path.join(state.staged, `bundle-${build}`);
      mkdirSync(bundle, { recursive: true });
      const script = `console.log(${JSON.stringify(build)}, ...process.argv.slice(2))`;
      writeFileSync(path.join(bundle, 'cli.cjs'), script);
      return { bundle, runtime: process.execPath, buildId: build };
    };
    writeLauncher(state, stage('one'));
    const onPath = path.join(folder, 'holdfast');
    symlinkSync(state.launcher, onPath);
    const run = (): string => execFileSync(onPath, ['logs', 'a b'], { encoding: 'utf8' });
    expect(run()).toBe(`one --user-data-dir ${state.root} logs a b\n`);
    const { ino } = statSync(state.launcher);
    writeLauncher(state, stage('one'));
    expect(statSync(state.launcher).ino).toBe(ino);
    writeLauncher(state, stage('two'));
    expect(run()).toBe(`two --user-data-dir ${state.root} logs a b\n`);
    expect(statSync(state.launcher).mode & 0o777).toBe(0o700);
  },
);
