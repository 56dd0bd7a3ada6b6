/**
 * An app and a watcher of versions that speak differently. The other version is this one with another
 * number for its protocol, put into its source as it is loaded.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { protocolVersion } from '../contract/watcher-contract.ts';
import { type Identity, isAlive, systemClock } from '../process/index.ts';
import { platform } from '../process/platform.ts';
import { readEndpoint } from '../rpc/endpoint.ts';
import { createSource } from '../testing/stage-source.ts';
import {
  type Bench,
  createBench,
  type RunningWatcher,
  statusOf,
  until,
} from '../testing/watcher-bench.ts';
import { createLink } from './link.ts';
import type { Link } from './types.ts';

const olderVersion = protocolVersion - 1;
const newerVersion = protocolVersion + 1;

let bench: Bench;
let link: Link;
let warnings: string[];
beforeEach(async () => {
  bench = await createBench();
  warnings = [];
  link = createLink({
    state: bench.state,
    source: createSource(bench.folder),
    version: '0.0.0',
    buildId: '0.0.0+dev',
    log: { info: () => {}, warn: (text) => warnings.push(text), error: () => {} },
    clock: systemClock,
  });
});
afterEach(async () => {
  link.close();
  await bench.sweep();
});

/** A watcher that speaks another protocol, and its gateway. */
async function serveSpeaking(
  protocol: number,
): Promise<{ watcher: RunningWatcher; ref: Identity }> {
  const hook = path.join(bench.folder, 'other-protocol.mjs');
  writeFileSync(
    hook,
    `import { registerHooks } from 'node:module';
    registerHooks({
      load(url, context, next) {
        const loaded = next(url, context);
        if (!url.endsWith('/contract/watcher-contract.ts')) return loaded;
        const source = String(loaded.source);
        const other = source.replace(/protocolVersion = \\d+/, 'protocolVersion = ${protocol}');
        if (other === source) throw new Error('The number of the protocol is not there.');
        return { ...loaded, source: other };
      },
    });`,
  );
  const before = process.env.NODE_OPTIONS;
  process.env.NODE_OPTIONS = `--import=${pathToFileURL(hook).href}`;
  const serving = bench.serve();
  if (before === undefined) delete process.env.NODE_OPTIONS;
  else process.env.NODE_OPTIONS = before;
  const watcher = await serving;
  expect(readEndpoint(bench.state)?.protocol).toBe(protocol);
  return { watcher, ref: await bench.running(await bench.client()) };
}

/** The gateway as the link shows it. */
function shown(): Identity | false {
  const state = link.watcher()?.gateways.ref?.state;
  return state?.status === 'running' && state.identity;
}

async function finish(): Promise<void> {
  link.close();
  await bench.finish();
}

it('an older watcher makes room for one of the app, and its gateway runs on [R101]', async () => {
  const { watcher, ref } = await serveSpeaking(olderVersion);
  await link.connect();
  expect((await watcher.ended).code).toBe(0);
  expect(link.watcher()?.watcher).toMatchObject({ protocol: protocolVersion });
  expect(await until(shown, 'the gateway to be taken over')).toEqual(ref);
  expect((await statusOf(bench.port)).pid).toBe(ref.pid);
  expect(bench.census()).toHaveLength(2);
  await finish();
});

it('a newer watcher is left alone and named, and followed by one of the app when it has ended [R101]', async () => {
  const { watcher, ref } = await serveSpeaking(newerVersion);
  const sentence =
    'The gateways are looked after by a newer Holdfast (0.0.0). Start that one, or update this one.';
  await expect(link.connect()).rejects.toThrow(sentence);
  expect(link.state()).toMatchObject({ status: 'lost', problem: { message: sentence } });
  // It goes on trying, and does nothing to it.
  await until(() => warnings.length >= 3, 'more tries');
  expect(new Set(warnings.map((text) => text.replace(/^.*?: /, '')))).toEqual(new Set([sentence]));
  expect(link.watcher()).toBeNull();
  expect(isAlive(watcher.identity)).toBe(true);
  expect(readEndpoint(bench.state)?.identity).toEqual(watcher.identity);
  expect((await statusOf(bench.port)).pid).toBe(ref.pid);
  expect(bench.census()).toHaveLength(2);

  platform.signal(watcher.identity, 'SIGKILL');
  expect(await until(shown, 'a watcher of the app')).toEqual(ref);
  expect(link.watcher()?.watcher).toMatchObject({ protocol: protocolVersion });
  await finish();
});
