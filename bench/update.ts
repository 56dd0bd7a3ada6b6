/**
 * What an update costs: the time line of a packaged N→N+1, and how long each policy's gateway was
 * away, measured by the witness outside, who asks every 1–2 ms and counts a gateway as back only with
 * the new nonce and build.
 *
 *   npm run bench:update [-- --json] [-- --runs 3] [-- --no-fetch] [-- --electron <folder of another Electron>]
 *
 * The time without a window is from the last sign of the old window to the first paint of the new one.
 *
 * For each gateway the absence is set against what it cannot be less than, from the same run:
 * swap: its own stop + its own start. release: stop + its update command + start.
 */
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import * as z from 'zod/mini';
import { attach } from '../e2e/support/desktop-app.ts';
import { type Receipt, type ReceiptGateway, receiptSchema } from '../electron/contract/receipt.ts';
import { withReadyUpdate } from './ready-update.ts';
import { firstPaint } from './ui-probes.ts';
import { fetchCosts } from './update-fetch.ts';
import { type ReturnCost, returnCost } from './update-return.ts';

const { values } = parseArgs({
  allowNegative: true,
  options: {
    json: { type: 'boolean', default: false },
    runs: { type: 'string', default: '3' },
    electron: { type: 'string', default: '' },
    fetch: { type: 'boolean', default: true },
  },
});
/** Short: the soak is not what is measured. */
const soakMs = 1_000;

interface Run {
  readonly gateways: readonly GatewayCost[];
  /** Milliseconds since the first step. */
  readonly steps: readonly { readonly name: string; readonly at: number }[];
  readonly window: WindowGap;
}

/** Milliseconds without a window, and where they go; the parts follow each other. */
interface WindowGap {
  readonly gapMs: number;
  readonly oldEndsMs: number;
  readonly checkedMs: number;
  readonly electronMs: number;
  readonly pageMs: number;
}

interface GatewayCost {
  readonly id: string;
  readonly policy: string;
  readonly absenceMs: number;
  readonly refused: number;
  readonly stopMs: number | null;
  readonly startMs: number | null;
  /** Between its end and its new start: the update command, the rename, the waiting. */
  readonly betweenMs: number | null;
}

function runOnce(): Promise<Run> {
  return withReadyUpdate(soakMs, async (world, old) => {
    const { page } = old;
    const witness = await world.startWitness();
    const closed = page.waitForEvent('close', { timeout: 60_000 }).then(() => Date.now());
    await page.getByTestId('update-install').click();
    const closedAt = await closed;
    await old.exited;
    const next = await attach(old.port);
    const paintedAt = await firstPaint(next.page);
    const pageAt = await next.page.evaluate(() => performance.timeOrigin);
    await next.page.getByTestId('nav-update').click();
    const shown = next.page.locator('[data-testid="receipt"][data-outcome="committed"]');
    await shown.waitFor({ timeout: 60_000 });
    const receipt = z.parse(
      receiptSchema,
      JSON.parse((await shown.getAttribute('data-receipt')) ?? 'null'),
    );
    await next.browser.close();
    const trace = await witness.finish();
    return {
      gateways: receipt.gateways.map((gateway) => {
        const seen = trace.gateways[gateway.id];
        return cost(gateway, seen?.absenceMs ?? Number.NaN, seen?.refused ?? Number.NaN);
      }),
      steps: timeLine(receipt),
      window: windowGap(receipt, closedAt, pageAt, paintedAt),
    };
  });
}

function cost(gateway: ReceiptGateway, absenceMs: number, refused: number): GatewayCost {
  const { id, policy, stopRequestedAt, stoppedAt, startedAt, provedAt } = gateway;
  return {
    id,
    policy,
    absenceMs: round(absenceMs),
    refused,
    stopMs: between(stopRequestedAt, stoppedAt),
    startMs: between(startedAt, provedAt),
    betweenMs: between(stoppedAt, startedAt),
  };
}

function windowGap(
  { steps }: Receipt,
  closedAt: number,
  pageAt: number,
  paintedAt: number,
): WindowGap {
  const at = (name: string) => steps.find((step) => step.name === name)?.at ?? Number.NaN;
  const gone = Math.max(closedAt, at('app-gone'));
  return {
    gapMs: round(paintedAt - closedAt),
    oldEndsMs: round(gone - closedAt),
    checkedMs: round(at('app-launched') - gone),
    electronMs: round(pageAt - at('app-launched')),
    pageMs: round(paintedAt - pageAt),
  };
}

function timeLine(receipt: Receipt): Run['steps'] {
  const start = receipt.steps[0]?.at ?? receipt.startedAt;
  return receipt.steps.map(({ name, at }) => ({ name, at: round(at - start) }));
}

function between(from: number | null, to: number | null): number | null {
  return from === null || to === null ? null : round(to - from);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

const runs: Run[] = [];
const returns: ReturnCost[] = [];
for (let left = Number(values.runs); left > 0; left--) {
  runs.push(await runOnce());
  returns.push(await returnCost());
}
const fetched = values.fetch ? await fetchCosts(values.electron) : null;
const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
if (values.json) {
  console.log(JSON.stringify({ machine, runs, returns, fetched }));
} else {
  for (const [index, { gateways, steps, window }] of runs.entries()) {
    console.log(`run ${index + 1} (${machine})`);
    console.table(gateways);
    console.log('without a window:', window);
    console.log(steps.map(({ name, at }) => `${name} ${at}`).join(', '));
  }
  console.log('back to the version before, ms after its gateway was killed in the soak:');
  console.table(returns);
  if (fetched) console.log('bytes fetched, and ms to verify 100 MB:', fetched);
}
