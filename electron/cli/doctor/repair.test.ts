/** What doctor mends, with a real background service and a stand-in for the service manager. */
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LoginEntries } from '../../process/index.ts';
import { createSource } from '../../testing/stage-source.ts';
import { type Bench, createBench } from '../../testing/watcher-bench.ts';
import { inspectLogin } from './inspect-login.ts';
import { repaired, watcherTrouble } from './repair.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await createBench();
});
afterEach(() => bench.sweep());

function serviceManager(said: string | null, enabled = true) {
  const entry = { text: said, enabled };
  const entries: LoginEntries = {
    file: () => '/entry',
    says: () => entry.text,
    isEnabled: () => entry.enabled,
    isCurrent: () => false,
    async register({ command }) {
      entry.text = command;
      entry.enabled = true;
    },
    async unregister() {
      entry.text = null;
    },
    others: () => [],
  };
  return { entries, entry };
}

const wantLogin = (startAtLogin: boolean): void =>
  writeFileSync(bench.state.settings, JSON.stringify({ schema: 1, startAtLogin }));

async function repair(entries: LoginEntries, buildId = '0.0.0+dev') {
  const said: string[] = [];
  const voice = { print: (text: string) => said.push(text), warn: () => undefined };
  const source = createSource(bench.folder);
  const answer = await repaired(bench.state, false, voice, {
    source,
    entries,
    own: { buildId, version: '0.0.0' },
  });
  return { said, answer };
}

const stale = 'run bundle-0123456789abcdef/watcher.cjs';

describe('the entry for the login', () => {
  it.each([
    ['is missing', true, null, true, /there is no entry/],
    ['leads to a build that is gone', true, stale, true, /bundle-0123456789abcdef, which is gone/],
    ['is switched off', true, 'run it', false, /is switched off/],
    ['is there although it is not wanted', false, 'run it', true, /which is switched off/],
  ] as const)('that %s is put right', async (_, wanted, said, enabled, trouble) => {
    wantLogin(wanted);
    const { entries, entry } = serviceManager(said, enabled);
    expect(inspectLogin(bench.state, entries)).toMatchObject({
      result: 'fail',
      detail: expect.stringMatching(trouble),
    });
    const done = await repair(entries);
    expect(done.said.join('\n')).toMatch(new RegExp(`^WAS .*${trouble.source}.*\nNOW `));
    expect(entry.text === null).toBe(!wanted);
    expect(inspectLogin(bench.state, entries).result).toBe(wanted ? 'pass' : 'skip');
    expect((await repair(entries)).said).toEqual(['There is nothing that this command can mend.']);
    expect(bench.census()).toEqual([]);
  });
});

describe('builds', () => {
  it('that nothing needs are removed, but what runs, is newest or is named stays', async () => {
    const folder = (name: string, at: number): string => {
      const made = path.join(bench.state.staged, name);
      mkdirSync(made, { recursive: true });
      utimesSync(made, at, at);
      return made;
    };
    const old = folder('bundle-00000000000000aa', 1_000);
    const newest = folder('bundle-00000000000000bb', 2_000);
    const named = folder('bundle-00000000000000cc', 500);
    const draft = folder('.draft-bundle-x', 1_000);
    wantLogin(true);
    const { said } = await repair(serviceManager('run bundle-00000000000000cc').entries);
    expect(said[0]).toContain('bundle-00000000000000aa');
    expect([old, newest, named, draft].map((one) => existsSync(one))).toEqual([
      ...[false, true, true, false],
    ]);
  });
});

describe('the background service', () => {
  it('of another build makes room for this one’s, and its gateway runs on', async () => {
    await bench.serve();
    const before = await bench.running(await bench.client());
    const { said } = await repair(serviceManager(null).entries, '0.0.0+next');
    expect(said.join('\n')).toMatch(/^WAS .*0\.0\.0\+next.*\nNOW /);
    expect(await bench.running(await bench.client('cli'))).toMatchObject({ pid: before.pid });
    await bench.finish();
  });

  it('is left alone when it is newer than the command', () => {
    const own = { buildId: '0.0.0+dev', version: '0.0.0' };
    const identity = { pid: 1, startedAt: '1', nonce: '' };
    const at = (version: string, buildId: string) =>
      watcherTrouble(
        {
          watcher: { identity, version, buildId, protocol: 2, startedAt: 0, escape: null },
          ...{ gateways: {}, profileProblems: {}, problems: [], gatewayUpdates: {} },
          ...{ transaction: null, receipt: null },
        },
        own,
      );
    expect(at('99.0.0', '99.0.0+x')).toBeNull();
    expect(at('0.0.0', '0.0.0+dev')).toBeNull();
    expect(at('0.0.0', '0.0.0+other')).toMatch(/of build/);
    expect(watcherTrouble(null, own)).toMatch(/does not answer/);
  });
});
