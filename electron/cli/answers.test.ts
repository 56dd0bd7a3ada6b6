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

/** The answer of a command that changes something; it fits its schema, and holds nothing else. */
async function change(...words: string[]) {
  const [name = '', ...rest] = words;
  // Before what stands after --.
  const { out, code, err } = await runHoldfast(bench.state.root, [name, '--json', ...rest]);
  const answer: unknown = out === '' ? null : JSON.parse(out);
  if (answer !== null) expect(z.parse(answerSchemas.change, answer)).toEqual(answer);
  return { code, err, answer };
}

it('what changes something answers for each gateway how it went, and how the gateway is then', async () => {
  await bench.serve();
  await bench.running(await bench.client());
  const program = [process.execPath, '-e', 'setInterval(() => {}, 2 ** 30)'];
  expect((await change('add', 'Box', '--', ...program)).answer).toMatchObject({
    command: 'add',
    done: true,
    gateways: [{ id: 'box', name: 'Box', done: true, gateway: { state: 'running' } }],
  });
  expect((await change('stop', '--all')).answer).toMatchObject({
    command: 'stop',
    gateways: [
      { id: 'box', gateway: { state: 'stopped', wanted: 'stopped', well: true } },
      { id: 'ref', gateway: { state: 'stopped' } },
    ],
  });
  expect((await change('start', 'ref')).answer).toMatchObject({
    done: true,
    gateways: [
      { id: 'ref', message: null, gateway: { state: 'running', pid: expect.any(Number) } },
    ],
  });
  expect((await change('restart', 'ref')).answer).toMatchObject({ command: 'restart', done: true });
  expect((await change('edit', 'box', '--name', 'Chest')).answer).toMatchObject({
    gateways: [{ name: 'Chest', message: 'Chest was changed.' }],
  });
  const refused = await change('update', 'box', '--check');
  expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/^holdfast: /) });
  expect(refused.answer).toMatchObject({
    done: false,
    gateways: [{ id: 'box', done: false, message: expect.stringMatching(/\.$/) }],
  });
  // No question is asked, on a terminal either.
  expect(await change('remove', 'box')).toMatchObject({ code: 2, answer: null });
  expect((await change('remove', 'box', '--yes')).answer).toMatchObject({
    gateways: [{ id: 'box', done: true, gateway: null }],
  });
  expect(await change('start', 'nobody')).toMatchObject({ code: 5, answer: null });
  expect(await change('edit', 'ref')).toMatchObject({ code: 2, answer: null });
  await bench.finish();
}, 120_000);
