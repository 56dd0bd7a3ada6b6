import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Problem } from '../../contract/gateway.ts';
import { handClock } from '../../testing/hand-clock.ts';
import { type Ledger, readLedger } from './ledger.ts';
import { LedgerKeeper } from './ledger-keeper.ts';

it('reports that a record can’t be written, until the next one can', () => {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-keeper-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const folder = join(home, 'ledger');
  // A file where the folder should be: nothing can be written there, not even by root.
  writeFileSync(folder, '');
  let restarts = 0;
  const content = (): Ledger => ({
    schema: 1,
    id: 'g',
    desired: 'running',
    released: false,
    process: null,
    proof: null,
    restarts,
    lastExit: null,
  });
  const said: (Problem | null)[] = [];
  const notice = (problem: Problem | null): number => said.push(problem);
  const { clock, waits, pass } = handClock();
  const keeper = new LedgerKeeper({ folder, id: 'g', name: () => 'Mine', content, notice, clock });

  keeper.save();
  expect(said).toMatchObject([{ message: expect.stringContaining('The record of Mine') }]);
  pass();
  expect(said).toHaveLength(1);
  rmSync(folder);
  restarts += 1;
  // Nothing happens to the gateway; that there is room again is found out all the same.
  pass();
  expect(waits.size).toBe(0);
  expect(said.at(-1)).toBeNull();
  expect(readLedger(folder, 'g')).toMatchObject({ type: 'record', ledger: { restarts: 1 } });
  restarts += 1;
  keeper.save();
  expect(said).toHaveLength(2);
  // After the last word the record is someone else's.
  rmSync(folder, { recursive: true });
  writeFileSync(folder, '');
  restarts += 1;
  keeper.cancel();
  keeper.save();
  expect(waits.size).toBe(0);
});
