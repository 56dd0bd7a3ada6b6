/** Gateways are added, changed and removed from a terminal, with the window's own checks. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Ran, runHoldfast } from '../../testing/command-line.ts';
import { freePort } from '../../testing/free-port.ts';
import { type Bench, createBench } from '../../testing/watcher-bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await createBench();
});
afterEach(() => bench.sweep());

const holdfast = (...args: string[]): Promise<Ran> => runHoldfast(bench.state.root, args);

const profileOf = (id: string): unknown => JSON.parse(textOf(id));
const fileOf = (id: string): string => path.join(bench.state.profiles, `${id}.json`);
const textOf = (id: string): string => readFileSync(fileOf(id), 'utf8');

const server = (port: number): string =>
  `require('node:http').createServer((_, r) => r.end(process.env.SAY)).listen(${port}, '127.0.0.1')`;

describe('a gateway', () => {
  it('is added and runs, is changed, and is removed; its log stays', async () => {
    await bench.serve();
    await bench.running(await bench.client());
    const port = await freePort();
    const health = `http://127.0.0.1:${port}/healthz`;
    const added = await holdfast(
      ...['add', 'My box', '--health', health, '--env', 'SAY=hello', '--env', 'EMPTY=', '--'],
      ...[process.execPath, '-e', server(port)],
    );
    expect(added).toMatchObject({ code: 0, out: expect.stringMatching(/Its id is my-box\./) });
    expect(added.out).toMatch(/^My box +Running/m);
    expect(profileOf('my-box')).toMatchObject({
      name: 'My box',
      port,
      program: { type: 'command', command: process.execPath, args: ['-e', server(port)] },
      readiness: { type: 'http', path: '/healthz' },
      env: { SAY: 'hello', EMPTY: '' },
    });
    expect(await (await fetch(health)).text()).toBe('hello');

    const edited = await holdfast(
      ...['edit', 'my box', '--name', 'Box', '--env', 'SAY=bye', '--unset', 'EMPTY'],
    );
    expect(edited).toMatchObject({
      code: 0,
      out: expect.stringMatching(/holdfast restart my-box/),
    });
    expect(profileOf('my-box')).toMatchObject({ name: 'Box', port, env: { SAY: 'bye' } });

    const asked = await holdfast('remove', 'box');
    expect(asked).toMatchObject({ code: 2, err: expect.stringMatching(/--yes/) });
    expect(existsSync(fileOf('my-box'))).toBe(true);
    const removed = await holdfast('remove', 'box', '--yes');
    expect(removed).toMatchObject({ code: 0, out: expect.stringMatching(/Box was removed/) });
    expect(existsSync(fileOf('my-box'))).toBe(false);
    expect(existsSync(bench.state.gatewayLog('my-box'))).toBe(true);
    await expect(fetch(health)).rejects.toThrow();
    await bench.finish();
  });

  it('that can’t be used is not added, and nothing is repeated that may be secret', async () => {
    await bench.serve();
    const add = (...words: string[]): Promise<Ran> => holdfast('add', ...words);
    expect(await add('x', '--port', '99999', '--', '/bin/true')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/“99999” is no port/),
    });
    expect(await add('x', '--health', '/ok', '--', '/bin/true')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/needs a port/),
    });
    expect(await add('x')).toMatchObject({ code: 2, err: expect.stringMatching(/Which command/) });
    expect(await add('x', '/bin/true')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/takes its command after --/),
    });
    const odd = await add('x', '--env', '=hunter2', '--', '/bin/true');
    expect(odd).toMatchObject({ code: 2, err: expect.not.stringContaining('hunter2') });
    expect(existsSync(fileOf('x'))).toBe(false);
    await bench.finish();
  });

  it('is edited as a file, which is checked before it takes the old one’s place', async () => {
    const editor = path.join(bench.folder, 'editor.mjs');
    const script = (from: string, to: string): void =>
      writeFileSync(
        editor,
        `import { readFileSync, writeFileSync } from 'node:fs';
const file = process.argv[2];
writeFileSync(file, readFileSync(file, 'utf8').replace(${from}, ${JSON.stringify(to)}));\n`,
      );
    const edit = (): Promise<Ran> =>
      runHoldfast(bench.state.root, ['edit', 'ref'], {
        VISUAL: `"${process.execPath}" "${editor}"`,
      });
    script('/"name": "[^"]*"/', '"name": "Other"');
    expect(await edit()).toMatchObject({ code: 0, out: 'Other was changed.\n' });
    expect(profileOf('ref')).toMatchObject({ name: 'Other' });
    const before = textOf('ref');
    script('/"port": \\d+/', '"port": "none"');
    expect(await edit()).toMatchObject({
      code: 1,
      err: expect.stringMatching(/port must be a number.*stays/),
    });
    expect(textOf('ref')).toBe(before);
    script('/nothing/', '');
    expect(await edit()).toMatchObject({ code: 0, err: expect.stringMatching(/Nothing was/) });
    // No background service is needed for it.
    expect(bench.census()).toEqual([]);
    // One that can't be used is mended in the same way.
    writeFileSync(fileOf('ref'), before.replace('"port"', '"porto"'));
    script('/"porto"/', '"port"');
    expect(await edit()).toMatchObject({ code: 0 });
    expect(textOf('ref')).toBe(before);
  });
});
