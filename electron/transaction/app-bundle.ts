/**
 * An app for macOS is a folder, `Holdfast.app`, that comes in a signed zip. A running one can't replace itself: what it
 * starts for that ends with it. The watcher, which launchd has started, does (folder-names.ts, installed-folder.ts).
 * Before anything is stopped it unpacks the zip beside the installed bundle, looks at what came out, and lists it; what
 * gets the place later is compared with that list.
 */
import { existsSync, mkdirSync, readdirSync, readlinkSync, renameSync, rmSync } from 'node:fs';
// biome-ignore lint/style/noRestrictedImports: only flushes what was just unpacked.
import { open } from 'node:fs/promises';
import path from 'node:path';
import { errorText } from '../contract/error-text.ts';
import { sha512Of } from '../files/file-hash.ts';
import { changeMark } from '../files/file-identity.ts';
import { writeFolderList } from '../files/folder-list.ts';
import { type FolderNames, folderNames, programAt } from './folder-names.ts';
import { installedBuild } from './installed.ts';
import type { BundleInstall, Plan } from './plan.ts';

export interface BundleTools {
  /** Unpacks `zip` into the empty `folder`. Rejects with a sentence. */
  unpack(zip: string, folder: string): Promise<void>;
  /** Whether the system trusts the bundle (`codesign --verify`). Rejects with a sentence. */
  verify(bundle: string): Promise<void>;
}

/**
 * Unpacks the zip of a plan beside the installed bundle, durably, and writes the list of its files to `list`. Whatever
 * lay there is removed first. Rejects with a sentence, and leaves nothing then.
 *
 * @returns base64 sha512 of the list
 */
export async function unpackBundle(
  tools: BundleTools,
  plan: Pick<Plan, 'fromBuild' | 'toBuild' | 'toVersion'>,
  install: Pick<BundleInstall, 'appFile' | 'zipFile' | 'zipSha512'>,
  list: string,
): Promise<string> {
  const { unpackedIn, unpacked } = folderNames(install.appFile);
  rmSync(unpackedIn, { recursive: true, force: true });
  try {
    mkdirSync(unpackedIn, { mode: 0o755 });
    await unpackAs(tools, install, folderNames(install.appFile));
    refuseLinksOut(unpackedIn);
    refuseOtherBuild(plan, install, programAt(unpacked, install.appFile));
    await tools.verify(unpacked);
    await flush(unpackedIn);
    return (await writeFolderList(unpacked, list)).sha512;
  } catch (error) {
    rmSync(unpackedIn, { recursive: true, force: true });
    throw error;
  }
}

/** Under the name of the installed bundle, which its user may have changed. */
async function unpackAs(
  { unpack }: BundleTools,
  { zipFile, zipSha512 }: Pick<BundleInstall, 'zipFile' | 'zipSha512'>,
  { unpackedIn, unpacked }: FolderNames,
): Promise<void> {
  // As start-verified.ts does: what is written to the file or replaces it from here on changes the mark.
  const mark = changeMark(zipFile);
  const { sha512 } = await sha512Of(zipFile);
  await unpack(zipFile, unpackedIn);
  if (sha512 !== zipSha512 || mark === undefined || changeMark(zipFile) !== mark) {
    throw new Error(`${zipFile} was changed after it had been verified. It was not installed.`);
  }
  const [app, ...others] = readdirSync(unpackedIn).filter((name) => name.endsWith('.app'));
  if (app === undefined || others.length > 0) {
    throw new Error(`${zipFile} does not hold one app.`);
  }
  renameSync(path.join(unpackedIn, app), unpacked);
}

function refuseOtherBuild(
  { fromBuild, toBuild, toVersion }: Pick<Plan, 'fromBuild' | 'toBuild' | 'toVersion'>,
  { zipFile }: Pick<BundleInstall, 'zipFile'>,
  program: string,
): void {
  const found = installedBuild(program);
  const isPlanned = found?.version === toVersion && found.buildId === toBuild;
  if (isPlanned && found.buildId !== fromBuild && existsSync(program)) return;
  throw new Error(`${zipFile} does not hold version ${toVersion} of ${path.basename(program)}.`);
}

/** Frameworks are full of links, all of them inside. Throws a sentence for one that leads out, and for what is no file. */
function refuseLinksOut(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const full = path.join(entry.parentPath, entry.name);
    if (entry.isFile() || entry.isDirectory()) continue;
    if (!entry.isSymbolicLink()) throw new Error(`${full} is no plain file.`);
    const target = readlinkSync(full);
    const leadsTo = path.resolve(entry.parentPath, target);
    if (path.isAbsolute(target) || !leadsTo.startsWith(folder + path.sep)) {
      throw new Error(`The link ${full} leads out of the new version.`);
    }
  }
}

/**
 * On the disk before the rename that relies on it; one after the other, and not in the watcher's loop: on macOS each waits
 * for the disk itself. Rejects with the system's error.
 */
async function flush(folder: string): Promise<void> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() || entry.isDirectory()) await sync(path.join(entry.parentPath, entry.name));
  }
  await sync(folder);
}

async function sync(file: string): Promise<void> {
  const opened = await open(file, 'r');
  try {
    await opened.sync();
  } finally {
    await opened.close();
  }
}

/** Runs a program to its end. Rejects with the system's error, and what it printed. */
export type RunProgram = (program: string, args: readonly string[]) => Promise<unknown>;

/** What macOS brings for both. */
export function systemBundleTools(run: RunProgram): BundleTools {
  const orSay = async (what: string, program: string, args: readonly string[]): Promise<void> => {
    try {
      await run(program, args);
    } catch (cause) {
      throw new Error(`${what} (${errorText(cause)}).`, { cause });
    }
  };
  return {
    unpack: (zip, folder) =>
      orSay(`${zip} could not be unpacked`, '/usr/bin/ditto', ['-x', '-k', zip, folder]),
    verify: (bundle) =>
      orSay(`The signature of ${bundle} is not valid`, '/usr/bin/codesign', [
        ...['--verify', '--deep', '--strict'],
        bundle,
      ]),
  };
}
