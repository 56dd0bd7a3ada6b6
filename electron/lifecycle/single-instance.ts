/**
 * One app per user data folder. The second instance shows the first one's window and ends.
 *
 * At the end of an update the watcher starts the app. If the user started one a moment before, either
 * will do when both are the same build. If they are not (the update was rolled back), the one that the
 * watcher started is right, and the other gives way.
 */
import type { App } from 'electron';
import * as z from 'zod/mini';
import { profileIdSchema } from '../contract/profile.ts';

const callSchema = z.object({
  buildId: z.string(),
  startedByWatcher: z.boolean(),
  /** That the window is to show. */
  showGateway: z.optional(profileIdSchema),
  /** The version that was kept is wanted. */
  goBack: z.optional(z.boolean()),
});
export type InstanceCall = z.infer<typeof callSchema>;

/** How long an app started by the watcher waits for another one to give way. */
const giveWayMs = 10_000;
const askEveryMs = 250;

/**
 * What the first instance does when a second one calls: shows its window, at a gateway if one is named.
 * Pure; `call` comes from another process.
 */
export function onSecondInstance(
  call: unknown,
  self: InstanceCall,
): { readonly show: string | null } | 'give-way' {
  const parsed = z.safeParse(callSchema, call);
  const show = { show: (parsed.success && parsed.data.showGateway) || null };
  if (!parsed.success || !parsed.data.startedByWatcher || self.startedByWatcher) return show;
  return parsed.data.buildId === self.buildId ? show : 'give-way';
}

/** True when a second instance asks for the version that was kept; `call` comes from another process. */
export function wantsKept(call: unknown): boolean {
  const parsed = z.safeParse(callSchema, call);
  return parsed.success && parsed.data.goBack === true;
}

/** True when this instance is the one; false when it has to end. */
export async function becomeTheOne(app: App, self: InstanceCall): Promise<boolean> {
  const end = performance.now() + (self.startedByWatcher ? giveWayMs : 0);
  for (;;) {
    if (app.requestSingleInstanceLock({ ...self })) return true;
    if (performance.now() >= end) return false;
    await new Promise((resolve) => setTimeout(resolve, askEveryMs));
  }
}
