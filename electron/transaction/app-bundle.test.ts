/** What is unpacked beside an installed app bundle, and its exchange by an agent that launchd runs. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareStateFolder, type StateFolder, stateFolder } from '../files/state-folder.ts';
import { agentLabel, agentText } from '../process/darwin/agent-file.ts';
import { loadJob, userLaunchd } from '../process/darwin/launchd.ts';
import { bundleTools, layBundle, packBundle, programIn } from '../testing/app-bundles.ts';
import type { AgentWork } from '../testing/bundle-agent.ts';
import { LaunchdStandIn } from '../testing/launchd.ts';
import { createWorkbench, until, type Workbench } from '../testing/processes.ts';
import { sha512OfFile } from '../testing/update-plan.ts';
import { type BundleTools, systemBundleTools, unpackBundle } from './app-bundle.ts';
import { bundleOf, folderNames, programAt } from './folder-names.ts';
import { stageSourceOf } from './installed.ts';

const attempt = '1700000000000-0123abcd';
const plan = { fromBuild: '1.0.0+a', toBuild: '1.1.0+b', toVersion: '1.1.0' };
const content = { gateway: '', runtime: 'node' };
let bench: Workbench;
let state: StateFolder;
let place: string;
let zipFile: string;
beforeEach(() => {
  bench = createWorkbench();
  state = stateFolder(path.join(bench.folder, 'state'));
  prepareStateFolder(state);
  mkdirSync(state.attempt(attempt).folder);
  place = path.join(bench.folder, 'Applications', 'Holdfast.app');
  mkdirSync(path.dirname(place));
  layBundle(place, 'old', { ...content, buildId: plan.fromBuild, version: '1.0.0' });
  zipFile = path.join(bench.folder, 'Holdfast.zip');
  layBundle(next(), 'new', { ...content, buildId: plan.toBuild, version: plan.toVersion });
  packBundle(next(), zipFile);
});
afterEach(() => bench.clean());

const next = () => path.join(bench.folder, 'next', 'Holdfast.app');
const beside = () => readdirSync(path.dirname(place)).sort();
const app = () => readFileSync(programIn(place), 'utf8');

function unpack(
  changes: Partial<BundleTools & typeof plan> = {},
  zipSha512 = sha512OfFile(zipFile),
): Promise<string> {
  const install = { appFile: programIn(place), zipFile, zipSha512 };
  const { newFiles } = state.attempt(attempt);
  return unpackBundle({ ...bundleTools, ...changes }, { ...plan, ...changes }, install, newFiles);
}

async function expectRefused(work: Promise<unknown>, sentence: RegExp): Promise<void> {
  await expect(work).rejects.toThrow(sentence);
  expect([app(), beside()]).toEqual(['old', ['Holdfast.app']]);
}

it('a bundle is known by the place of its program, and so is what is staged from it', () => {
  expect(bundleOf('/Applications/Holdfast.app/Contents/MacOS/Holdfast')).toBe(
    path.resolve('/Applications/Holdfast.app'),
  );
  expect(bundleOf('/opt/Holdfast/holdfast')).toBeNull();
  expect(bundleOf('/Applications/Holdfast/Contents/MacOS/Holdfast')).toBeNull();
  for (const folder of [place, folderNames(programIn(place)).kept]) {
    expect(stageSourceOf(programAt(folder, programIn(place))).bundle).toBe(
      path.join(folder, 'Contents', 'Resources', 'holdfast-stage', 'watcher'),
    );
  }
});

describe.skipIf(process.platform === 'win32')('a zip', () => {
  it('is unpacked beside the installed bundle, under its name, and listed', async () => {
    const renamed = path.join(path.dirname(place), 'My Holdfast.app');
    renameSync(place, renamed);
    place = renamed;
    await unpack();
    const { unpacked } = folderNames(programIn(place));
    expect(readFileSync(programIn(unpacked), 'utf8')).toBe('new');
    expect(beside()).toEqual(['.My Holdfast.app.new', 'My Holdfast.app']);
    expect(readFileSync(state.attempt(attempt).newFiles, 'utf8')).toContain('MacOS/Holdfast');
    expect(app()).toBe('old');
  });

  it('that was unpacked half is unpacked anew', async () => {
    const { unpacked } = folderNames(programIn(place));
    mkdirSync(unpacked, { recursive: true });
    writeFileSync(path.join(unpacked, 'half'), '');
    await unpack();
    expect(existsSync(path.join(unpacked, 'half'))).toBe(false);
  });

  it.each([
    ['another version', { toVersion: '1.2.0' }],
    ['another build than was planned', { toBuild: '1.1.0+c' }],
    ['the build that is installed', { fromBuild: '1.1.0+b' }],
  ])('that holds %s is refused, and nothing is left of it', async (_, changes) => {
    await expectRefused(unpack(changes), /does not hold version/);
  });

  it('that was exchanged before it was unpacked, or only while it was, is refused', async () => {
    const planned = sha512OfFile(zipFile);
    const exchanged = async (zip: string, folder: string): Promise<void> => {
      renameSync(zip, `${zip}.good`);
      packBundle(next(), zip);
      await bundleTools.unpack(zip, folder);
      renameSync(`${zip}.good`, zip);
    };
    writeFileSync(path.join(next(), 'Contents', 'added'), '');
    const sentence = /was changed after it had been verified/;
    await expectRefused(unpack({ unpack: exchanged }, planned), sentence);
    packBundle(next(), zipFile);
    await expectRefused(unpack({}, planned), sentence);
  });

  it('that holds no app, or two, is refused', async () => {
    const second = async (zip: string, folder: string): Promise<void> => {
      await bundleTools.unpack(zip, folder);
      mkdirSync(path.join(folder, 'Other.app'));
    };
    await expectRefused(unpack({ unpack: second }), /does not hold one app/);
    const stray = path.join(bench.folder, 'next', 'Stray');
    mkdirSync(stray);
    packBundle(stray, zipFile);
    await expectRefused(unpack(), /does not hold one app/);
  });

  it('whose app the system does not trust is refused', async () => {
    const verify = () => Promise.reject(new Error('a sealed resource is missing'));
    await expectRefused(unpack({ verify }), /sealed resource/);
  });

  it.each(['/etc/passwd', '../../../../outside'])(
    'with a link that leads out (%s) is refused',
    async (target) => {
      symlinkSync(target, path.join(next(), 'Contents', 'out'));
      packBundle(next(), zipFile);
      await expectRefused(unpack(), /leads out/);
    },
  );
});

describe.skipIf(process.platform === 'win32')('an agent that launchd runs', () => {
  let launchd: LaunchdStandIn;
  let pathBefore: string | undefined;
  beforeEach(() => {
    launchd = new LaunchdStandIn(bench.folder);
    pathBefore = process.env.PATH;
    process.env.PATH = `${launchd.bin}:${pathBefore}`;
  });
  afterEach(() => {
    process.env.PATH = pathBefore;
    launchd.close();
  });

  it.each([1, 2])(
    'and that is killed before rename %i goes on when launchd starts it again',
    async (dieAt) => {
      const counter = path.join(bench.folder, 'renames');
      writeFileSync(counter, '');
      const work: AgentWork = {
        ...{ attempt, toBuild: plan.toBuild, appFile: programIn(place), counter, dieAt },
        stateRoot: state.root,
        listSha512: await unpack(),
      };
      const script = path.join(import.meta.dirname, '..', 'testing', 'bundle-agent.ts');
      const text = agentText({
        id: 'swap',
        command: process.execPath,
        args: [script, JSON.stringify(work)],
        cwd: bench.folder,
        env: { NODE_NO_WARNINGS: '1' },
        finalCodes: [],
        finalAsSuccess: '--final-as-success',
      });
      const file = path.join(bench.folder, 'swap.plist');
      writeFileSync(file, text);
      const real = {
        ...userLaunchd(),
        domain: launchd.domain,
        launchctlNow: (words: readonly string[]) => launchd.answer(words),
      };
      await loadJob(real, agentLabel('swap'), file);
      const job = () => launchd.job(agentLabel('swap'));
      await until(() => job()?.starts === 2 && !job()?.pid && launchd.isAtRest, 'the second run');
      const left = ['.Holdfast.app.new', '.Holdfast.app.old', 'Holdfast.app'];
      expect([app(), beside()]).toEqual(['new', left]);
    },
  );
});

it('macOS’ own programs unpack and verify it, and a refusal is a sentence', async () => {
  const ran: string[] = [];
  const { unpack: ditto, verify } = systemBundleTools(async (program, args) => {
    ran.push([program, ...args].join(' '));
    if (program.endsWith('codesign')) throw new Error('code has no resources');
  });
  await ditto('/a.zip', '/Applications/.H.app.new');
  await expect(verify('/H.app')).rejects.toThrow(
    'The signature of /H.app is not valid (code has no resources).',
  );
  expect(ran).toEqual([
    '/usr/bin/ditto -x -k /a.zip /Applications/.H.app.new',
    '/usr/bin/codesign --verify --deep --strict /H.app',
  ]);
});
