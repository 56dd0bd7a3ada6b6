/** The folder of the profiles, before it is shown to the user: it exists, and is a folder inside ours. */

import { lstatSync, mkdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { ContractError } from '../contract/define.ts';
import { errorText } from '../contract/error-text.ts';

/**
 * Makes the folder when it is missing.
 *
 * @returns its real path; throws a sentence when it is no folder or leads out of the state folder
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
    const why = errorText(error);
    throw new ContractError(`The profiles folder ${profiles} can’t be opened: ${why}`);
  }
  throw new ContractError(
    `${profiles} is not a folder of Holdfast’s own, so it is not opened. Put a plain folder there.`,
  );
}
