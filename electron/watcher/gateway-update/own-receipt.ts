/**
 * What the update command wrote about its own run, as the profile says where (`update.receipt`). It is
 * foreign text: its words are compared with those of the profile, and shown. An older one is not taken for
 * this run's: it counts only when the file was written after the command was started.
 */
import { statSync } from 'node:fs';
import type { Problem } from '../../contract/gateway.ts';
import type { OwnReceipt } from '../../contract/gateway-update.ts';
import { plainText } from '../../contract/plain-text.ts';
import type { OwnReceiptSource } from '../../contract/profile-update.ts';
import { textOf } from '../../files/untrusted-file.ts';
import { fieldOf, parseJson } from '../../gateway/probes/json-field.ts';
import { dataPath } from '../../gateway/profiles/profiles.ts';

/** With the plan of every gateway and every step it is some pages of JSON. */
const maxBytes = 4 * 1024 * 1024;
const maxText = 300;
/** A file system may keep times by the second, or two. */
const coarseMs = 2_000;

/**
 * @param since when the command was started, epoch milliseconds
 * @returns null when there is none of this run, or it does not say how the run ended
 */
export function readOwnReceipt(
  { path, outcome, good, unchanged, reason, before, after }: OwnReceiptSource,
  dataDir: string,
  since: number,
): OwnReceipt | null {
  const json = parseJson(textSince(dataPath(path, dataDir), since));
  const at = (field: string | undefined): string | null => {
    const found = field === undefined ? undefined : fieldOf(json, field);
    if (typeof found !== 'string' && typeof found !== 'number') return null;
    return plainText(String(found).slice(0, maxText)).replace(/\s+/g, ' ').trim() || null;
  };
  const word = at(outcome);
  if (word === null) return null;
  return {
    outcome: word,
    good: good.includes(word),
    unchanged: unchanged.includes(word),
    reason: at(reason),
    before: at(before),
    after: at(after),
  };
}

function textSince(file: string, since: number): string {
  try {
    if (statSync(file).mtimeMs < since - coarseMs) return '';
    return textOf(file, maxBytes, { owner: 'any', links: 'follow' }) ?? '';
  } catch {
    return '';
  }
}

/** A command that exits with 0, and says itself that it did not work; null when it says nothing like that. */
export function contradiction(name: string, own: OwnReceipt | null): Problem | null {
  if (!own || own.good) return null;
  const why = own.reason === null ? '' : `: ${own.reason}`;
  return {
    message: `The update command of ${name} recorded that its run ended as “${own.outcome}”${why}.`,
    hint: 'Its output is at the end of the gateway’s log.',
  };
}
