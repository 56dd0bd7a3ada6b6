/** The app's half of an update on macOS: what it finds, what it lays ready, and what it refuses. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeLatestYml } from '../../e2e/fixtures/feed-server.ts';
import { prepareStateFolder, type StateFolder, stateFolder } from '../files/state-folder.ts';
import { systemClock } from '../process/index.ts';
import { readManifest } from '../staging/staged.ts';
import { bundleTools, layBundle, packBundle, programIn } from '../testing/app-bundles.ts';
import { openFeedBench } from '../testing/feed-bench.ts';
import { sha512OfFile } from '../testing/update-plan.ts';
import { folderNames } from '../transaction/folder-names.ts';
import { type BundleInstallerDeps, bundleObjection, createBundleInstaller } from './bundle.ts';
import { chooseInstallStrategy, type InstalledCopy } from './install-strategy.ts';

const attempt = '1700000000000-0123abcd';
const content = { gateway: '', runtime: 'node' };
let root: string;
let state: StateFolder;
let place: string;
let download: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'holdfast-bundle-'));
  state = stateFolder(path.join(root, 'state'));
  prepareStateFolder(state);
  mkdirSync(state.attempt(attempt).folder);
  place = path.join(root, 'Applications', 'Holdfast.app');
  layBundle(place, 'old app', { ...content, buildId: '1.0.0+old', version: '1.0.0' });
  layBundle(next(), 'new app', { ...content, buildId: '1.1.0+new', version: '1.1.0' });
  download = path.join(root, 'Holdfast-arm64.zip');
  packBundle(next(), download);
});
afterEach(() => {
  chmodSync(path.dirname(place), 0o700);
  rmSync(root, { recursive: true, force: true });
});

const next = () => path.join(root, 'next', 'Holdfast.app');
const installer = (changes: Partial<BundleInstallerDeps> = {}) =>
  createBundleInstaller({
    ...{ appFile: programIn(place), state, takeStage: bundleTools.unpack },
    ...changes,
  });

async function prepared(one = installer()) {
  const found = await one.prepare(download, sha512OfFile(download), attempt);
  if (found.kind !== 'bundle') throw new Error('another kind');
  return found;
}

describe.skipIf(process.platform === 'win32')('an update', () => {
  it('lays the verified zip ready in the attempt’s folder, and touches nothing installed', async () => {
    const one = installer();
    expect(one.objection()).toBeUndefined();
    const { zipFile, zipSha512 } = await prepared(one);
    expect(path.dirname(zipFile)).toBe(state.attempt(attempt).folder);
    expect(sha512OfFile(zipFile)).toBe(zipSha512);
    one.replace(await prepared(installer({ state: stateIn('other') })));
    expect(readFileSync(programIn(place), 'utf8')).toBe('old app');
    expect(readdirSync(path.dirname(place))).toEqual(['Holdfast.app']);
  });

  it('of another zip than the feed named is refused', async () => {
    const sha512 = sha512OfFile(download);
    writeFileSync(download, 'forged');
    await expect(installer().prepare(download, sha512, attempt)).rejects.toThrow(
      /was changed after/,
    );
    expect(readdirSync(state.attempt(attempt).folder)).toEqual([]);
  });

  it('knows the next build before anything is stopped', async () => {
    const one = installer();
    const stage = await one.unpackStage(await prepared(one), folderIn('unpacked'));
    expect(readManifest(stage?.bundle ?? '').buildId).toBe('1.1.0+new');
    expect(readFileSync(stage?.runtime ?? '', 'utf8')).toBe('node');
  });

  it.skipIf(!existsSync('/usr/bin/unzip') || !existsSync('/usr/bin/zip'))(
    'takes only what is staged out of a real zip, with the system’s own program',
    async () => {
      rmSync(download);
      execFileSync('/usr/bin/zip', ['-qry', download, 'Holdfast.app'], {
        cwd: path.dirname(next()),
      });
      const one = createBundleInstaller({ appFile: programIn(place), state });
      const folder = folderIn('unpacked');
      const stage = await one.unpackStage(await prepared(one), folder);
      expect(readManifest(stage?.bundle ?? '').version).toBe('1.1.0');
      expect(existsSync(programIn(path.join(folder, 'Holdfast.app')))).toBe(false);
      await expect(
        one.unpackStage({ ...(await prepared(reinstalled())), zipFile: '/nowhere.zip' }, folder),
      ).rejects.toThrow(/nowhere/);
    },
  );

  it('that was not begun leaves nothing, and a sweep removes what others have left', async () => {
    const one = installer();
    const found = await prepared(one);
    const { unpackedIn } = folderNames(one.appFile);
    mkdirSync(unpackedIn);
    one.sweep(attempt);
    expect([existsSync(found.zipFile), existsSync(unpackedIn)]).toEqual([true, true]);
    one.undo(found);
    expect([existsSync(found.zipFile), existsSync(unpackedIn)]).toEqual([false, false]);
    await prepared(one);
    mkdirSync(unpackedIn);
    one.sweep(null);
    expect([existsSync(found.zipFile), existsSync(unpackedIn)]).toEqual([false, false]);
  });
});

function folderIn(name: string): string {
  const folder = path.join(root, name);
  mkdirSync(folder);
  return folder;
}

function stateIn(name: string): StateFolder {
  const other = stateFolder(path.join(root, name));
  prepareStateFolder(other);
  mkdirSync(other.attempt(attempt).folder);
  return other;
}

const reinstalled = () => installer({ state: stateIn('again') });

describe.skipIf(process.platform === 'win32')('a copy', () => {
  it.each([
    [
      '/private/var/folders/x/T/AppTranslocation/1-2/d/Holdfast.app/Contents/MacOS/Holdfast',
      'temporary copy',
    ],
    ['/Volumes/Holdfast 1.0.0/Holdfast.app/Contents/MacOS/Holdfast', 'disk image'],
    ['/opt/Holdfast/holdfast', 'app bundle'],
  ])('that runs as %s is told to be moved', (program, word) => {
    expect(bundleObjection(program)?.message).toContain(word);
  });

  it.skipIf(process.getuid?.() === 0)('in a folder of somebody else is told to be moved', () => {
    chmodSync(path.dirname(place), 0o500);
    expect(installer().objection()?.message).toContain(`${path.dirname(place)} can’t be written`);
  });

  it('that does not say which build it is can’t be updated', () => {
    rmSync(path.join(place, 'Contents', 'Resources'), { recursive: true });
    expect(installer().objection()?.message).toContain('does not say which build is installed');
  });

  it('in a writable folder updates itself, if its build has release keys', () => {
    const copy: InstalledCopy = {
      updatesDisabled: false,
      platform: 'darwin',
      packaged: true,
      appImage: undefined,
      appDir: undefined,
      program: programIn(place),
      packageType: '',
      feedUrl: undefined,
      trustedRoot: '{}',
    };
    const deps = {
      ...{ state, clock: systemClock, env: {} },
      channel: () => 'stable' as const,
      maxRate: () => null,
      log: () => undefined,
    };
    expect(chooseInstallStrategy(copy, deps).installer).toMatchObject({
      appFile: programIn(place),
      keptFile: path.join(path.dirname(place), '.Holdfast.app.kept'),
    });
    expect(chooseInstallStrategy({ ...copy, trustedRoot: '' }, deps)).toMatchObject({
      feed: { unavailable: {} },
    });
    const moved = { ...copy, program: '/Volumes/Holdfast/Holdfast.app/Contents/MacOS/Holdfast' };
    expect(chooseInstallStrategy(moved, deps).installer).toMatchObject({
      unavailable: { message: expect.stringContaining('disk image') },
    });
  });
});

describe('the feed of a Mac', () => {
  const bench = openFeedBench(async () => {
    for (const arch of ['arm64', 'x64']) writeFileSync(bench.at(`Holdfast-${arch}.zip`), arch);
    await writeLatestYml(bench.served, {
      version: '1.1.0',
      file: `Holdfast-${process.arch}.zip`,
      channelFile: 'latest-mac.yml',
    });
  });
  const own = `Holdfast-${process.arch}.zip`;

  it('is latest-mac.yml, of which the zip is downloaded and nothing is installed', async () => {
    const feed = bench.createFeed({ asMac: true });
    expect(await feed.check()).toMatchObject({ version: '1.1.0', signedAs: own });
    const file = await feed.download(() => undefined, new AbortController().signal);
    expect(readFileSync(file, 'utf8')).toBe(process.arch);
  });

  it('offers no zip that is for another processor', async () => {
    const other = process.arch === 'arm64' ? 'x64' : 'arm64';
    const file = `Holdfast-${other}.zip`;
    await writeLatestYml(bench.served, { version: '1.1.0', file, channelFile: 'latest-mac.yml' });
    const found = bench.createFeed({ asMac: true }).check();
    await expect(found).rejects.toThrow(/is offered, but not as/);
  });
});
