import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareStateFolder, type StateFolder, stateFolder } from '../files/state-folder.ts';
import { defaultProfile } from '../gateway/profiles/default-profile.ts';
import { selfIdentity } from '../process/index.ts';
import { newAttemptId } from './attempts.ts';
import { launchOf } from './launch-allow-list.ts';
import { type AppImageInstall, type Plan, profileHash, readPlan, writePlan } from './plan.ts';

let root: string;
let state: StateFolder;
let plan: Plan;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'holdfast-plan-'));
  state = stateFolder(root);
  prepareStateFolder(state);
  const attempt = newAttemptId(state);
  const stage = {
    bundle: path.join(state.staged, 'bundle-1'),
    runtime: path.join(state.staged, 'runtime-1', 'watcher-node'),
    buildId: 'b',
  };
  plan = {
    schema: 1,
    attempt,
    token: 1,
    createdAt: 1,
    fromVersion: '1.0.0',
    toVersion: '1.1.0',
    fromBuild: 'a',
    toBuild: 'b',
    app: selfIdentity(''),
    expected: {
      kind: 'appimage',
      appFile: '/opt/方舟 %20/App.AppImage',
      appSha512: `${'A'.repeat(86)}==`,
      size: 1,
      fileMark: '1:2:3:4',
      newFile: '/opt/方舟 %20/.App.new',
      oldLink: '/opt/方舟 %20/.App.old',
    },
    currentStage: stage,
    nextStage: stage,
    gateways: [],
    launch: { file: '/opt/方舟 %20/App.AppImage', args: ['--hidden'], env: { HOME: '/h' } },
    soakMs: 1,
    budgets: { appExitMs: 1, proveMs: 1, appStartMs: 1 },
  };
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const file = (): string => state.attempt(plan.attempt).plan;

describe('a plan', () => {
  it('is read as it was written', () => {
    writePlan(state, plan);
    expect(readPlan(state, plan.attempt)).toEqual(plan);
  });

  it.each<[string, (plan: Plan) => unknown, RegExp]>([
    ['of another attempt', (p) => ({ ...p, attempt: '1234567890123-00000000' }), /another update/],
    ['with a link elsewhere', (p) => edit(p, { oldLink: '/etc/.passwd' }), /may not touch/],
    [
      'with a new file that is no hidden one',
      (p) => edit(p, { newFile: '/opt/方舟 %20/x' }),
      /may not touch/,
    ],
    [
      'that starts another program',
      (p) => ({ ...p, launch: { ...p.launch, file: '/bin/sh' } }),
      /another program/,
    ],
    [
      'with free arguments',
      (p) => ({ ...p, launch: { ...p.launch, args: ['--inspect'] } }),
      /list of arguments/,
    ],
    [
      'with a loader’s variable',
      (p) => ({ ...p, launch: { ...p.launch, env: { LD_PRELOAD: 'x' } } }),
      /launch\.env/,
    ],
    [
      'with a stage elsewhere',
      (p) => ({ ...p, nextStage: { ...p.nextStage, bundle: '/tmp/b' } }),
      /outside/,
    ],
    [
      'with a stage that climbs',
      (p) => ({ ...p, nextStage: { ...p.nextStage, bundle: `${state.staged}/../b` } }),
      /outside/,
    ],
    ['with something more', (p) => ({ ...p, argv: ['x'] }), /damaged/],
    ['of another schema', (p) => ({ ...p, schema: 2 }), /damaged/],
    ['with a zip elsewhere', (p) => withZip(p, '/tmp/new.zip'), /an archive that is not its own/],
    [
      'that would replace a folder that is no bundle',
      (p) => withZip(p, `${state.attempt(p.attempt).folder}/new.zip`, '/opt/Holdfast/holdfast'),
      /no app bundle/,
    ],
  ])('%s is refused', (_name, change, expected) => {
    writePlan(state, plan);
    writeFileSync(file(), JSON.stringify(change(plan)));
    expect(() => readPlan(state, plan.attempt)).toThrow(expected);
  });

  it.skipIf(process.platform === 'win32')(
    'that is a link, or writable by others, is refused',
    () => {
      writePlan(state, plan);
      chmodSync(file(), 0o620);
      expect(() => readPlan(state, plan.attempt)).toThrow(/other users/);
      chmodSync(file(), 0o600);
      renameSync(file(), `${file()}.real`);
      symlinkSync(`${file()}.real`, file());
      expect(() => readPlan(state, plan.attempt)).toThrow(/a link/);
    },
  );

  it('that is huge or cut off is refused', () => {
    writePlan(state, plan);
    const whole = readFileSync(file());
    for (let length = 0; length < whole.length - 1; length += 7) {
      writeFileSync(file(), whole.subarray(0, length));
      expect(() => readPlan(state, plan.attempt)).toThrow(/damaged/);
    }
    writeFileSync(file(), ' '.repeat(600_000), { mode: 0o600 });
    expect(() => readPlan(state, plan.attempt)).toThrow(/more than/);
    expect(() => readPlan(state, '../../etc')).toThrow();
  });
});

function withZip(
  from: Plan,
  zipFile: string,
  appFile = '/Applications/Holdfast.app/Contents/MacOS/Holdfast',
): Plan {
  const zipSha512 = `${'A'.repeat(86)}==`;
  const expected = { kind: 'bundle', appFile, fileMark: '1:2:3:4', zipFile, zipSha512 } as const;
  return { ...from, expected, launch: { ...from.launch, file: appFile } };
}

function edit(from: Plan, expected: Partial<AppImageInstall>): Plan {
  if (from.expected.kind !== 'appimage') throw new Error('another kind');
  return { ...from, expected: { ...from.expected, ...expected } };
}

it('a new app is started with allowed arguments and variables only, and no secret', () => {
  const launch = launchOf(
    '/app',
    ['--user-data-dir', '/d e', '--hidden', '--hidden', '--load-extension=/x', 'file.txt'],
    {
      HOME: '/h',
      LC_ALL: 'C',
      XDG_RUNTIME_DIR: '/r',
      GITHUB_TOKEN: 'secret',
      NODE_OPTIONS: 'x',
      TZ: undefined,
    },
  );
  expect(launch).toEqual({
    file: '/app',
    args: ['--user-data-dir=/d e', '--hidden'],
    env: { HOME: '/h', LC_ALL: 'C', XDG_RUNTIME_DIR: '/r' },
  });
});

it('a profile’s hash depends on its content, not on the order of its keys', () => {
  const profile = defaultProfile(1);
  const reordered = Object.fromEntries(Object.entries(profile).reverse());
  expect(profileHash({ ...reordered, ...profile })).toBe(profileHash(profile));
  expect(profileHash({ ...profile, port: 2 })).not.toBe(profileHash(profile));
  expect(profileHash(profile)).toMatch(/^[a-f0-9]{64}$/);
});
