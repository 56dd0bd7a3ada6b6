/** Who asked for a stop: the app's window, its tray, the command line, or an app that quits. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { EndedBy } from '../contract/gateway.ts';
import { readLedger } from '../gateway/ledger/ledger.ts';
import type { WatcherConnection } from '../rpc/client.ts';
import { type Bench, createBench } from '../testing/watcher-bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await createBench();
});
afterEach(() => bench.sweep());

async function causeOf(client: WatcherConnection, order: Promise<unknown>): Promise<unknown> {
  await order;
  const { state } = await client.call('subscribe', null);
  return state.gateways.ref?.lastExit?.by;
}

it('an exit names the window, the tray or the command line that asked for it [R114]', async () => {
  await bench.serve();
  const [app, cli] = [await bench.client('app'), await bench.client('cli')];
  const id = 'ref';
  const orders: readonly (readonly [EndedBy, () => Promise<unknown>])[] = [
    [{ cause: 'user', through: 'window' }, () => app.call('gateway.restart', { id })],
    [{ cause: 'user', through: 'tray' }, () => app.call('gateway.restart', { id, from: 'tray' })],
    [{ cause: 'user', through: 'command-line' }, () => cli.call('gateway.stop', { id })],
  ];
  for (const [by, order] of orders) {
    await bench.running(app);
    expect(await causeOf(app, order())).toEqual(by);
  }
  await bench.finish();
});

it('a gateway that is stopped because the app quits says so to the next watcher [R114]', async () => {
  const watcher = await bench.serve();
  const client = await bench.client();
  await bench.running(client);
  await client.call('watcher.retire', { gateways: 'stop' });
  await watcher.ended;
  expect(readLedger(bench.state.ledger, 'ref')).toMatchObject({
    ledger: { lastExit: { by: { cause: 'quit' } } },
  });
  await bench.finish();
});
