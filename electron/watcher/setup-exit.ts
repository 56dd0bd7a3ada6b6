/** What our Setup program says by its exit code: the numbers of `build/installer.nsh`. */
import type { ExitInfo } from '../process/index.ts';
import { describeExit } from './carry-command.ts';

const MEANINGS: Readonly<Record<number, string>> = {
  10: 'something still runs from the install folder',
  11: 'another program holds a file in the install folder',
  12: 'the new version could not be unpacked whole, perhaps because the disk is full',
  13: 'the old and the new folder could not be exchanged',
  14: 'the install folder holds something that is not Holdfast',
  15: 'a file was missing when it looked a last time',
};

/** A part of a sentence, such as `another program holds a file … (exit code 11)`. */
export function describeSetupExit(exit: ExitInfo): string {
  const meaning = exit.code === null ? undefined : MEANINGS[exit.code];
  return meaning === undefined ? describeExit(exit) : `${meaning} (${describeExit(exit)})`;
}
