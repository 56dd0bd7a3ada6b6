/** One mutant at least for each row of docs/faults.md that no other list guards. */
import { endRows } from './rows-ends.ts';
import { faultRows } from './rows-faults.ts';
import { judgementRows } from './rows-judgement.ts';
import { presetRows } from './rows-presets.ts';
import { startRows } from './rows-start.ts';
import { stopRows } from './rows-stop.ts';
import { textRows } from './rows-text.ts';
import { updateRows } from './rows-update.ts';
import type { Mutant } from './types.ts';

export const rowMutants: readonly Mutant[] = [
  ...faultRows,
  ...startRows,
  ...stopRows,
  ...endRows,
  ...judgementRows,
  ...textRows,
  ...presetRows,
  ...updateRows,
];
