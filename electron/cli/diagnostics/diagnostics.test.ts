/** A secret that is planted anywhere is in no report; ../secrets.test.ts has every other command. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { strFromU8, unzipSync } from 'fflate/browser';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readLedger } from '../../gateway/ledger/ledger.ts';
import { type Ran, runHoldfast } from '../../testing/command-line.ts';
import {
  plantedBench,
  plantedEnvironment,
  plantedSecret,
  plantedUser,
} from '../../testing/planted-secrets.ts';
import { type Bench, until } from '../../testing/watcher-bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await plantedBench();
});
afterEach(() => bench.sweep());

const holdfast = (...args: string[]): Promise<Ran> =>
  runHoldfast(bench.state.root, args, plantedEnvironment);

describe('a report', () => {
  it('holds what a helper needs, and no secret from anywhere', async () => {
    await bench.serve();
    const client = await bench.client();
    const { nonce } = await bench.running(client);
    await until(
      () => readFileSync(bench.state.gatewayLog('talker'), 'utf8').includes('pw@'),
      'it to talk',
    );

    const file = path.join(bench.folder, 'report.zip');
    const made = await holdfast('diagnostics', file);
    expect(made).toMatchObject({ code: 0, err: '' });
    const files = Object.entries(unzipSync(readFileSync(file))).map(
      ([name, bytes]) => [name, strFromU8(bytes)] as const,
    );
    const names = files.map(([name]) => name);
    for (const name of [
      ...['about.json', 'doctor.txt', 'status.json', 'settings.json', 'profiles/talker.json'],
      ...['profiles/broken.json', 'logs/app.log', 'logs/watcher.log', 'ledger/ref.json'],
      ...['events/talker.jsonl', 'logs/gateways/talker.log'],
      ...['updates/0000000000001-0a0b0c0d/receipt.json'],
    ]) {
      expect(names).toContain(name);
      expect(made.out).toContain(name);
    }
    for (const [name, text] of [...files, ['what is printed', made.out] as const]) {
      expect(text, name).not.toMatch(plantedSecret);
      expect(text, name).not.toContain(plantedUser);
      expect(text, name).not.toContain(nonce);
    }
    // What is not secret is still there.
    const log = files.find(([name]) => name === 'logs/gateways/talker.log')?.[1];
    expect(log).toContain('started with [hidden] and [hidden]');
    expect(readLedger(bench.state.ledger, 'ref').type).toBe('record');

    await bench.finish();
  });

  it('is only named with --list, and never takes the place of a file', async () => {
    const file = path.join(bench.folder, 'there.zip');
    const listed = await holdfast('diagnostics', file, '--list');
    expect(listed).toMatchObject({ code: 0, out: expect.stringContaining('would hold') });
    expect(existsSync(file)).toBe(false);
    writeFileSync(file, 'mine');
    expect(await holdfast('diagnostics', file)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/exists already/),
    });
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });
});
