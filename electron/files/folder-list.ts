/**
 * What is in a folder, file by file, written down to tell later whether it is still the same: nothing changed,
 * nothing missing, nothing added. The list is itself told by its sha512.
 */
import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { writeDurable } from './durable-write.ts';
import { hashFile, sha512Of } from './file-hash.ts';
import { readUntrusted, readUntrustedJson } from './untrusted-file.ts';

/** An installed app has some hundred files. */
const maxListBytes = 4 * 1024 * 1024;

const listSchema = z.strictObject({
  schema: z.literal(1),
  /** By their paths in the folder, with `/`. */
  files: z.record(
    z.string().check(z.maxLength(4096)),
    z.strictObject({
      bytes: z.int().check(z.nonnegative()),
      sha256: z.string().check(z.regex(/^[a-f0-9]{64}$/)),
    }),
  ),
  /** Where links lead, as they say it; they are not followed. */
  links: z.record(z.string().check(z.maxLength(4096)), z.string().check(z.maxLength(4096))),
});
type FolderList = z.infer<typeof listSchema>;

export interface WrittenList {
  /** base64. */
  readonly sha512: string;
  /** Of all files. */
  readonly bytes: number;
}

/** Lists `folder` and writes the list durably. About half a second for 300 MB. Rejects with the system's error. */
export async function writeFolderList(folder: string, file: string): Promise<WrittenList> {
  const { plain, links } = namesIn(folder);
  const files: FolderList['files'] = {};
  let bytes = 0;
  for (const name of plain) {
    const full = path.join(folder, name);
    const size = lstatSync(full).size;
    files[name] = { bytes: size, sha256: await hashFile(full) };
    bytes += size;
  }
  const list: FolderList = { schema: 1, files, links };
  writeDurable(file, `${JSON.stringify(list, null, 1)}\n`);
  return { sha512: (await sha512Of(file)).sha512, bytes };
}

/** Puts the same list elsewhere. Throws a FileProblem, or the system's error. */
export function copyFolderList(from: string, to: string): void {
  writeDurable(to, readUntrusted(from, maxListBytes));
}

/**
 * Compares `folder` with the list in `file`, which must have this sha512 (base64). Rejects with a sentence that names
 * the first difference. Takes as long as the listing.
 */
export async function checkFolder(folder: string, file: string, sha512: string): Promise<void> {
  const found = await sha512Of(file).catch((cause: unknown) => {
    throw new Error(`The list of the files in ${folder} can’t be read.`, { cause });
  });
  if (found.sha512 !== sha512) throw new Error(`${file} is not the list that was made then.`);
  const list = readUntrustedJson(file, listSchema, maxListBytes);
  compareNames(folder, list, namesIn(folder));
  for (const [name, expected] of Object.entries(list.files)) {
    const full = path.join(folder, name);
    const same =
      lstatSync(full).size === expected.bytes && (await hashFile(full)) === expected.sha256;
    if (!same) throw new Error(`${full} was changed.`);
  }
}

function compareNames(folder: string, list: FolderList, { plain, links }: Names): void {
  const at = (name: string): string => path.join(folder, name);
  const added = plain.find((name) => list.files[name] === undefined);
  if (added !== undefined) throw new Error(`${at(added)} does not belong there.`);
  const present = new Set(plain);
  const missing = Object.keys(list.files).find((name) => !present.has(name));
  if (missing !== undefined) throw new Error(`${at(missing)} is missing.`);
  const all = new Set([...Object.keys(list.links), ...Object.keys(links)]);
  const other = [...all].find((name) => list.links[name] !== links[name]);
  if (other !== undefined) throw new Error(`The link ${at(other)} was changed.`);
}

interface Names {
  readonly plain: readonly string[];
  readonly links: FolderList['links'];
}

/** Throws the system's error, also for what is neither folder, file nor link. */
function namesIn(folder: string): Names {
  const plain: string[] = [];
  const links: FolderList['links'] = {};
  // Not `recursive`: that goes into the folders that links lead to.
  const walk = (below: string): void => {
    for (const entry of readdirSync(path.join(folder, below), { withFileTypes: true })) {
      const name = path.posix.join(below, entry.name);
      const full = path.join(folder, name);
      if (entry.isSymbolicLink()) links[name] = readlinkSync(full);
      else if (entry.isDirectory()) walk(name);
      else if (entry.isFile()) plain.push(name);
      else throw new Error(`${full} is no plain file.`);
    }
  };
  walk('');
  return { plain: plain.sort(), links };
}
