/** What the command line really answers with --json fits the documented schemas, field by field. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { answerSchemas } from '../contract/answers.ts';
import { saveProfile } from '../gateway/profiles/profiles.ts';
import { runHoldfast } from '../testing/command-line.ts';
import { type Bench, createBench } from '../testing/watcher-bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await createBench();
});
afterEach(() => bench.sweep());

const asked: readonly (readonly [keyof typeof answerSchemas, readonly string[]])[] = [
  ['list', ['list']],
  ['status', ['status']],
  ['status', ['status', 'far']],
  ['status-deep', ['status', '--deep']],
  ['doctor', ['doctor']],
  ['doctor', ['doctor', '--repair']],
  ['events', ['events', 'ref']],
  ['analyze', ['analyze', 'ref']],
  ['top', ['top']],
  ['diagnostics', ['diagnostics', '--list']],
];

async function misfits(): Promise<string[]> {
  const found: string[] = [];
  for (const [name, words] of asked) {
    const { out } = await runHoldfast(bench.state.root, [...words, '--json']);
    if (out === '' && name === 'top') continue;
    const answer: unknown = JSON.parse(out);
    const parsed = z.safeParse(answerSchemas[name], answer);
    if (!parsed.success) found.push(`${name}: ${JSON.stringify(parsed.error.issues)}`);
    // What is not in the schema would be lost here.
    else if (name !== 'events') expect(parsed.data, name).toEqual(answer);
  }
  return found;
}

it('answers fit their schemas, with and without a background service', async () => {
  const { port: _, status: _s, liveness: _l, ...rest } = bench.profile;
  saveProfile(bench.state.profiles, {
    ...{ ...rest, id: 'far', name: 'Far', update: { policy: 'keep' as const } },
    readiness: { type: 'started' },
    program: { type: 'remote', url: 'http://127.0.0.1:9/' },
  });
  expect(await misfits()).toEqual([]);
  await bench.serve();
  await bench.running(await bench.client());
  expect(await misfits()).toEqual([]);
  await bench.finish();
}, 120_000);
