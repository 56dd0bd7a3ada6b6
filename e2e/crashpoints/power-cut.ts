/** What must hold on the disk after any power cut, before anything has been started again. */
import { decodeJournal, type JournalContent } from '../../electron/transaction/journal.ts';
import type { CutState, Names } from './disk.ts';
import type { DiskChange } from './effects.ts';

/** Copies of programs are prepared here; of no interest until they have their names. */
const prepared = /^state\/staged\/\.draft-|\/unpacked(?:\/|$)/;

/** The steps after which a power cut is of interest. */
export function cutsWorthwhile(changes: readonly DiskChange[]): ReadonlySet<number> {
  const steps = changes.flatMap((change, n) => (prepared.test(change.path) ? [] : [n, n + 1]));
  return new Set(steps);
}

const attemptFile = (name: string) =>
  new RegExp(`^state/(?:updates|gateway-updates/freed)/(\\d{13}-[a-f0-9]{8})/${name}$`);

/** One line for each thing that is wrong. */
export function cutTrouble(
  base: ReadonlyMap<string, Buffer | null>,
  images: { readonly old: Buffer; readonly next: Buffer },
  { names, flushed }: CutState,
): string[] {
  const image = names.get('apps/Holdfast.AppImage')?.data;
  const isOld = image?.equals(images.old) === true;
  const isNew = image?.equals(images.next) === true;
  return [
    ...(isOld || isNew ? [] : ['the installed app is neither old nor new']),
    ...journalsIn(names).flatMap(({ name, attempt, data }) =>
      journalTrouble(names, attempt, data, flushed(name)),
    ),
    ...(isNew ? wayBackTrouble(names, images.old) : []),
    ...wholeTrouble(names),
    ...keptTrouble(base, names),
  ];
}

interface FoundJournal {
  readonly name: string;
  readonly attempt: string;
  readonly data: Buffer;
}

function journalsIn(names: Names): FoundJournal[] {
  return [...names].flatMap(([name, inode]) => {
    const attempt = attemptFile('journal\\.jsonl').exec(name)?.[1];
    return attempt !== undefined && inode ? [{ name, attempt, data: inode.data }] : [];
  });
}

/** Many states have the same journal. */
const decoded = new Map<string, JournalContent>();

function decode(data: Buffer): JournalContent {
  const key = data.toString('latin1');
  const known = decoded.get(key) ?? decodeJournal(data);
  decoded.set(key, known);
  return known;
}

/** What was flushed counts, whatever has become of the rest. */
function journalTrouble(names: Names, attempt: string, data: Buffer, flushed: number): string[] {
  const { soundBytes, records } = decode(data);
  const armed = records.some(({ event }) => event.type === 'armed');
  const plan = [...names.keys()].some(
    (name) => attemptFile('plan\\.json').exec(name)?.[1] === attempt,
  );
  return [
    ...(soundBytes < flushed ? ['a record of the journal was lost that had been flushed'] : []),
    ...(armed && !plan ? ['an update is armed, and its plan is missing'] : []),
  ];
}

/** Until the new version has stayed up, and was kept where its user is asked, the old one is there. */
function wayBackTrouble(names: Names, old: Buffer): string[] {
  const decided = journalsIn(names).some(({ attempt, data }) => {
    const last = isAsked(names, attempt) ? 'kept' : 'soaked';
    return decode(data).records.some(({ event }) => event.type === last);
  });
  const link = [...names].find(([name]) => /^apps\/\.Holdfast\.AppImage\.old-/.test(name))?.[1];
  return decided || link?.data.equals(old) ? [] : ['the new app is installed without a way back'];
}

function isAsked(names: Names, attempt: string): boolean {
  const plan = names.get(`state/updates/${attempt}/plan.json`)?.data;
  return plan?.includes('"confirmMs"') === true;
}

/** Files that are replaced are old or new, never half. */
function wholeTrouble(names: Names): string[] {
  const replaced = /^state\/(?:profiles|run)\/[^.]+\.json$|\/(?:plan|receipt)\.json$/;
  return [...names].flatMap(([name, inode]) => {
    if (!inode || !replaced.test(name) || isJson(inode.data)) return [];
    return [`${name} is not whole`];
  });
}

function isJson(data: Buffer): boolean {
  try {
    JSON.parse(data.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

/** Profiles are as they were, and of a history only the newest lines may be missing. */
function keptTrouble(base: ReadonlyMap<string, Buffer | null>, names: Names): string[] {
  return [...base].flatMap(([name, before]) => {
    const now = names.get(name)?.data;
    if (before === null) return [];
    if (name.startsWith('state/profiles/') && !now?.equals(before)) return [`${name} was lost`];
    const starts = now?.subarray(0, before.length).equals(before);
    return name.startsWith('state/events/') && !starts ? [`${name} has lost what was there`] : [];
  });
}
