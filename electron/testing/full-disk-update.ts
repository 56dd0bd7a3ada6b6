/**
 * For tests: a disk that fills up in the middle of an update. It runs with TMPDIR on a small disk of its
 * own and prints a report as JSON.
 */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { errorText } from '../contract/error-text.ts';
import { systemClock } from '../process/index.ts';
import { readReceipt, unfinishedAttempt } from '../transaction/attempts.ts';
import { newFileOf, readPlan } from '../transaction/plan.ts';
import { fillDisk, fillPage } from './fill-disk.ts';
import { createWorld, isOver, runToAppEnd, shippedGateway, type World } from './update-world.ts';

const filler = path.join(process.env.TMPDIR ?? '', 'filler');
const report = {
  beforeArming: await beforeAnythingStops('arm'),
  beforeStopping: await beforeAnythingStops('release'),
  afterwards: await afterwards(),
};
process.stdout.write(`${JSON.stringify(report)}\n`);

/** The disk is full when the watcher takes the update over, or when it is about to stop gateways. */
async function beforeAnythingStops(call: 'arm' | 'release'): Promise<object> {
  const world = createWorld({ profiles: [shippedGateway] });
  const { transactions } = world.generation();
  const { attempt } = world.plan;
  const arm = (): void =>
    transactions.arm(attempt, newFileOf(readPlan(world.state, attempt)).sha512);
  if (call === 'release') arm();
  fillPage(world.state.attempt(attempt).journal);
  fillDisk(filler);
  const asked = async (): Promise<unknown> =>
    call === 'arm' ? arm() : transactions.release(attempt);
  const said = await asked().then(() => 'it went on', errorText);
  // What the app does then.
  await transactions.rollBack(attempt, { message: said });
  const found = { said, ...whatIs(world), over: isOver(transactions) };
  await end(world);
  return found;
}

/** It fills up once gateways may have been stopped. */
async function afterwards(): Promise<object> {
  // Only the retries after some seconds come sooner here.
  const after = (ms: number, callback: () => void) =>
    systemClock.after(ms === 5_000 ? 10 : ms, callback);
  const world = createWorld({ profiles: [shippedGateway], clock: { now: systemClock.now, after } });
  const { attempt } = world.plan;
  const generation = world.generation();
  await runToAppEnd(world, generation, () => fillDisk(filler));
  await generation.until(isOver);
  const full = {
    said: generation.transactions.problem()?.message,
    outcome: generation.transactions.receipt()?.outcome,
    ...whatIs(world),
  };
  rmSync(filler);
  await generation.until((transactions) => transactions.problem() === null);
  const onDisk = readReceipt(world.state, attempt)?.outcome;
  const later = { onDisk, unfinished: unfinishedAttempt(world.state) };
  await end(world);
  return { ...full, later };
}

function whatIs(world: World): object {
  const gateway = world.gateways.get('shipped');
  return { app: world.content(), gateway: gateway?.build, done: gateway?.history };
}

async function end(world: World): Promise<void> {
  rmSync(filler, { force: true });
  await world.close();
}
