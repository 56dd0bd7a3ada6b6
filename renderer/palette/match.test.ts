import { expect, test } from 'vitest';
import { matchScore } from './match.ts';

test.each([
  ['her', 'Restart Hermes'],
  ['hermes restart', 'Restart Hermes'],
  ['hrms', 'Restart Hermes'],
  ['res her', 'Restart Hermes'],
  ['方舟', 'Logs 方舟网关'],
  ['网关', 'Logs 方舟网关'],
  ['ЖУРНАЛ', 'Logs журнал'],
  ['cafe', 'Start Café'],
  ['ﾊｰﾒｽ', 'Logs ハーメス'],
  ['', 'anything'],
])('“%s” finds “%s”', (query, text) => expect(matchScore(query, text)).not.toBeNull());

test.each([
  ['hermes stop', 'Restart Hermes'],
  ['smreh', 'Restart Hermes'],
  ['rmes x', 'Restart Hermes'],
  ['estrt', 'Restart Hermes'],
])('“%s” does not find “%s”', (query, text) => expect(matchScore(query, text)).toBeNull());

test('the beginning of a word counts more than its inside, and that more than scattered letters', () => {
  const scores = ['Stop Art', 'Restart', 'A ranking tool'].map((text) => matchScore('art', text));
  const [start, within, spread] = scores.map(Number);
  expect(start).toBeGreaterThan(Number(within));
  expect(within).toBeGreaterThan(Number(spread));
});
