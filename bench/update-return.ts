/**
 * How soon the version before serves again once a new one has failed: the gateway that it has replaced is killed in
 * its soak, which brings the whole version back.
 */
import { attach } from '../e2e/support/desktop-app.ts';
import { oldBuild } from '../e2e/support/update-profiles.ts';
import { watcherUntil } from '../e2e/support/update-world.ts';
import { watcherState } from '../e2e/support/watcher.ts';
import { platform } from '../electron/process/platform.ts';
import { statusOf } from '../electron/testing/watcher-bench.ts';
import { withReadyUpdate } from './ready-update.ts';
import { firstPaint } from './ui-probes.ts';

/** Milliseconds from the death of the new version's gateway. */
export interface ReturnCost {
  /** Until the watcher has decided that the version before comes back. */
  readonly verdictMs: number;
  /** Until the gateway of the version before answers, asked every few milliseconds. */
  readonly servesMs: number;
  /** Until the window of the version before is painted. */
  readonly windowMs: number;
}

/** Long enough to fail in it. */
const soakMs = 60_000;
/** Between two questions, milliseconds. */
const askMs = 5;

export function returnCost(): Promise<ReturnCost> {
  return withReadyUpdate(soakMs, async ({ sandbox: { state } }, app) => {
    const closed = app.page.waitForEvent('close', { timeout: 60_000 });
    await app.page.getByTestId('update-install').click();
    await closed;
    const { gateways } = await watcherUntil(state, ({ receipt }) => receipt?.outcome === 'back');
    const replaced = gateways.reference;
    if (replaced?.state.status !== 'running') throw new Error('The new build does not serve.');
    platform.signal(replaced.state.identity, 'SIGKILL');
    const killedAt = Date.now();
    const servesAt = await answersAs(oldBuild.build, replaced.port ?? 0);
    await watcherUntil(state, ({ receipt }) => receipt?.outcome === 'put-back');
    const { page, browser } = await attach(app.port);
    const paintedAt = await firstPaint(page);
    await browser.close();
    const { receipt } = await watcherState(state);
    const verdictAt = receipt?.steps.find(({ name }) => name === 'putting-back')?.at ?? Number.NaN;
    return {
      verdictMs: verdictAt - killedAt,
      servesMs: servesAt - killedAt,
      windowMs: Math.round(paintedAt - killedAt),
    };
  });
}

/** Epoch milliseconds of its first answer. */
async function answersAs(build: string, port: number): Promise<number> {
  for (;;) {
    const answer = await statusOf(port).catch(() => null);
    if (answer?.build === build) return Date.now();
    await new Promise((resolve) => setTimeout(resolve, askMs));
  }
}
