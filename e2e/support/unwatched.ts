/**
 * A window as its user has it. Playwright keeps every page that it is attached to visible and focused, so
 * it must let go of the page before one can ask what a hidden one does.
 */
import * as z from 'zod/mini';
import type { DesktopApp } from './desktop-app.ts';
import { attachTo, type Debugger, debugTargets } from './devtools.ts';

/** Has Playwright let go of the app's page for good, and attaches to it without touching what it shows. */
export async function unwatched({ page, port }: DesktopApp): Promise<Debugger> {
  await page.context().browser()?.close();
  const target = (await debugTargets(port)).find(({ url }) => url.startsWith('app://'));
  if (!target) throw new Error('The app has no page.');
  return attachTo(target.webSocketDebuggerUrl);
}

const valueSchema = z.object({ result: z.object({ value: z.string() }) });

/** Whether the page takes itself for `visible` or `hidden`. */
export async function visibilityOf(page: Debugger): Promise<string> {
  const answer = await page.send('Runtime.evaluate', { expression: 'document.visibilityState' });
  return z.parse(valueSchema, answer).result.value;
}
