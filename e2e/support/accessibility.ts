/** What axe-core finds in the window, at WCAG 2.2 AA and its own good practices. */
import type { Page } from '@playwright/test';
import axe from 'axe-core';

/**
 * Each finding with its elements, as lines to read; none is what is wanted.
 * @param rules those to look for; all, unless given
 */
export async function accessibilityFindings(
  page: Page,
  rules: readonly string[] | null = null,
): Promise<string[]> {
  if (await page.evaluate(() => window.axe === undefined)) await page.evaluate(axe.source);
  return page.evaluate(async (only) => {
    // What is half faded in has half its contrast. What goes on for ever is a sign of work.
    const passing = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity);
    await Promise.allSettled(passing.map(({ finished }) => finished));
    const { violations } = (await window.axe?.run(
      document,
      only ? { runOnly: [...only] } : {},
    )) ?? { violations: [] };
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${help}\n${html}\n${failureSummary}`),
    );
  }, rules);
}

declare global {
  interface Window {
    readonly axe?: typeof axe;
  }
}
