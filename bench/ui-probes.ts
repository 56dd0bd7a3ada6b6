/** What `bench:ui` sees of a window: when it painted, how many frames it draws, what wakes it. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import * as z from 'zod/mini';
import { openBare } from '../e2e/support/bare-electron.ts';
import { type DesktopApp, projectRoot } from '../e2e/support/desktop-app.ts';
import { unwatched } from '../e2e/support/unwatched.ts';

/** The first paint of the page, epoch milliseconds. */
export const firstPaint = (page: Page): Promise<number> =>
  momentOf(page, 'paint', 'first-contentful-paint');

/** When the page had its first view of the gateways, epoch milliseconds: at most a frame before it is seen. */
export const gatewaysShown = (page: Page): Promise<number> => momentOf(page, 'mark', 'view-shown');

/** When the page noted `name`, or will have noted it. */
function momentOf(page: Page, type: 'paint' | 'mark', name: string): Promise<number> {
  return page.evaluate(
    async (wanted) => {
      const entry = await new Promise<PerformanceEntry>((resolve) => {
        new PerformanceObserver((list) => {
          const [found] = list.getEntriesByName(wanted.name);
          if (found) resolve(found);
        }).observe({ type: wanted.type, buffered: true });
      });
      return performance.timeOrigin + entry.startTime;
    },
    { type, name },
  );
}

/** Milliseconds from the start of an empty Electron app to the first paint of its window. */
export async function emptyWindow(): Promise<number> {
  const bare = await openBare('Empty', [join(projectRoot, 'bench/empty-window/main.cjs')]);
  try {
    return (await firstPaint(bare.page)) - bare.startedAt;
  } finally {
    await bare.close();
  }
}

/** Frames that the page draws in `ms`. */
export function framesIn(page: Page, ms: number): Promise<number> {
  return page.evaluate(
    (forMs) =>
      new Promise<number>((resolve) => {
        let frames = -1;
        const until = performance.now() + forMs;
        const frame = (): void => {
          frames += 1;
          if (performance.now() < until) requestAnimationFrame(frame);
          else resolve(frames);
        };
        requestAnimationFrame(frame);
      }),
    ms,
  );
}

/**
 * The page shows lines `mark <number> <epoch milliseconds>`: for each of `count` new ones the milliseconds
 * until the frame that shows it was drawn.
 */
export function delaysOfMarks(page: Page, count: number): Promise<number[]> {
  return page.evaluate(
    (wanted) =>
      new Promise<number[]>((resolve) => {
        const logs = document.querySelector('[data-testid="logs"]');
        const newest = (): RegExpExecArray | undefined =>
          [...(logs?.textContent ?? '').matchAll(/mark (\d+) (\d{13})/g)].at(-1);
        const delays: number[] = [];
        let seen = newest()?.[1];
        const observer = new MutationObserver(() => {
          const found = newest();
          if (!found || found[1] === seen) return;
          seen = found[1];
          // A message that is sent in a frame arrives when that frame has been drawn.
          requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => {
              delays.push(Date.now() - Number(found[2]));
              if (delays.length < wanted) return;
              observer.disconnect();
              resolve(delays);
            };
            port2.postMessage(null);
          });
        });
        if (logs) observer.observe(logs, { subtree: true, childList: true, characterData: true });
      }),
    count,
  );
}

const traceData = z.object({ value: z.array(z.object({ name: z.string() })) });

/** What wakes the page in `ms`: timers that fire, frames that are asked for. Playwright lets go of the page. */
export async function wakeups(
  app: DesktopApp,
  ms: number,
): Promise<{ timers: number; frames: number }> {
  const page = await unwatched(app);
  const names: string[] = [];
  page.on('Tracing.dataCollected', (data) => {
    names.push(...z.parse(traceData, data).value.map(({ name }) => name));
  });
  const complete = new Promise<void>((resolve) => {
    page.on('Tracing.tracingComplete', () => resolve());
  });
  await page.send('Tracing.start', { categories: 'devtools.timeline' });
  await pause(ms);
  await page.send('Tracing.end');
  await complete;
  page.close();
  const times = (name: string): number => names.filter((one) => one === name).length;
  return { timers: times('TimerFire'), frames: times('FireAnimationFrame') };
}
