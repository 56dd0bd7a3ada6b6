/**
 * What the watcher does with installed folders (folder-names.ts): puts the kept one in the place of the installed
 * one, puts the old one back, and keeps it when the update is committed. A folder is compared with its list before
 * it gets the place. Each step may be killed anywhere and repeated.
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileMark } from '../files/file-identity.ts';
import { checkFolder, copyFolderList, writeFolderList } from '../files/folder-list.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { installedPrograms } from '../process/index.ts';
import { type RenameDeps, renamePatiently } from '../staging/rename-patiently.ts';
import { folderNames } from './folder-names.ts';
import { installedBuild } from './installed.ts';
import { writeKept } from './kept.ts';
import type { BundleInstall, KeptFolderInstall, OldFolder, Plan, SetupInstall } from './plan.ts';
import { swapFolder } from './swap-folder.ts';

export type FolderInstall = SetupInstall | BundleInstall | KeptFolderInstall;

/** A folder that lies beside the installed one, and the list of what it has to hold. */
interface ListedFolder {
  readonly folder: string;
  readonly names: string;
  /** Of the list, base64. */
  readonly listSha512: string;
}

export interface FolderDeps extends RenameDeps {
  readonly state: StateFolder;
  log(message: string): void;
}

/**
 * Lists the installed folder in the attempt's own one, before anything is touched: about half a second for 300 MB.
 * Not by the app: to Electron an archive in it is a folder. Rejects with the system's error.
 */
export async function listInstalled(
  state: StateFolder,
  attempt: string,
  { appFile }: FolderInstall,
): Promise<OldFolder> {
  const { place } = folderNames(appFile);
  const { sha512: listSha512, bytes } = await writeFolderList(
    place,
    state.attempt(attempt).oldFiles,
  );
  return { listSha512, bytes, listedAs: installedPrograms()?.read(place) ?? null };
}

/** Is the very folder installed that was there before the update? */
export function isOldInPlace({ fromBuild }: Plan, { appFile, fileMark: before }: FolderInstall) {
  return installedBuild(appFile)?.buildId === fromBuild && fileMark(appFile) === before;
}

/** Puts the kept folder in its place; the installed one goes beside it. Rejects with a sentence. */
export async function putKeptInPlace(
  deps: FolderDeps,
  plan: Plan,
  expected: KeptFolderInstall,
): Promise<void> {
  const { appFile, newFolder: folder, newList: names, newListSha512: listSha512 } = expected;
  await putInPlace(deps, plan, appFile, { folder, names, listSha512 });
  list(deps, appFile, expected.newListedAs);
}

/** Puts the unpacked bundle in its place, if it is still what was listed. Rejects with a sentence. */
export async function putUnpackedInPlace(
  deps: FolderDeps,
  plan: Pick<Plan, 'attempt' | 'toBuild'>,
  { appFile }: Pick<BundleInstall, 'appFile'>,
  listSha512: string,
): Promise<void> {
  const { unpacked: folder } = folderNames(appFile);
  const { newFiles: names } = deps.state.attempt(plan.attempt);
  await putInPlace(deps, plan, appFile, { folder, names, listSha512 });
}

async function putInPlace(
  deps: FolderDeps,
  { toBuild }: Pick<Plan, 'toBuild'>,
  appFile: string,
  { folder, names, listSha512 }: ListedFolder,
): Promise<void> {
  const { place, previous } = folderNames(appFile);
  const isDone = (): boolean => installedBuild(appFile)?.buildId === toBuild;
  if (isDone()) return;
  await checkFolder(folder, names, listSha512);
  await swapFolder({ place, wanted: folder, aside: previous, isDone }, deps);
}

/**
 * Puts the old folder back where it was replaced, or is about to be. Where none was laid aside, what is in the place
 * stays. Rejects with a sentence.
 */
export async function putOldBack(
  deps: FolderDeps,
  plan: Plan,
  expected: FolderInstall,
  old: OldFolder | null,
): Promise<void> {
  const { appFile } = expected;
  const { place, previous, unpacked, kept } = folderNames(appFile);
  const isDone = (): boolean => isOldInPlace(plan, expected);
  if (!isDone()) {
    if (!old || !existsSync(previous)) return;
    await checkFolder(previous, deps.state.attempt(plan.attempt).oldFiles, old.listSha512);
    const aside = expected.kind === 'folder' ? kept : unpacked;
    mkdirSync(path.dirname(aside), { recursive: true });
    await swapFolder({ place, wanted: previous, aside, isDone }, deps);
  }
  if (old) list(deps, appFile, old.listedAs);
}

/** Keeps the folder that was replaced, in the place of the one that was kept before. Rejects with the system's error. */
export async function keepReplacedFolder(
  deps: FolderDeps,
  { attempt, fromVersion: version, fromBuild: build }: Plan,
  { appFile }: FolderInstall,
  old: OldFolder | null,
): Promise<void> {
  const { state } = deps;
  const { previous, kept } = folderNames(appFile);
  if (!old || !existsSync(previous)) return;
  copyFolderList(state.attempt(attempt).oldFiles, state.keptFiles);
  const { listSha512: sha512, bytes: size, listedAs } = old;
  writeKept(state, { schema: 1, version, build, file: kept, sha512, size, folder: { listedAs } });
  rmSync(kept, { recursive: true, force: true });
  await renamePatiently(previous, kept, deps);
}

/** Removes what only a failed update has left; what is held stays for the next one. */
export function removeLeftovers({ appFile, kind }: FolderInstall, log: FolderDeps['log']): void {
  if (kind === 'folder') return;
  const { unpackedIn } = folderNames(appFile);
  try {
    rmSync(unpackedIn, { recursive: true, force: true });
  } catch (error) {
    log(`${unpackedIn} could not be removed: ${String(error)}`);
  }
}

/** What the system shows of it is no reason to fail. */
function list(
  { log }: FolderDeps,
  appFile: string,
  program: KeptFolderInstall['newListedAs'],
): void {
  if (program === null) return;
  try {
    installedPrograms()?.write(folderNames(appFile).place, program);
  } catch (error) {
    log(String(error));
  }
}
