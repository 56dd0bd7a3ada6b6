/**
 * The app's end of the connection, alone in its own process, so that it can be killed like the app:
 * it stages and launches the built watcher, mirrors it, and passes intents on. Forked by app-process.ts.
 *
 *   node app.ts <state folder>
 */
import { join } from 'node:path';
import { stateFolder } from '../../electron/files/state-folder.ts';
import { createLink } from '../../electron/link/link.ts';
import { systemClock } from '../../electron/process/index.ts';
import { readManifest } from '../../electron/staging/staged.ts';
import type { AppWord, Order } from './app-process.ts';

const state = stateFolder(process.argv[2] ?? '');
const bundle = join(import.meta.dirname, '../../out/watcher');
const { buildId, version } = readManifest(bundle);
const tell = (word: AppWord): void => {
  process.send?.(word);
};
const says = (text: string): void => tell({ type: 'log', text });
const link = createLink({
  state,
  source: { bundle, runtime: process.execPath },
  version,
  buildId,
  log: { info: says, warn: says, error: says },
  clock: systemClock,
});

function report(): void {
  const connected = link.state().status === 'connected';
  tell({ type: 'state', connected, state: link.watcher() });
}

link.subscribe(report);
// The one who forked us is the only one who writes here, in the shape of an Order.
process.on('message', ({ id, call, gateway }: Order) => {
  const answered =
    call === 'retire'
      ? link.client.call('watcher.retire', { gateways: 'stop' })
      : link.client.call(`gateway.${call}`, { id: gateway });
  answered.then(
    () => tell({ type: 'answer', id }),
    (error: unknown) => tell({ type: 'answer', id, error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
// It goes on trying by itself, and says so.
link.connect().catch(() => {});
