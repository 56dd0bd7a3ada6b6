/**
 * An app for macOS is a folder, `Holdfast.app`, that comes in a signed zip. A running one can't replace itself: what it
 * starts for that ends with it. The watcher, which launchd has started, does:
 *
 *                Holdfast.app   .Holdfast.app.new/Holdfast.app   .Holdfast.app.old   .Holdfast.app.kept
 *   prepared     old                                                                 older, or none
 *   unpacked     old            new                                                  older, or none
 *   between                     new                              old                 older, or none
 *   replaced     new                                             old                 older, or none
 *   restored     old            (new, being removed)                                 older, or none
 *   committed    new                                                                 old
 *
 * A bundle is unpacked and looked at before anything is renamed. Each step may be killed anywhere and repeated: the
 * names that are there, and the build in the place, tell how far it is (swap-folder.ts).
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  // biome-ignore lint/style/noRestrictedImports: only flushes what was just unpacked.
  openSync,
  readdirSync,
  readlinkSync,
  rmSync,
} from 'node:fs';
import path from 'node:path';
import { errorText } from '../contract/error-text.ts';
import { fsyncDir } from '../files/durable-write.ts';
import type { RenameDeps } from '../staging/rename-patiently.ts';
import { installedBuild } from './installed.ts';
import { swapFolder } from './swap-folder.ts';

export interface BundleNames {
  /** What is installed. */
  readonly place: string;
  /** Where the new version is unpacked, and what is unpacked there. */
  readonly unpackedIn: string;
  readonly unpacked: string;
  /** What was in the place, until the update is committed. */
  readonly previous: string;
  /** What was there before the last update. */
  readonly kept: string;
}

/** The bundle that holds a program `…/Holdfast.app/Contents/MacOS/Holdfast`; null for any other. */
export function bundleOf(appFile: string): string | null {
  const bundle = path.resolve(appFile, '../../..');
  const isInside = path.relative(bundle, path.dirname(appFile)) === path.join('Contents', 'MacOS');
  return isInside && bundle.endsWith('.app') ? bundle : null;
}

/** Hidden, and without the ending by which the Finder would take them for apps. */
export function bundleNames(place: string): BundleNames {
  const name = path.basename(place);
  const beside = (kind: string): string => path.join(path.dirname(place), `.${name}.${kind}`);
  const unpackedIn = beside('new');
  return {
    place,
    unpackedIn,
    unpacked: path.join(unpackedIn, name),
    previous: beside('old'),
    kept: beside('kept'),
  };
}

export interface BundleInstall {
  /** The program in the installed bundle. */
  readonly appFile: string;
  /** The verified zip. */
  readonly zip: string;
  readonly fromBuild: string;
  readonly toVersion: string;
}

export interface BundleDeps extends RenameDeps {
  /** Unpacks `zip` into the empty `folder`. Rejects with a sentence. */
  unpack(zip: string, folder: string): Promise<void>;
  /** Whether the system trusts the bundle (`codesign --verify`). Rejects with a sentence. */
  verify(bundle: string): Promise<void>;
}

/** Puts the new version in its place; the old one lies beside it. Rejects with a sentence. */
export async function putBundleInPlace(deps: BundleDeps, install: BundleInstall): Promise<void> {
  const { appFile, zip } = install;
  const { place, unpackedIn, unpacked, previous } = namesOf(appFile);
  const isDone = (): boolean => isNew(install, appFile);
  if (!isDone()) {
    // Unpacked anew, whatever a killed watcher has left of it: then it is known to be whole.
    rmSync(unpackedIn, { recursive: true, force: true });
    mkdirSync(unpackedIn, { mode: 0o755 });
    await deps.unpack(zip, unpackedIn);
    refuseLinksOut(unpackedIn);
    const unpackedApp = path.join(unpacked, path.relative(place, appFile));
    if (!isNew(install, unpackedApp)) {
      throw new Error(
        `${zip} does not hold version ${install.toVersion} of ${path.basename(place)}.`,
      );
    }
    await deps.verify(unpacked);
    flush(unpackedIn);
    await swapFolder({ place, wanted: unpacked, aside: previous, isDone }, deps);
  }
  rmSync(unpackedIn, { recursive: true, force: true });
}

/** Puts the old version back where it was replaced, or is about to be. Rejects with the system's error. */
export async function putOldBundleBack(
  deps: RenameDeps,
  { appFile, fromBuild }: Pick<BundleInstall, 'appFile' | 'fromBuild'>,
): Promise<void> {
  const { place, unpackedIn, unpacked, previous } = namesOf(appFile);
  const isDone = (): boolean => installedBuild(appFile)?.buildId === fromBuild;
  if (existsSync(previous) && !isDone()) {
    mkdirSync(unpackedIn, { recursive: true, mode: 0o755 });
    await swapFolder({ place, wanted: previous, aside: unpacked, isDone }, deps);
  }
  rmSync(unpackedIn, { recursive: true, force: true });
}

function namesOf(appFile: string): BundleNames {
  const place = bundleOf(appFile);
  if (place === null) throw new Error(`${appFile} is not the program of an app bundle.`);
  return bundleNames(place);
}

function isNew({ fromBuild, toVersion }: BundleInstall, appFile: string): boolean {
  const found = installedBuild(appFile);
  return found?.version === toVersion && found.buildId !== fromBuild && existsSync(appFile);
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

/** On the disk before the rename that relies on it. Throws the system's error. */
function flush(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const full = path.join(entry.parentPath, entry.name);
    if (entry.isDirectory()) fsyncDir(full);
    if (!entry.isFile()) continue;
    const fd = openSync(full, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  }
  fsyncDir(folder);
}

/** Runs a program to its end. Rejects with the system's error, and what it printed. */
export type RunProgram = (program: string, args: readonly string[]) => Promise<void>;

/** What macOS brings for both. */
export function systemBundleTools(run: RunProgram): Pick<BundleDeps, 'unpack' | 'verify'> {
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
