import { expect, test } from 'vitest';
import { byOrder, movedTo } from './gateway-order.ts';

const named = (id: string, name = id) => ({ id, name });

test('gateways follow the user’s order, and what is not in it follows by name', () => {
  const all = [named('a', 'Zeta'), named('b', 'Älpha'), named('c'), named('d')];
  const inOrder = (order: readonly string[]) => [...all].sort(byOrder(order)).map(({ id }) => id);
  expect(inOrder([])).toEqual(['b', 'c', 'd', 'a']);
  expect(inOrder(['d', 'gone', 'a'])).toEqual(['d', 'a', 'b', 'c']);
});

test('numbers in names count as numbers', () => {
  const all = ['Server 10', 'Server 9', 'Server 1'].map((name) => named(name));
  expect(all.sort(byOrder([])).map(({ name }) => name)).toEqual([
    'Server 1',
    'Server 9',
    'Server 10',
  ]);
});

test.each([
  ['a', 'c', ['b', 'c', 'a']],
  ['c', 'a', ['c', 'a', 'b']],
  ['b', 'a', ['b', 'a', 'c']],
  ['b', 'b', ['a', 'b', 'c']],
  ['x', 'a', ['a', 'b', 'c']],
  ['a', 'x', ['a', 'b', 'c']],
])('%s that is moved to %s leaves %j', (id, to, expected) => {
  expect(movedTo(['a', 'b', 'c'], id, to)).toEqual(expected);
});
