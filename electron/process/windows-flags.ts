/**
 * The creation flags that let a Windows process live on its own. Off Windows they are 0 and the
 * child gets its own session instead.
 */
const detachedProcess = 0x00000008;
const newProcessGroup = 0x00000200;
const breakawayFromJob = 0x01000000;
const noWindow = 0x08000000;

/** For the watcher: no console, own group, no window, out of the job. */
export function windowsDetachFlags(platform: NodeJS.Platform = process.platform): number {
  if (platform !== 'win32') return 0;
  return detachedProcess | newProcessGroup | noWindow | breakawayFromJob;
}

/** The same where the job forbids breaking away: only that bit is dropped. */
export function windowsDetachFlagsWithoutBreakaway(
  platform: NodeJS.Platform = process.platform,
): number {
  return windowsDetachFlags(platform) & ~breakawayFromJob;
}

/** For gateways: a hidden console, since without one every console program they start flashes a window. */
export function windowsHiddenConsoleFlags(platform: NodeJS.Platform = process.platform): number {
  return windowsDetachFlags(platform) & ~detachedProcess;
}

/** The hidden-console bundle where the job forbids breaking away. */
export function windowsHiddenConsoleFlagsWithoutBreakaway(
  platform: NodeJS.Platform = process.platform,
): number {
  return windowsHiddenConsoleFlags(platform) & ~breakawayFromJob;
}

/** What Node's own spawn needs for the same purpose. */
export function detachSpawnOptions(
  platform: NodeJS.Platform = process.platform,
): { detached: true } | { detached: true; windowsHide: true } {
  return platform === 'win32' ? { detached: true, windowsHide: true } : { detached: true };
}
