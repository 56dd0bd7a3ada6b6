/** The exchange of an app bundle: with real folders, cut off anywhere, and by an agent that launchd runs. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agentLabel, agentText } from '../process/darwin/agent-file.ts';
import { loadJob, userLaunchd } from '../process/darwin/launchd.ts';
import { systemClock } from '../process/index.ts';
import { bundleTools, layBundle, packBundle, programIn } from '../testing/app-bundles.ts';
import { LaunchdStandIn } from '../testing/launchd.ts';
import { createWorkbench, until, type Workbench } from '../testing/processes.ts';
import {
  type BundleDeps,
  type BundleInstall,
  bundleNames,
  bundleOf,
  putBundleInPlace,
  putOldBundleBack,
  systemBundleTools,
} from './app-bundle.ts';
import { stageSourceOf } from './installed.ts';

let bench: Workbench;
let install: BundleInstall;
let place: string;
beforeEach(() => {
  bench = createWorkbench();
  place = path.join(bench.folder, 'Applications', 'Holdfast.app');
  mkdirSync(path.dirname(place));
  const content = { gateway: '', runtime: 'node' };
  layBundle(place, 'old', { ...content, buildId: '1.0.0+a', version: '1.0.0' });
  const next = path.join(bench.folder, 'next', 'Holdfast.app');
  layBundle(next, 'new', { ...content, buildId: '1.1.0+b', version: '1.1.0' });
  const zip = path.join(bench.folder, 'Holdfast.zip');
  packBundle(next, zip);
  install = { appFile: programIn(place), zip, fromBuild: '1.0.0+a', toVersion: '1.1.0' };
});
afterEach(() => bench.clean());

const deps = (changes: Partial<BundleDeps> = {}): BundleDeps => ({
  clock: systemClock,
  patienceMs: 0,
  ...bundleTools,
  ...changes,
});
const app = () => (existsSync(install.appFile) ? readFileSync(install.appFile, 'utf8') : 'none');
const beside = () => readdirSync(path.dirname(place)).sort();

it('a bundle is known by the place of its program, and so is what is staged from it', () => {
  expect(bundleOf('/Applications/Holdfast.app/Contents/MacOS/Holdfast')).toBe(
    path.resolve('/Applications/Holdfast.app'),
  );
  expect(bundleOf('/opt/Holdfast/holdfast')).toBeNull();
  expect(bundleOf('/Applications/Holdfast/Contents/MacOS/Holdfast')).toBeNull();
  expect(stageSourceOf(programIn(place)).bundle).toBe(
    path.join(place, 'Contents', 'Resources', 'holdfast-stage', 'watcher'),
  );
});

describe.skipIf(process.platform === 'win32')('a bundle', () => {
  it('is replaced by the new one, and the old one lies beside it', async () => {
    await putBundleInPlace(deps(), install);
    expect([app(), beside()]).toEqual(['new', ['.Holdfast.app.old', 'Holdfast.app']]);
    await putBundleInPlace(deps(), install);
    expect(app()).toBe('new');
  });

  it('is put back when the new one fails, and nothing of that is left', async () => {
    await putBundleInPlace(deps(), install);
    await putOldBundleBack(deps(), install);
    expect([app(), beside()]).toEqual(['old', ['Holdfast.app']]);
    await putOldBundleBack(deps(), install);
    expect([app(), beside()]).toEqual(['old', ['Holdfast.app']]);
  });

  it.each([
    ['that holds another version', { toVersion: '1.2.0' }],
    ['that holds the same build', { fromBuild: '1.1.0+b' }],
    ['that is not there', { zip: '/nowhere.zip' }],
  ])('stays where an archive %s is to replace it', async (_, changes) => {
    await expect(putBundleInPlace(deps(), { ...install, ...changes })).rejects.toThrow();
    await putOldBundleBack(deps(), install);
    expect([app(), beside()]).toEqual(['old', ['Holdfast.app']]);
  });

  it('whose signature the system refuses is not installed', async () => {
    const verify = () => Promise.reject(new Error('a sealed resource is missing'));
    await expect(putBundleInPlace(deps({ verify }), install)).rejects.toThrow(/sealed resource/);
    expect(app()).toBe('old');
  });

  it.each(['/etc/passwd', '../../../../outside'])(
    'with a link that leads out (%s) is not installed',
    async (target) => {
      const next = path.join(bench.folder, 'next', 'Holdfast.app');
      symlinkSync(target, path.join(next, 'Contents', 'out'));
      packBundle(next, install.zip);
      await expect(putBundleInPlace(deps(), install)).rejects.toThrow(/leads out/);
      expect(app()).toBe('old');
    },
  );

  it('that can’t be renamed leaves the old one in its place', async () => {
    const { unpacked } = bundleNames(place);
    const rename = (from: string, to: string) => {
      if (from === unpacked) throw Object.assign(new Error('held'), { code: 'EPERM' });
      renameSync(from, to);
    };
    await expect(putBundleInPlace(deps({ rename }), install)).rejects.toThrow('held');
    expect(app()).toBe('old');
  });

  it.each([1, 2])(
    'cut off before rename %i is finished, or undone, by whoever comes next',
    async (at) => {
      const cut = () => {
        let renames = 0;
        return deps({
          rename(from, to) {
            renames += 1;
            if (renames >= at) throw new Error('power cut');
            renameSync(from, to);
          },
        });
      };
      await expect(putBundleInPlace(cut(), install)).rejects.toThrow('power cut');
      await putOldBundleBack(deps(), install);
      expect([app(), beside()]).toEqual(['old', ['Holdfast.app']]);
      await expect(putBundleInPlace(cut(), install)).rejects.toThrow('power cut');
      await putBundleInPlace(deps(), install);
      expect([app(), beside()]).toEqual(['new', ['.Holdfast.app.old', 'Holdfast.app']]);
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
      const script = path.join(import.meta.dirname, '..', 'testing', 'bundle-agent.ts');
      const text = agentText({
        id: 'swap',
        command: process.execPath,
        args: [script, JSON.stringify({ install, counter, dieAt })],
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
      expect([app(), beside()]).toEqual(['new', ['.Holdfast.app.old', 'Holdfast.app']]);
    },
  );
});

it('macOS’ own programs unpack and verify it, and a refusal is a sentence', async () => {
  const ran: string[] = [];
  const { unpack, verify } = systemBundleTools(async (program, args) => {
    ran.push([program, ...args].join(' '));
    if (program.endsWith('codesign')) throw new Error('code has no resources');
  });
  await unpack('/a.zip', '/Applications/.H.app.new');
  await expect(verify('/H.app')).rejects.toThrow(
    'The signature of /H.app is not valid (code has no resources).',
  );
  expect(ran).toEqual([
    '/usr/bin/ditto -x -k /a.zip /Applications/.H.app.new',
    '/usr/bin/codesign --verify --deep --strict /H.app',
  ]);
  rmSync(install.zip);
});
