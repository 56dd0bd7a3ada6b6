/** A secret that is planted anywhere leaves this machine nowhere. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { strFromU8, unzipSync } from 'fflate/browser';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EventLog } from '../../gateway/events/event-log.ts';
import { readLedger } from '../../gateway/ledger/ledger.ts';
import { saveProfile } from '../../gateway/profiles/profiles.ts';
import { type Ran, runHoldfast } from '../../testing/command-line.ts';
import { type Bench, createBench, until } from '../../testing/watcher-bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await createBench({ env: { MODEL_KEY: 'plantednv1', PLAIN: 'Planted-env-2' } });
});
afterEach(() => bench.sweep());

const userName = 'planteduser';
const home =
  process.platform === 'win32'
    ? { USERPROFILE: `C:\\Users\\${userName}` }
    : { HOME: `/home/${userName}` };
const holdfast = (...args: string[]): Promise<Ran> =>
  runHoldfast(bench.state.root, args, { ...home, PLANTED: 'planted-own-env' });

/** Runs, prints what it knows, and fails. */
function addTalker(): void {
  const { port: _, status: _s, liveness: _l, ...rest } = bench.profile;
  const said = [
    'started with Planted-talker-env and planted-arg-1',
    'Authorization: Bearer planted-bearer',
    'GET http://me:planted-pw@127.0.0.1/x?whatever=planted-query',
    `loaded /home/${userName}/.talker/config`,
  ];
  const script = `console.log(${JSON.stringify(said.join('\n'))}); process.exit(78);`;
  const args = ['-e', script, '--', '--token', 'planted-arg-1', '--api-key=planted-arg-2'];
  saveProfile(bench.state.profiles, {
    ...rest,
    id: 'talker',
    name: 'Talker',
    program: { type: 'command', command: process.execPath, args },
    env: { TALKER: 'Planted-talker-env' },
    readiness: { type: 'started' },
    update: { policy: 'keep' },
  });
  saveProfile(bench.state.profiles, {
    ...rest,
    id: 'far',
    name: 'Far',
    program: { type: 'remote', url: 'http://me:planted-far@127.0.0.1:9/x?q=planted-asked' },
    readiness: { type: 'started' },
    update: { policy: 'keep' },
  });
}

/** Where other programs and other versions may have left something. */
function plantInFiles(): void {
  const { state } = bench;
  const attempt = state.attempt('0000000000001-0a0b0c0d');
  mkdirSync(attempt.folder, { recursive: true });
  writeFileSync(attempt.receipt, '{"feed":"https://u:planted-receipt@feed.example/","token":7}');
  writeFileSync(
    attempt.journal,
    '{"event":{"why":"password=planted-journal"}}\n{"torn": "Planted-env-2',
  );
  writeFileSync(path.join(state.profiles, 'broken.json'), '{"apiKey":"planted-broken",');
  writeFileSync(state.appLog, `opened with Planted-env-2 by ${userName}\n`);
  writeFileSync(state.settings, '{"schema":1,"later":{"sessionToken":"planted-setting"}}');
  new EventLog(state.eventFile('talker')).append([
    {
      kind: 'failed',
      problem: { message: 'It said: plantednv1', hint: 'Look.' },
      output: ['Planted-talker-env', 'Set-Cookie: a=planted-cookie'],
      at: Date.now(),
      up: 1,
    },
  ]);
}

/** A path that leads somewhere on this machine keeps its name, except in a report. */
const planted = /planted(?!user)/i;

describe('a report', { timeout: 90_000 }, () => {
  it('holds what a helper needs, and neither it, nor any JSON, nor any error holds a secret', async () => {
    addTalker();
    plantInFiles();
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
      expect(text, name).not.toMatch(planted);
      expect(text, name).not.toContain(userName);
      expect(text, name).not.toContain(nonce);
    }
    // What is not secret is still there.
    const log = files.find(([name]) => name === 'logs/gateways/talker.log')?.[1];
    expect(log).toContain('started with [hidden] and [hidden]');
    expect(readLedger(bench.state.ledger, 'ref').type).toBe('record');

    for (const words of [
      ...[['list'], ['status'], ['status', '--deep'], ['doctor'], ['diagnostics', '--list']],
      ...[
        ['events', 'talker'],
        ['status', 'far'],
      ],
    ]) {
      const { out, err } = await holdfast(...words, '--json');
      expect(JSON.parse(out)).toMatchObject({ schema: 1 });
      expect(out + err, words.join(' ')).not.toMatch(planted);
      expect(out, words.join(' ')).not.toContain(nonce);
    }
    for (const words of [
      ['start', 'talker'],
      ['start', 'broken'],
      ['restart', 'far'],
    ]) {
      const { err } = await holdfast(...words);
      expect(err, words.join(' ')).not.toMatch(planted);
    }
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
