/**
 * Is this the AppImage that we run from? APPIMAGE alone proves nothing: every program that is started
 * from the terminal of another AppImage inherits it. Three things have to agree:
 *
 *   APPDIR     the runtime that set APPIMAGE set it too, to the folder that it mounted or unpacked;
 *   program    our own executable lies in that folder;
 *   image      where the folder is mounted, the file has the very squashfs image that is mounted.
 */
import { realpathSync, statfsSync, statSync } from 'node:fs';
import path from 'node:path';
import { readPart } from '../files/untrusted-file.ts';

/** What is wrong, and what to do. */
export interface Exchanged {
  readonly message: string;
  readonly hint: string;
}

export interface Origin {
  /** APPIMAGE and APPDIR, as this process inherited them. */
  readonly appImage: string | undefined;
  readonly appDir: string | undefined;
  /** Our own executable. */
  readonly program: string;
  /** The size of the file system that is mounted at `folder`; null: none is mounted, or it does not say. */
  mounted?(folder: string): ImageSize | null;
}

/** Enough to tell two builds apart: how many files, and in how many blocks. */
export interface ImageSize {
  readonly files: number;
  readonly blocks: number;
}

/** That of this very process. */
export function ownOrigin(): Origin {
  const { execPath: program, env } = process;
  return { appImage: env.APPIMAGE, appDir: env.APPDIR, program };
}

/** True when the runtime that started us is that of the file in APPIMAGE. */
export function runsFromImage({ appImage, appDir, program }: Origin): boolean {
  if (!appImage || !path.isAbsolute(appImage) || !appDir || !path.isAbsolute(appDir)) return false;
  try {
    const inside = path.relative(realpathSync(appDir), realpathSync(program));
    return inside !== '' && !inside.startsWith('..') && !path.isAbsolute(inside);
  } catch {
    return false;
  }
}

/** Why the file in APPIMAGE is not the mounted one any more, or undefined. To be asked before it is replaced. */
export function imageExchanged(origin: Origin): Exchanged | undefined {
  const { appImage = '', appDir = '', mounted = sizeOfMount } = origin;
  try {
    const here = mounted(appDir);
    if (here === null) return undefined;
    const there = sizeOfImage(appImage);
    if (there?.files === here.files && there.blocks === here.blocks) return undefined;
  } catch {
    // A file that can't be read must not be replaced either.
  }
  return {
    message: `${appImage} is not the file that this Holdfast was started from; it was replaced since.`,
    hint: 'Quit Holdfast and start it again, then update.',
  };
}

function sizeOfMount(folder: string): ImageSize | null {
  if (statSync(folder).dev === statSync(path.dirname(folder)).dev) return null;
  const { files, blocks } = statfsSync(folder);
  // Older runtimes do not say.
  return files > 0 ? { files, blocks } : null;
}

const elfHeaderBytes = 64;
const superblockBytes = 96;

/** From the superblock of the squashfs image that follows the program at the file's front. */
function sizeOfImage(file: string): ImageSize | null {
  const read = (maxBytes: number, at: number): Buffer =>
    readPart(file, { maxBytes, start: () => at }, { owner: 'any' }).bytes;
  const header = read(elfHeaderBytes, 0);
  if (header.length < elfHeaderBytes || header.toString('latin1', 1, 4) !== 'ELF') return null;
  // The section headers are the last of the program.
  const end =
    Number(header.readBigUInt64LE(40)) + header.readUInt16LE(58) * header.readUInt16LE(60);
  const block = read(superblockBytes, end);
  if (block.length < superblockBytes || block.toString('latin1', 0, 4) !== 'hsqs') return null;
  const used = Number(block.readBigUInt64LE(40));
  const blockSize = block.readUInt32LE(12);
  return { files: block.readUInt32LE(4), blocks: Math.floor((used - 1) / blockSize) + 1 };
}
