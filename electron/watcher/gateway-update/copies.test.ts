/** What becomes of the copies of a gateway's update, also when the watcher was killed before they were gone. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { restoreSnapshot } from '../../files/snapshot/restore.ts';
import { takeSnapshot } from '../../files/snapshot/snapshot.ts';
import { type AttemptStore, prepareStateFolder, stateFolder } from '../../files/state-folder.ts';
import { until } from '../../testing/watcher-bench.ts';
import { newAttemptId } from '../../transaction/attempts.ts';
import type { TransactionEvent } from '../../transaction/events.ts';
import { openJournal } from '../../transaction/journal.ts';
import { type Copies, copiesOf, giveUpCopies, removeGivenUp } from './copies.ts';

const armed: TransactionEvent = {
  type: 'armed',
  watcher: { pid: 1, startedAt: 'x', nonce: '' },
  escape: null,
};
const ended: TransactionEvent = { type: 'ended', outcome: 'committed' };

let root: string;
let store: AttemptStore;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'holdfast-copies-'));
  const state = stateFolder(path.join(root, 'state'));
  prepareStateFolder(state);
  store = state.gatewayAttempts('one');
  mkdirSync(path.join(root, 'program'));
  writeFileSync(path.join(root, 'program', 'main'), 'old');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** An attempt with both copies. */
async function lay(events: readonly TransactionEvent[]): Promise<Copies> {
  const attempt = newAttemptId(store);
  const { folder, journal } = store.attempt(attempt);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const open = openJournal(journal, 1);
  for (const event of events) open.append(event, 0);
  open.close();
  const copies = copiesOf(store, { attempt });
  for (const copy of Object.values(copies)) await takeSnapshot([path.join(root, 'program')], copy);
  return copies;
}

const present = (copies: Copies): boolean[] => Object.values(copies).map((one) => existsSync(one));

it('removes what was given up, and nothing that can still be put back [R139]', async () => {
  const given = await lay([armed, ended]);
  const kept = await lay([armed, ended]);
  const needed = await lay([armed]);
  const complaints: string[] = [];
  await giveUpCopies(given);
  expect(present(given)).toEqual([true, true]);
  await expect(restoreSnapshot(given.program)).rejects.toThrow('no whole snapshot');
  removeGivenUp(store, (message) => complaints.push(message));
  await until(() => !present(given).includes(true), 'the copies to be removed');
  expect(present(kept)).toEqual([true, true]);
  expect(present(needed)).toEqual([true, true]);
  await restoreSnapshot(kept.program);
  expect(complaints).toEqual([]);
});

it('leaves the half-made copy of an update under way to that update', async () => {
  await lay([armed, ended]);
  const copies = await lay([armed]);
  await giveUpCopies(copies);
  const other = await lay([armed, ended]);
  await giveUpCopies(other);
  removeGivenUp(store, () => undefined);
  await until(() => !present(other).includes(true), 'the copies to be removed');
  expect(present(copies)).toEqual([true, true]);
});

it('an attempt that was killed while it wrote its plan goes, and so does a copy that had only begun [R148]', async () => {
  const { folder, plan } = store.attempt(newAttemptId(store));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(`${plan}.0123456789ab.tmp`, '{');
  removeGivenUp(store, () => undefined);
  await until(() => !existsSync(folder), 'the attempt to go');
  const { data, program } = await lay([armed, ended]);
  rmSync(data, { recursive: true });
  mkdirSync(data);
  writeFileSync(path.join(data, 'snapshot.draft.0123456789ab.tmp'), '');
  await giveUpCopies({ data, program });
  removeGivenUp(store, () => undefined);
  await until(() => !existsSync(data), 'the copy to go');
});
