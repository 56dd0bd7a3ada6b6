/** Whether this process runs with other rights than its user's own: setuid, or "as administrator". */
import { isElevated } from './windows/token.ts';

/** `elevated` is asked on Windows alone. */
export function hasRaisedRights(
  platform: NodeJS.Platform = process.platform,
  elevated: () => boolean = isElevated,
): boolean {
  if (platform === 'win32') return elevated();
  const { getuid, geteuid, getgid, getegid } = process;
  return getuid?.() !== geteuid?.() || getgid?.() !== getegid?.();
}
