/** What an order meets that comes while one watcher hands over to another. */
import { expect, it } from 'vitest';
import { ContractError } from '../contract/define.ts';
import { takingOver } from '../contract/wire.ts';
import { systemClock } from '../process/index.ts';
import type { WatcherConnection } from '../rpc/client.ts';
import { LinkClient } from './link-client.ts';

/** A connection whose answers to orders are these, one after the other; the last for all that follow. */
function connection(...answers: (() => unknown)[]): WatcherConnection & { asked: number } {
  const scripted = {
    asked: 0,
    call: async () => answers[Math.min(scripted.asked++, answers.length - 1)]?.(),
    on: () => () => {},
  };
  // Orders alone are asked of it.
  return scripted as unknown as WatcherConnection & { asked: number };
}

const refuse = (message: string) => () => {
  throw new ContractError(message);
};

it('it is given to the one that takes over, once [R158]', async () => {
  const client = new LinkClient(systemClock, () => 'not connected');
  const old = connection(refuse(takingOver), () => {
    client.disconnect();
    throw new Error('The background service hung up.');
  });
  const next = connection(() => null);
  client.connectTo(old);
  const order = client.call('update.keepVersion', null);
  setTimeout(() => client.connectTo(next), 250);
  expect(await order).toBeNull();
  expect([old.asked, next.asked]).toEqual([2, 1]);
});

it('it is given to the same watcher again, where the other one does not come [R158]', async () => {
  const client = new LinkClient(systemClock, () => 'not connected');
  client.connectTo(connection(refuse(takingOver), () => null));
  expect(await client.call('update.keepVersion', null)).toBeNull();
});

it('any other refusal is final, and so is a hang-up that may have come after the work', async () => {
  const client = new LinkClient(systemClock, () => 'not connected');
  await expect(client.call('update.keepVersion', null)).rejects.toThrow('not connected');
  const refuses = connection(refuse('There is nothing to keep.'));
  client.connectTo(refuses);
  await expect(client.call('update.keepVersion', null)).rejects.toThrow('nothing to keep');
  const hangsUp = connection(() => {
    client.disconnect();
    throw new Error('The background service hung up.');
  });
  client.connectTo(hangsUp);
  await expect(client.call('update.keepVersion', null)).rejects.toThrow('hung up');
  expect([refuses.asked, hangsUp.asked]).toEqual([1, 1]);
});
