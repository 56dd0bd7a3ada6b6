import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { createPublisher, followPatch, type Patch } from '../contract/snapshot.ts';
import type { Connection } from './connection.ts';
import { createSubscriptions } from './subscriptions.ts';

it('a slow client gets the whole state, right after one missed patch and a gap after more', () => {
  for (const missed of [1, 2]) {
    const publisher = createPublisher<{ n: number; keep: string }>({ n: 0, keep: 'k' });
    const received: Patch[] = [];
    let slow = false;
    let caughtUp: () => void = () => {};
    const connection: Connection = {
      id: 1,
      event: (_, patch) => {
        if (!slow) received.push(z.parse(z.any(), patch));
        return !slow;
      },
      onCaughtUp: (listener) => {
        caughtUp = listener;
      },
      onClose: () => {},
      end: () => {},
    };
    const subscriptions = createSubscriptions(publisher);
    subscriptions.add(connection);
    subscriptions.add(connection);
    const mirror = publisher.snapshot();
    slow = true;
    for (let n = 1; n <= missed; n += 1) publisher.publish({ n, keep: 'k' });
    slow = false;
    caughtUp();
    expect(received).toHaveLength(1);
    const parse = z.strictObject({ n: z.int(), keep: z.string() });
    const patch = received[0];
    const next = patch && followPatch(mirror, patch, (state) => z.parse(parse, state));
    expect(next).toEqual(missed === 1 ? { revision: 1, state: { n: 1, keep: 'k' } } : 'gap');
  }
});
