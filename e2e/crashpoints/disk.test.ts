import { expect, it } from 'vitest';
import { cutStates } from './disk.ts';
import type { DiskChange } from './effects.ts';

const base = new Map<string, Buffer | null>([
  ['folder', null],
  ['folder/a', Buffer.from('old')],
]);
const write = (path: string, text: string, at = 0): DiskChange => ({
  op: 'write',
  path,
  at,
  data: Buffer.from(text).toString('base64'),
});

/** What may be in `folder/a`, of all that a power cut may leave. */
function possible(changes: readonly DiskChange[]): string[] {
  const found = [...cutStates(base, changes)].map(
    ({ names }) => names.get('folder/a')?.data.toString() ?? 'nothing',
  );
  return [...new Set(found)].sort();
}

it('a file that is written anew under another name, flushed and renamed is old or new', () => {
  const changes: DiskChange[] = [
    { op: 'create', path: 'folder/b' },
    write('folder/b', 'new!'),
    { op: 'sync', path: 'folder/b' },
    { op: 'rename', path: 'folder/b', to: 'folder/a' },
    { op: 'sync', path: 'folder' },
  ];
  expect(possible(changes)).toEqual(['new!', 'old']);
});

it('one that was not flushed before it got its name may be empty or half', () => {
  const changes: DiskChange[] = [
    { op: 'create', path: 'folder/b' },
    write('folder/b', 'new!'),
    { op: 'rename', path: 'folder/b', to: 'folder/a' },
    { op: 'sync', path: 'folder' },
  ];
  expect(possible(changes)).toEqual(['', 'ne', 'new!', 'old']);
});

it('what was appended and flushed is there, and what was appended after that may be torn', () => {
  const changes: DiskChange[] = [
    write('folder/a', '+one', 3),
    { op: 'sync', path: 'folder/a' },
    write('folder/a', '+two', 7),
  ];
  // Never the second without the first.
  const all = ['old', 'old+o', 'old+one', 'old+one+t', 'old+one+two'];
  expect(possible(changes)).toEqual(all);
});

it('a name that was not flushed may come back, and a link may be missing', () => {
  expect(possible([{ op: 'remove', path: 'folder/a' }])).toEqual(['nothing', 'old']);
  const linked = [...cutStates(base, [{ op: 'link', path: 'folder/a', to: 'folder/c' }])];
  expect(new Set(linked.map(({ names }) => names.has('folder/c')))).toEqual(new Set([false, true]));
});
