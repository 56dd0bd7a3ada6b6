/**
 * Puts a snapshot back. At every moment the old or the restored folder exists, under its own name or
 * beside it, and a second call after a kill or a power cut comes to the same end:
 *
 *     folder   draft   aside     means                        then
 *     old      –/part  –         nothing has changed yet      copy the draft (again), whole, to the disk
 *     old      whole   –         the same                     the same
 *     –        whole   old       in the middle                rename the draft into place
 *     restored –       old/part  it is back                   remove what was moved aside
 *     restored –       –         done; called again, it is done again
 *
 * All drafts are made before the first folder is moved, so that a full disk changes nothing.
 */
import { promises as fs } from 'node:fs';
import path from 'node:path';
import { renameDurable } from '../durable-write.ts';
import { codeOf, copyTree, measureTree, removeTree, syncFolder } from './copy-tree.ts';
import { contentOf, readSnapshot, type Snapshot, type SnapshotEntry } from './manifest.ts';
import { exists, refuseWithoutRoom, sentenceOf, sharesBlocks } from './snapshot.ts';

/** One folder or file on its way back. */
interface Work {
  readonly entry: SnapshotEntry;
  readonly content: string;
  readonly draft: string;
  /** What was there before; a second one when something was made there in the middle. */
  readonly asides: readonly [string, string];
}

/**
 * Puts everything back where it was, as it was. Nothing may run on it meanwhile. Rejects with a
 * sentence: then each folder is the old one or the restored one, and calling again goes on.
 */
export async function restoreSnapshot(target: string): Promise<void> {
  const snapshot = readSnapshot(target);
  const works = snapshot.entries.map((entry, at) => workOf(target, snapshot, entry, at));
  try {
    await eachOf(works, makeDraft);
    await eachOf(works, putInPlace);
    await eachOf(works, removeAsides);
  } catch (error) {
    for (const work of works) await discardDraft(work).catch(() => undefined);
    throw error;
  }
}

async function eachOf(works: readonly Work[], step: (work: Work) => Promise<void>): Promise<void> {
  for (const work of works) {
    try {
      await step(work);
    } catch (error) {
      const folder = path.dirname(work.entry.path);
      throw new Error(sentenceOf(error, folder, 'put back'), { cause: error });
    }
  }
}

function workOf(target: string, { id }: Snapshot, entry: SnapshotEntry, at: number): Work {
  const folder = path.dirname(entry.path);
  const beside = (what: string): string => path.join(folder, `.holdfast-${id}-${at}.${what}`);
  return {
    entry,
    content: contentOf(target, at),
    draft: beside('draft'),
    asides: [beside('old'), beside('older')],
  };
}

async function needsDraft({ entry, draft, asides }: Work): Promise<boolean> {
  if (entry.kind === 'missing') return false;
  if (!(await exists(asides[0]))) return true;
  // Moved aside already: then the draft was whole, and is in place or about to be.
  if ((await exists(draft)) || (await exists(entry.path))) return false;
  // Others removed what was put back. With a draft again, it would look as in the middle.
  renameDurable(asides[0], entry.path);
  return true;
}

async function makeDraft(work: Work): Promise<void> {
  if (!(await needsDraft(work))) return;
  const { entry, content, draft } = work;
  await removeTree(draft);
  const folder = path.dirname(draft);
  await fs.mkdir(folder, { recursive: true });
  const measured = await measureTree(content, () => undefined);
  if (!(await sharesBlocks(measured, folder))) await refuseWithoutRoom(folder, measured.bytes);
  const copied = await copyTree(content, draft, { live: false, durable: true });
  if (copied.files !== entry.files || copied.bytes !== entry.bytes) {
    throw new Error(
      `The copy of ${entry.path} was changed since it was made (${copied.files} files instead of ${entry.files}), so it was not put back.`,
    );
  }
  await syncFolder(folder);
}

async function putInPlace({ entry, draft, asides }: Work): Promise<void> {
  const isBack = entry.kind !== 'missing' && !(await exists(draft));
  if (isBack) return;
  if (await exists(entry.path)) await moveAside(entry.path, asides);
  if (entry.kind === 'missing') return;
  try {
    renameDurable(draft, entry.path);
  } catch (error) {
    const isAway = !(await exists(entry.path)) && (await exists(asides[0]));
    if (isAway) renameDurable(asides[0], entry.path);
    throw error;
  }
}

/** While nothing was moved aside for it, a draft is only a copy. */
async function discardDraft({ draft, asides }: Work): Promise<void> {
  if (!(await exists(asides[0]))) await removeTree(draft);
}

async function moveAside(file: string, [first, second]: Work['asides']): Promise<void> {
  const aside = (await exists(first)) ? second : first;
  await removeTree(second);
  try {
    renameDurable(file, aside);
  } catch (cause) {
    const code = codeOf(cause);
    if (code !== 'EBUSY' && code !== 'EPERM' && code !== 'EACCES') throw cause;
    throw new Error(
      `${file} can't be put back: it can't be moved aside (${code}). A program may use it, or it is a separate disk. End that program, then try again.`,
      { cause },
    );
  }
}

async function removeAsides({ entry, asides }: Work): Promise<void> {
  for (const aside of asides) await removeTree(aside);
  await syncFolder(path.dirname(entry.path)).catch(() => undefined);
}
