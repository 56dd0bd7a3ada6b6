import { expect, test } from 'vitest';
import { diskTrouble } from './disk-problem.ts';

const system = (code: string): Error => Object.assign(new Error(`${code}: x`), { code });

test('a disk that takes no data is recognised, however deep the error is wrapped', () => {
  const said = ['ENOSPC', 'EDQUOT', 'EROFS'].map((code) => {
    const cause = new Error('A start failed.', { cause: system(code) });
    const trouble = diskTrouble(new Error('Outer.', { cause }), '/state');
    return `${trouble?.message} ${trouble?.hint}`;
  });
  expect(said).toEqual([
    'The disk that holds /state is full. Make room on it.',
    'Your share of the disk that holds /state is used up. Make room on it, or have the quota raised.',
    'The disk that holds /state can only be read. Make it writable again.',
  ]);
  for (const other of [system('EACCES'), new Error('ENOSPC'), 'ENOSPC', undefined]) {
    expect(diskTrouble(other, '/state')).toBeUndefined();
  }
  const circle = new Error('round');
  circle.cause = circle;
  expect(diskTrouble(circle, '/state')).toBeUndefined();
});
