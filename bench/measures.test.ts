/** How a supervisor treats a server that dies again and again, recognised by its pauses. */
import { expect, test } from 'vitest';
import { countOption, proofOf } from './figures.ts';
import { toStorm } from './measures.ts';

test('pauses that stay as they are go on without end', () => {
  expect(toStorm('10\n4010\n8010\nback 12010\n', 0.01)).toEqual({
    starts: 3,
    medianPauseMs: 4,
    lastPauseMs: 4,
    backAfterMs: 2,
    verdict: 'goes on without end',
  });
});

test('pauses that grow are a backoff', () => {
  const storm = toStorm('10\n2010\n252000\n752000\n1752000\nback 3752000\n', 2);
  expect(storm).toMatchObject({ starts: 5, lastPauseMs: 2_000, verdict: 'backs off' });
});

test('who is not back within the patience has given up', () => {
  const storm = toStorm('10\n1002010\ngone\n', 2);
  expect(storm).toMatchObject({ starts: 2, backAfterMs: null, verdict: 'gives up' });
});

test('a short run is refused the name of a proof, and a count that is none is refused', () => {
  expect(proofOf(25)).not.toContain('NOT A PROOF');
  expect(proofOf(24)).toContain('NOT A PROOF');
  expect(() => countOption('kills', '0')).toThrow('--kills');
  expect(() => countOption('kills', '2.5')).toThrow('--kills');
});
