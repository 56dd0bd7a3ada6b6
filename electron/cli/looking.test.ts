/** What a script may rely on: what starts nothing, exit codes, names, and the shape of JSON. */

import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GatewayStatus } from '../contract/gateway.ts';
import { saveProfile } from '../gateway/profiles/profiles.ts';
import type { WatcherConnection } from '../rpc/client.ts';
import { readEndpoint } from '../rpc/endpoint.ts';
import { type Ran, runHoldfast } from '../testing/command-line.ts';
import { type Bench, createBench } from '../testing/watcher-bench.ts';
import { jsonOf } from './as-json.ts';
import { findGateway } from './gateway-names.ts';
import { schemaFiles, withReference } from './reference.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await createBench();
});
afterEach(() => bench.sweep());

const holdfast = (...args: string[]): Promise<Ran> => runHoldfast(bench.state.root, args);

/** A second gateway, which runs and does nothing. */
function addSleeper(id: string, name: string): void {
  const { port: _, status: _s, liveness: _l, ...rest } = bench.profile;
  const script = 'console.log("up"); setInterval(() => {}, 2 ** 30);';
  const program = { type: 'command' as const, command: process.execPath, args: ['-e', script] };
  const readiness = { type: 'started' as const };
  saveProfile(bench.state.profiles, {
    ...rest,
    id,
    name,
    program,
    readiness,
    update: { policy: 'keep' },
  });
}

/** Waits until the gateway has that state, as its watcher says. */
async function reaches(
  client: WatcherConnection,
  id: string,
  status: GatewayStatus,
): Promise<void> {
  for (const deadline = Date.now() + 30_000; ; ) {
    const { state } = await client.call('subscribe', null);
    if (state.gateways[id]?.state.status === status) return;
    if (Date.now() > deadline) throw new Error(`${id} is not ${status} after 30 s.`);
    await new Promise((resume) => setTimeout(resume, 10));
  }
}

const nothingRuns = (): void => {
  expect(readEndpoint(bench.state)).toBeUndefined();
  expect(bench.census()).toEqual([]);
};

describe('without a background service', () => {
  it.each([
    [['status'], 3],
    [['doctor'], 1],
    [['logs', 'ref'], 1],
    [['events', 'ref'], 0],
  ] as const)('%j says that there is none, and starts none', async (words, code) => {
    const said = await holdfast(...words);
    expect(said.code).toBe(code);
    expect(said.out + said.err).toMatch(/[Bb]ackground service (does not run|runs for this)/);
    nothingRuns();
  });

  it.each(['start', 'stop', 'restart', 'update', 'logs', 'events', 'status'])(
    '“%s” with a name that no gateway has starts none, and says which was meant [C1]',
    async (verb) => {
      expect(await holdfast(verb, 'referense')).toEqual({
        code: 5,
        out: '',
        err: 'holdfast: There is no gateway called "referense". Did you mean "Reference"? Known: Reference (ref).\n',
      });
      nothingRuns();
    },
  );

  it('a first command with a wrong name sets up no server [C1]', async () => {
    const empty = path.join(bench.folder, 'empty');
    const said = await runHoldfast(empty, ['start', 'nobody']);
    expect(said).toMatchObject({
      code: 5,
      err: expect.stringMatching(/There are no gateways yet/),
    });
    expect(existsSync(empty)).toBe(false);
  });
});

describe('gateways', () => {
  it('are named as the window names them, in any case and shortened, several at once or all [C4, C6]', async () => {
    addSleeper('box', '方舟 Box');
    await bench.serve();
    await bench.running(await bench.client());
    const both = await holdfast('stop', 'REFER', '方舟 box');
    expect(both).toMatchObject({ code: 0, err: '' });
    expect(both.out.split('\n').filter((line) => /Stopped/.test(line)).length).toBe(2);
    const all = await holdfast('start', '--all');
    expect(all.code).toBe(0);
    expect(all.out).toMatch(/^Reference +Running/m);
    expect(all.out).toMatch(/^方舟 Box +Running/m);
    expect(await holdfast('status', 'box')).toMatchObject({
      code: 0,
      out: expect.not.stringMatching(/Reference/),
    });
    await bench.finish();
  });

  it('are found by id, then name, then a beginning that only one has', () => {
    const known = [
      { id: 'a', name: 'Box' },
      { id: 'box', name: 'Other' },
      { id: 'hermes', name: 'Hermes' },
      { id: 'hermes-2', name: 'Hermes at work' },
    ];
    expect(findGateway('box', known)).toBe(known[1]);
    expect(findGateway('HERMES', known)).toBe(known[2]);
    expect(findGateway('hermes a', known)).toBe(known[3]);
    expect(findGateway('oth', known)).toBe(known[1]);
    expect(findGateway('her', known)).toBe(
      '"her" could be Hermes or Hermes at work (hermes-2). Use its id.',
    );
    expect(findGateway('', known)).toMatch(/no gateway called ""/);
    expect(findGateway('hremes', known)).toMatch(/Did you mean "hermes"\?/);
    expect(findGateway('zzzzzz', known)).not.toMatch(/Did you mean/);
  });
});

describe('when a gateway that should run can’t', () => {
  it('“status” and “doctor” end with codes that say so, and “status” of another one does not [C2, C8]', async () => {
    addSleeper('box', 'Box');
    const stranger = createServer().listen(bench.port, '127.0.0.1');
    await once(stranger, 'listening');
    await bench.serve();
    const client = await bench.client();
    await reaches(client, 'ref', 'failed');
    await reaches(client, 'box', 'running');
    expect((await holdfast('status')).code).toBe(4);
    expect((await holdfast('status', 'ref')).code).toBe(4);
    expect((await holdfast('status', 'box')).code).toBe(0);
    const json = await holdfast('status', '--json');
    expect(json.code).toBe(4);
    expect(JSON.parse(json.out)).toMatchObject({ schema: 1, well: false });
    const doctor = await holdfast('doctor');
    expect(doctor).toMatchObject({
      code: 1,
      out: expect.stringMatching(/FAIL +gateway +Reference: Can’t start\./),
    });
    await holdfast('stop', 'ref');
    expect((await holdfast('status')).code).toBe(0);
    stranger.close();
    await bench.finish();
  });
});

describe('--json', () => {
  it('has a version and the fields that are documented, and no nonce [C9]', async () => {
    await bench.serve();
    const identity = await bench.running(await bench.client());
    expect(identity.nonce).not.toBe('');
    const page = readFileSync(path.join(import.meta.dirname, '../../docs/cli.md'), 'utf8');
    for (const words of [['status'], ['status', '--deep'], ['doctor'], ['events', 'ref']]) {
      const { out } = await holdfast(...words, '--json');
      expect(out).not.toContain(identity.nonce);
      expect(out).not.toMatch(/"nonce":/);
      expect(JSON.parse(out)).toMatchObject({ schema: 1 });
    }
    const { gateways } = JSON.parse((await holdfast('status', '--json')).out);
    expect(gateways).toMatchObject([
      {
        id: 'ref',
        name: 'Reference',
        state: 'running',
        well: true,
        pid: identity.pid,
        port: bench.port,
      },
    ]);
    for (const field of Object.keys(gateways[0])) expect(page).toContain(`\`${field}\``);
    await bench.finish();
  });
});

it('JSON leaves out a nonce wherever it stands, and hides secrets [C9]', () => {
  const text = jsonOf(bench.state, {
    deep: [{ nonce: 'n1', url: 'http://me:hunter2@127.0.0.1/' }],
  });
  expect(text).toMatch(/"url": "http/);
  expect(text).not.toMatch(/nonce|n1|hunter2/);
});

describe('help', () => {
  it('tells of all commands and of each, and which version this is [C5]', async () => {
    expect(await holdfast('help')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^ {2}restart /m),
    });
    const one = await holdfast('help', 'logs');
    expect(one).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Usage: holdfast logs <gateway>/),
    });
    expect(await holdfast('logs', '--help')).toEqual(one);
    expect(await holdfast('--version')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Holdfast \d/),
    });
    expect(await holdfast('strat', 'ref')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/no command "strat". Did you mean "start"\?/),
    });
    expect((await holdfast('logs', 'ref', '--folow')).err).toMatch(/Did you mean --follow\?/);
  });

  it('is what docs/cli.md says: else run “node scripts/cli-docs.mjs”', () => {
    const page = readFileSync(path.join(import.meta.dirname, '../../docs/cli.md'), 'utf8');
    expect(page).toBe(withReference(page));
    for (const [name, text] of schemaFiles()) {
      const file = path.join(import.meta.dirname, '../../docs/schemas', name);
      expect(readFileSync(file, 'utf8')).toBe(text);
    }
  });
});
