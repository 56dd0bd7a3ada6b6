/** The folder of the profiles as it may be shown to the user: there, a folder, and inside ours. */
import { lstatSync, mkdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { ContractError } from '../contract/define.ts';

/**
 * Makes the folder when it is missing.
 *
 * @returns its real path; throws a sentence when it leads out of the state folder or is none
 */
export function ownProfilesFolder(state: {
  readonly root: string;
  readonly profiles: string;
}): string {
  const { root, profiles } = state;
  try {
    mkdirSync(profiles, { recursive: true, mode: 0o700 });
    const real = realpathSync(profiles);
    const inside = path.dirname(real) === realpathSync(root);
    if (inside && lstatSync(profiles).isDirectory()) return real;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ContractError(`The profiles folder ${profiles} can’t be opened: ${why}`);
  }
  throw new ContractError(
    `${profiles} is not a folder of Holdfast’s own, so it is not opened. Put a plain folder there.`,
  );
}
