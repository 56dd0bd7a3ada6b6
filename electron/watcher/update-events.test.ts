import { expect, test } from 'vitest';
import { richReceipt } from '../../renderer/test/samples.ts';
import { updateEvents } from './update-events.ts';

const now = Date.UTC(2026, 0, 5);

test('an update that is final is in the history of each gateway that it concerned, with how long it was away [R131]', () => {
  const receipt = { ...richReceipt(now), outcome: 'committed' as const };
  const events = updateEvents(receipt);
  expect(events.map(({ id }) => id)).toEqual(receipt.gateways.map(({ id }) => id));
  for (const [index, { facts }] of events.entries()) {
    expect(facts).toMatchObject({
      kind: 'updated',
      what: 'holdfast',
      from: receipt.fromVersion,
      to: receipt.toVersion,
      awayMs: receipt.gateways[index]?.absenceMs,
      update: receipt.attempt,
    });
  }
  expect(updateEvents({ ...receipt, outcome: 'back' })).toEqual([]);
});
