/** What Windows tells of a job, read without Windows. */
import { expect, test } from 'vitest';
import { parseJobMates } from './processes.ts';

test('the processes of a job are listed only when all of them fit', () => {
  const list = Buffer.alloc(8 + 16);
  list.writeUInt32LE(2, 0);
  list.writeUInt32LE(2, 4);
  list.writeBigUInt64LE(4_242n, 8);
  list.writeBigUInt64LE(77n, 16);
  expect(parseJobMates(list)).toEqual([4_242, 77]);
  list.writeUInt32LE(3, 0);
  expect(parseJobMates(list)).toBeUndefined();
  expect(parseJobMates(Buffer.alloc(8))).toBeUndefined();
});
