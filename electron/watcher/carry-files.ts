/** Is what lies in the app's place what was verified? */

import { fileMark, sha512Of } from '../handoff/installed-file.ts';
import type { Plan } from '../handoff/plan.ts';

/**
 * The cheap comparison, made before anything is started: the very file (device, inode, size, time
 * of change) that was hashed while it was written. Throws a sentence.
 */
export function compareInstalled(plan: Plan): void {
  const { appFile, fileMark: expected } = plan.expected;
  const found = fileMark(appFile);
  if (found === expected) return;
  throw new Error(
    found === undefined
      ? `The new version is not in its place: ${appFile} is missing.`
      : `${appFile} is not the file that was verified for version ${plan.toVersion}.`,
  );
}

/** The whole comparison, made before the new app is started. Rejects with a sentence. */
export async function verifyInstalled(plan: Plan): Promise<void> {
  const { appFile, appSha512 } = plan.expected;
  let digest: string;
  try {
    digest = await sha512Of(appFile);
  } catch (cause) {
    throw new Error(`The new version could not be read: ${appFile}.`, { cause });
  }
  if (digest !== appSha512) {
    throw new Error(`${appFile} was changed after it had been verified. It was not started.`);
  }
}
