/** What axe-core finds in the window, at WCAG 2.2 AA and its own good practices. */
import type { Page } from '@playwright/test';
import axe from 'axe-core';

/** Each finding with its elements, as lines to read; none is what is wanted. */
export async function accessibilityFindings(page: Page): Promise<string[]> {
  if (await page.evaluate(() => window.axe === undefined)) await page.evaluate(axe.source);
  return page.evaluate(async () => {
    // What is half faded in has half its contrast. What goes on for ever is a sign of work.
    const passing = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity);
    await Promise.allSettled(passing.map(({ finished }) => finished));
    const { violations } = (await window.axe?.run(document)) ?? { violations: [] };
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${help}\n${html}\n${failureSummary}`),
    );
  });
}

declare global {
  interface Window {
    readonly axe?: typeof axe;
  }
}
