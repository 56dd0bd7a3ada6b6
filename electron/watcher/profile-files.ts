/** The files of profiles: their names, and sentences for what goes wrong with them. */
import { ContractError } from '../contract/define.ts';
import { errorText } from '../contract/error-text.ts';
import type { Problem } from '../contract/gateway.ts';
import type { Profile } from '../contract/profile.ts';
import { diskTrouble } from '../files/disk-problem.ts';

export function fileOf(id: string): string {
  return `${id}.json`;
}

export function orphanNotice({ name }: Profile): Problem {
  return {
    message: `The profile of ${name} was removed while its gateway runs; stop it, or put the file back.`,
  };
}

/** Throws a sentence that begins with `what` when the action fails. */
export function onDisk(what: string, folder: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    const disk = diskTrouble(error, folder);
    const why = disk
      ? `${disk.message} ${disk.hint} Then`
      : `${errorText(error)} Check the disk and`;
    throw new ContractError(`${what}: ${why} try again.`);
  }
}
