/**
 * The whole of it on Windows: version N, installed by its Setup program, sits in a job that ends
 * what is in it; a click on Update in the real window; the app goes and its job is closed; the
 * watcher, outside, runs Setup N+1, brings the gateways back and starts the new app. A witness
 * outside of Windows counts.
 */
import { expect, type Page } from '@playwright/test';
import type { Escape } from '../../electron/contract/identity.ts';
import { attach } from '../support/desktop-app.ts';
import {
  checkForeign,
  checkReplaced,
  checkTicks,
  checkWebhooks,
  clickUpdate,
  identityOf,
  record,
  shownReceipt,
} from '../support/update-checks.ts';
import { newBuild, oldBuild } from '../support/update-profiles.ts';
import {
  eventOf,
  ids,
  isApp,
  shortSoakMs,
  test,
  type WindowsApp,
} from '../support/windows-world.ts';
import type { JobKind } from './stage-calls.ts';

/** A gateway takes seconds to start under Wine; its scheduler follows its first answer by so much. */
const tickSlackMs = 1_000;

const cases: readonly {
  readonly title: string;
  readonly jobs: readonly JobKind[];
  readonly rung: Escape['rung'];
}[] = [
  { title: 'allows breaking away', jobs: ['allows'], rung: 'breakaway' },
  { title: 'denies it', jobs: ['denies'], rung: 'other-parent' },
  {
    title: 'allows it inside one that denies it',
    jobs: ['denies', 'allows'],
    rung: 'other-parent',
  },
];

for (const { title, jobs, rung } of cases) {
  test(`an app in a job that ${title} is updated, and every gateway is back`, async ({ world }) => {
    const old = await world.startOld(jobs);
    // The app tells its watcher how it escaped, which gateways don't wait for.
    const before = await world.watcherUntil(
      ({ gateways, watcher }) =>
        watcher.escape !== null && ids.every((id) => gateways[id]?.state.status === 'running'),
    );
    expect(before.watcher.escape).toMatchObject({ rung, proof: 'proven' });
    const witness = await world.startWitness();

    await clickUpdate(old.page);
    await world.ended(old);
    // By itself, and not because the watcher lost patience. The watcher hears of it a moment later.
    const heard = () => eventOf(world, 'app-ended');
    await expect.poll(heard, { intervals: [20] }).toMatchObject({ forced: false });
    await world.stage.call('closeJobs', null);
    const page = await updated(old);
    const receipt = await shownReceipt(page);
    await test
      .info()
      .attach('receipt', { body: await page.screenshot(), contentType: 'image/png' });
    await world.watcherUntil(({ watcher }) => watcher.buildId === newBuild.build);
    const trace = await witness.finish();
    record(receipt, trace, { job: title, rung, soakMs: shortSoakMs }, 'windows-update-runs.jsonl');

    const after = await world.watcher();
    expect(identityOf(after.gateways.foreign)).toEqual(identityOf(before.gateways.foreign));
    expect(receipt).toMatchObject({
      fromBuild: oldBuild.build,
      toBuild: newBuild.build,
      outcome: 'committed',
      problem: null,
      escape: { rung, proof: 'proven' },
    });
    checkForeign(receipt, trace);
    for (const id of ['reference', 'release']) checkReplaced(id, receipt, trace);
    checkWebhooks(world, trace);
    checkTicks(world, trace, tickSlackMs);
    // One app, started by the watcher, in no job. Its helpers are in Chromium's own.
    const apps = (await world.stage.call('processes', null)).filter(isApp);
    const own = new Set(apps.map(({ identity }) => identity.pid));
    const main = apps.filter(({ parent }) => !own.has(parent));
    expect(main).toMatchObject([{ inJob: false }]);
  });
}

/** The window that the watcher's app shows, with the receipt of a good update. */
async function updated(old: WindowsApp): Promise<Page> {
  const { page } = await attach(old.port);
  await page.getByTestId('nav-update').click();
  const shown = page.getByTestId('receipt');
  await expect(shown).toHaveAttribute('data-outcome', 'committed', { timeout: 60_000 });
  return page;
}
