/** A real watcher and what happens in its profiles folder while it serves. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ProfileInput } from '../contract/profile.ts';
import type { WatcherState } from '../contract/watcher-contract.ts';
import { mirrorWatcher } from '../link/mirror.ts';
import { type Identity, isAlive, systemClock } from '../process/index.ts';
import { platform } from '../process/platform.ts';
import type { WatcherConnection } from '../rpc/client.ts';
import { type Bench, createBench, statusOf, until } from '../testing/watcher-bench.ts';

let bench: Bench;
let client: WatcherConnection;
/** The state that the watcher publishes now. */
let now: () => WatcherState;
/** The gateway of the bench. */
let ref: Identity;

beforeEach(async () => {
  bench = await createBench();
  await bench.serve();
  client = await bench.client();
  now = (await mirrorWatcher(client, { clock: systemClock, onChange: () => {} })).state;
  ref = await bench.running(client);
});
afterEach(() => bench.sweep());

const idle = (id: string, more: Partial<ProfileInput> = {}): ProfileInput => ({
  schema: 1,
  id,
  name: `Idle ${id}`,
  program: {
    type: 'command',
    command: process.execPath,
    args: ['-e', 'setInterval(() => {}, 1e6)'],
  },
  ...more,
});

const fileOf = (id: string): string => path.join(bench.state.profiles, `${id}.json`);
const put = (profile: ProfileInput): void =>
  writeFileSync(fileOf(profile.id), JSON.stringify(profile), { mode: 0o600 });
const remove = (id: string): void => rmSync(fileOf(id));
const logged = (what: string): number =>
  readFileSync(bench.state.watcherLog, 'utf8').split(what).length - 1;

/** Its process, once it runs. */
const runs = (id: string, other?: Identity): Promise<Identity> =>
  until(() => {
    const state = now().gateways[id]?.state;
    return state?.status === 'running' && state.identity.pid !== other?.pid && state.identity;
  }, `${id} to run`);

/** A change to a file must cause none of this. */
function untouched(): void {
  expect(now().gateways.ref).toMatchObject({ restarts: 0, state: { identity: ref } });
  expect(isAlive(ref)).toBe(true);
}

it('starts the gateway of a new file, and only shows one that is not to start', async () => {
  put(idle('second'));
  put(idle('third', { autostart: false }));
  await runs('second');
  expect(now().gateways.third).toMatchObject({ desired: 'stopped', state: { status: 'stopped' } });
  await client.call('gateway.start', { id: 'third' });
  await runs('third');
  untouched();
  await bench.finish();
});

it('applies a changed file: the name at once, the rest with the next start', async () => {
  put(idle('second'));
  const before = await runs('second');
  put(idle('second', { name: 'Renamed', update: { policy: 'release' }, env: { NEWS: 'yes' } }));
  await until(() => now().gateways.second?.name === 'Renamed', 'the new name');
  expect(now().gateways.second).toMatchObject({ policy: 'release', state: { identity: before } });
  expect(isAlive(before)).toBe(true);
  await client.call('gateway.restart', { id: 'second' });
  const after = await runs('second', before);
  const environment = readFileSync(`/proc/${after.pid}/environ`, 'utf8').split('\0');
  expect(environment).toContain('NEWS=yes');
  untouched();
  await bench.finish();
});

it('keeps a gateway running whose file was removed, says so, and drops it once it is stopped', async () => {
  remove('ref');
  const said = () => now().problems.map(({ message }) => message);
  await until(() => said().length > 0, 'the removal to be said');
  expect(said()).toEqual([
    'The profile of Reference was removed while its gateway runs; stop it, or put the file back.',
  ]);
  untouched();
  expect((await statusOf(bench.port)).pid).toBe(ref.pid);
  await client.call('gateway.restart', { id: 'ref' });
  const second = await runs('ref', ref);
  // A crash is no stop.
  platform.signal(second, 'SIGKILL');
  await runs('ref', second);
  await client.call('gateway.stop', { id: 'ref' });
  await until(() => now().gateways.ref === undefined, 'the gateway to be forgotten');
  expect(said()).toEqual([]);
  await bench.finish();
});

it('uses a file again that was restored', async () => {
  remove('ref');
  await until(() => now().problems.length > 0, 'the removal to be said');
  put(bench.profile);
  await until(() => now().problems.length === 0, 'the problem to be gone');
  untouched();
  await client.call('gateway.stop', { id: 'ref' });
  expect((await client.call('profile.list', null)).map(({ id }) => id)).toEqual(['ref']);
  await bench.finish();
});

it('drops a gateway that does not run as soon as its file is removed', async () => {
  put(idle('second', { autostart: false }));
  await until(() => now().gateways.second, 'it to appear');
  remove('second');
  await until(() => now().gateways.second === undefined, 'it to be forgotten');
  expect(now().problems).toEqual([]);
  untouched();
  await bench.finish();
});

it('reports a broken file and goes on with the last good one until it is mended', async () => {
  writeFileSync(fileOf('ref'), '{"schema": 1, "id": ');
  await until(() => now().profileProblems['ref.json'], 'the broken file to be named');
  expect(now().problems).toEqual([]);
  untouched();
  await client.call('gateway.restart', { id: 'ref' });
  const second = await runs('ref', ref);
  put({ ...bench.profile, name: 'Mended' });
  await until(() => now().gateways.ref?.name === 'Mended', 'the mended file');
  expect(now().profileProblems).toEqual({});
  expect(isAlive(second)).toBe(true);
  await bench.finish();
});

it('never overwrites a file that is not a profile in force, and names it', async () => {
  const saved = { ...bench.profile, id: 'mine', port: 1, autostart: false };
  const files: [string, string, RegExp][] = [
    ['mine', '{"schema": 1, "id": ', /mine\.json is there already .* not valid JSON: .*Correct/],
    [
      'mine',
      JSON.stringify({ ...saved, schema: 9 }),
      /mine\.json .*newer Holdfast.*Update Holdfast/,
    ],
    // The last good profile is in force, but the file is what the user works on.
    ['ref', '{"schema": 1,', /ref\.json is there already/],
  ];
  for (const [id, text, sentence] of files) {
    writeFileSync(fileOf(id), text);
    const profile = { ...saved, id };
    await expect(client.call('profile.save', { profile })).rejects.toThrow(sentence);
    expect(readFileSync(fileOf(id), 'utf8')).toBe(text);
  }
  untouched();
  remove('mine');
  await client.call('profile.save', { profile: saved });
  await client.call('profile.save', { profile: { ...saved, name: 'Changed' } });
  expect(now().gateways.mine?.name).toBe('Changed');
  await bench.finish();
});

it('saves no profile that could not be read again', async () => {
  const { port, ...rest } = bench.profile;
  const profile = { ...rest, id: 'portless' };
  await expect(client.call('profile.save', { profile })).rejects.toThrow(
    '"portless" was not saved: a shipped gateway needs a port.',
  );
  expect(existsSync(fileOf('portless'))).toBe(false);
  expect(now().gateways.portless).toBeUndefined();
  await bench.finish();
});

it('does not take a folder that can’t be read for an empty one', async () => {
  put(idle('second', { autostart: false }));
  await until(() => now().gateways.second, 'it to appear');
  const { profiles } = bench.state;
  renameSync(profiles, `${profiles}.away`);
  writeFileSync(profiles, 'not a folder');
  await until(() => now().profileProblems.profiles, 'the folder to be named');
  expect(Object.keys(now().gateways).sort()).toEqual(['ref', 'second']);
  expect(now().problems).toEqual([]);
  rmSync(profiles);
  renameSync(`${profiles}.away`, profiles);
  await until(() => now().profileProblems.profiles === undefined, 'the problem to be gone');
  untouched();
  await bench.finish();
});

it('does nothing twice for a profile that it saved or removed itself', async () => {
  const { schema, ...rest } = bench.profile;
  await client.call('profile.save', { profile: { ...rest, schema, name: 'Saved' } });
  await client.call('profile.save', { profile: { ...rest, schema, id: 'gone', port: 1 } });
  await client.call('gateway.stop', { id: 'gone' });
  await client.call('profile.remove', { id: 'gone' });
  expect(now().gateways.ref?.name).toBe('Saved');
  // Once this change is noticed, all earlier ones were.
  put(idle('last'));
  await runs('last');
  expect(logged('The profile of "ref" was changed')).toBe(0);
  expect(logged('"gone" has a profile now')).toBe(0);
  expect(logged('The profile of "gone" was removed')).toBe(0);
  expect(logged('"last" has a profile now')).toBe(1);
  untouched();
  await bench.finish();
});

it('follows the folder when another one is put in its place', async () => {
  const { profiles } = bench.state;
  renameSync(profiles, `${profiles}.old`);
  await until(() => now().problems.length > 0, 'the missing folder to be seen');
  untouched();
  mkdirSync(profiles, { mode: 0o700 });
  put(bench.profile);
  put(idle('second'));
  await runs('second');
  await until(() => now().problems.length === 0, 'the problem to be gone');
  put(idle('third'));
  await runs('third');
  untouched();
  await bench.finish();
});
