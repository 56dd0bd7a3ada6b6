/**
 * What an update downloads, and how long it takes to verify: between the two packed releases, which differ in
 * nothing but their version, after a change of one line, and with another Electron.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createPackage, extractAll } from '@electron/asar';
import { projectRoot } from '../e2e/support/desktop-app.ts';
import { mustRun } from '../scripts/lib/run.mjs';
import { fetchedWithout } from '../scripts/release/deltas.ts';
import { makeDelta } from '../scripts/release/make-delta.ts';
import { withPlainBlockMap } from '../scripts/release/plain-block-map.ts';

/** Bytes. */
interface Fetched {
  readonly delta: number;
  readonly blockMap: number;
  readonly whole: number;
}

export interface FetchCosts {
  readonly onlyVersion: Fetched;
  readonly oneLine: Fetched;
  /** Null where no other Electron was given. */
  readonly otherElectron: Fetched | null;
  /** The sha512 of 100 MB, milliseconds: an update by a delta hashes the old image and the new one. */
  readonly verifyMs: number;
}

/** electron-builder's own, which it does not offer as a package. */
const blockMapProgram = path.join(
  projectRoot,
  'node_modules/app-builder-lib/out/targets/blockmap/blockmap.js',
);
const releases = path.join(projectRoot, 'dist', 'e2e');
const imageOf = (name: string): Buffer =>
  readFileSync(path.join(releases, name, 'Holdfast-x86_64.AppImage'));

/** @param otherElectron a folder of Electron's files, of another version; empty for none */
export async function fetchCosts(otherElectron: string): Promise<FetchCosts> {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-fetch-'));
  const packed = path.join(releases, 'new', 'linux-unpacked');
  const changed = async (name: string, change: (app: string) => unknown): Promise<Buffer> => {
    const app = path.join(folder, name);
    cpSync(packed, app, { recursive: true });
    await change(app);
    return packImage(app);
  };
  try {
    const base = await changed('base', (app) => editArchive(app, ''));
    const edited = await changed('edited', (app) => editArchive(app, '\n// One more line.\n'));
    const other =
      otherElectron === ''
        ? null
        : await changed('electron', async (app) => {
            cpSync(otherElectron, app, { recursive: true });
            cpSync(path.join(otherElectron, 'electron'), path.join(app, 'holdfast'));
            await editArchive(app, '');
          });
    return {
      onlyVersion: await fetched(imageOf('old'), imageOf('new')),
      oneLine: await fetched(base, edited),
      otherElectron: other && (await fetched(base, other)),
      verifyMs: verifyMs(),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function fetched(base: Buffer, next: Buffer): Promise<Fetched> {
  return {
    delta: makeDelta(base, next).length,
    blockMap: await fetchedWithout(base, next),
    whole: next.length,
  };
}

/** The archive of `app`, packed anew with a line more in its main program. */
async function editArchive(app: string, line: string): Promise<void> {
  const archive = path.join(app, 'resources', 'app.asar');
  const files = `${app}-files`;
  extractAll(archive, files);
  appendFileSync(path.join(files, 'out', 'main', 'main.js'), line);
  await createPackage(files, archive);
}

/** As electron-builder and scripts/dist.mjs do, without the runtime in front. */
async function packImage(app: string): Promise<Buffer> {
  const tools = process.env.HOLDFAST_APPIMAGE_TOOLS ?? '';
  const image = `${app}.AppImage`;
  const words = ['-all-root', '-noappend', '-no-progress', '-quiet', '-no-xattrs', '-no-fragments'];
  await mustRun(path.join(tools, 'mksquashfs'), [app, image, ...words, '-comp', 'zstd'], {
    cwd: app,
    stdio: 'ignore',
  });
  const require = createRequire(import.meta.url);
  const { buildBlockMap }: { buildBlockMap(file: string, format: string): Promise<unknown> } =
    require(blockMapProgram);
  await buildBlockMap(image, 'deflate');
  return withPlainBlockMap(readFileSync(image)).image;
}

function verifyMs(): number {
  const megabyte = Buffer.alloc(1_000_000, 'holdfast');
  const runs = Array.from({ length: 5 }, () => {
    const began = performance.now();
    const hash = createHash('sha512');
    for (let count = 0; count < 100; count += 1) hash.update(megabyte);
    hash.digest();
    return performance.now() - began;
  });
  return Math.round(Math.min(...runs));
}
