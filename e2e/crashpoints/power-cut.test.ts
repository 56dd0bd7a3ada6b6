import { expect, it } from 'vitest';
import { encodeLine } from '../../electron/files/checked-line.ts';
import { cutStates } from './disk.ts';
import type { DiskChange } from './effects.ts';
import { cutTrouble } from './power-cut.ts';

const images = { old: Buffer.from('old image'), next: Buffer.from('new image') };
const attempt = 'state/updates/0000000000001-00000000';
const image = 'apps/Holdfast.AppImage';
const next = 'apps/.Holdfast.AppImage.new-0000000000001-00000000';
const link = 'apps/.Holdfast.AppImage.old-0000000000001-00000000';
const base = new Map<string, Buffer | null>([
  ['apps', null],
  [image, images.old],
  [next, images.next],
  ['state', null],
  ['state/updates', null],
  [attempt, null],
  [`${attempt}/journal.jsonl`, Buffer.alloc(0)],
]);
const write = (path: string, text: string): DiskChange => ({
  op: 'write',
  path,
  at: 0,
  data: Buffer.from(text).toString('base64'),
});
const sync = (path: string): DiskChange => ({ op: 'sync', path });
const record = encodeLine({ seq: 1, token: 1, at: 1, event: { type: 'prepared' } });

function found(changes: readonly DiskChange[]): string[] {
  const states = [...cutStates(base, changes)];
  return [...new Set(states.flatMap((state) => cutTrouble(base, images, state)))];
}

const draft = `${attempt}/plan.json.0123456789ab.tmp`;
const named: DiskChange = { op: 'rename', path: draft, to: `${attempt}/plan.json` };
const linked: DiskChange = { op: 'link', path: image, to: link };
const replaced: DiskChange = { op: 'rename', path: next, to: image };

it('finds a plan that has its name before its bytes are flushed', () => {
  const drafted: DiskChange[] = [{ op: 'create', path: draft }, write(draft, '{}')];
  expect(found([...drafted, named, sync(attempt)])).toEqual([`${attempt}/plan.json is not whole`]);
  expect(found([...drafted, sync(draft), named, sync(attempt)])).toEqual([]);
});

it('finds a new app whose way back was not flushed', () => {
  expect(found([linked, replaced, sync('apps')])).toEqual([
    'the new app is installed without a way back',
  ]);
  expect(found([linked, sync('apps'), replaced, sync('apps')])).toEqual([]);
});

it('a torn record of a journal is ordinary, and one that was flushed counts', () => {
  const journal = `${attempt}/journal.jsonl`;
  expect(found([write(journal, record), sync(journal)])).toEqual([]);
  expect(found([write(journal, 'no record\n'), sync(journal)])).toEqual([
    'a record of the journal was lost that had been flushed',
  ]);
});
