/** A gateway's update that fails, or is not wanted: the old version is back and serves. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { platform } from '../../process/platform.ts';
import { freePort } from '../../testing/free-port.ts';
import { install, UpdatedGateway, untilGo, type Ways } from '../../testing/updated-gateway.ts';
import { statusOf, until } from '../../testing/watcher-bench.ts';

let one: UpdatedGateway;
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await one.bench.sweep();
});

const serve = async (script: string, ways?: (folder: UpdatedGateway) => Ways): Promise<void> => {
  one = await UpdatedGateway.serve(script, ways);
};
/** The file that says which version is installed is copied before the update. */
const bySnapshot = (world: UpdatedGateway): Ways => ({
  rollback: { type: 'snapshot', paths: [world.at('version')] },
});
const leftOvers = (): string[] =>
  readdirSync(one.bench.state.gatewayUpdates, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.includes('snapshot'),
  );
const copiesGone = (): Promise<unknown> =>
  until(() => leftOvers().length === 0, 'the copies to be removed');

describe('a version that does not start', () => {
  it('is undone by the copy that was made of its files, and the old one serves [F29, R117]', async () => {
    await serve(install('broken'), bySnapshot);
    await expect(one.update()).rejects.toThrow(/78/);
    await one.servesAnew('one');
    const receipt = await one.ends('put-back');
    expect(receipt.gateways).toMatchObject([{ id: 'ref', result: 'restored', proof: 'verified' }]);
    expect(receipt.gateways[0]?.absenceMs).toBeGreaterThan(0);
    expect(one.read('version')).toBe('one');
    await copiesGone();
    await one.bench.finish();
  });

  it('is undone with its program, which was copied while the old one still served [R117]', async () => {
    // The program is another file than what the other copy holds.
    await serve(`require('fs').writeFileSync('gateway.mjs', 'process.exit(78)')`, (world) => ({
      rollback: {
        type: 'snapshot',
        paths: [world.at('records')],
        program: [world.at('gateway.mjs')],
      },
    }));
    await expect(one.update()).rejects.toThrow(/78/);
    await one.servesAnew('one');
    await one.ends('put-back');
    const events = one.events();
    expect(events.indexOf('program-copied')).toBeLessThan(events.indexOf('releasing'));
    await copiesGone();
    await one.bench.finish();
  });

  it('whose program can’t be copied is not installed, and nothing is stopped [R117]', async () => {
    await serve(install('two'), (world) => ({
      rollback: {
        type: 'snapshot',
        paths: [world.at('version')],
        // A device is neither a folder nor a file.
        program: ['/dev/null'],
      },
    }));
    await expect(one.update()).rejects.toThrow(/\/dev\/null can't be copied/);
    await one.stillServes();
    expect(one.read('version')).toBe('one');
    expect(one.events()).not.toContain('releasing');
    await one.bench.finish();
  });

  it('is undone by the command that its profile names [R117]', async () => {
    await serve(install('broken'), (world) => ({ rollback: world.undoBy(install('one')) }));
    await expect(one.update()).rejects.toThrow(/78/);
    await one.servesAnew('one');
    await one.ends('put-back');
    await one.bench.finish();
  });

  it('is reported as failed when the way back fails too, and the copy is kept [R117]', async () => {
    await serve(install('broken'), (world) => ({
      rollback: world.undoBy(`console.log('no old version here'); process.exitCode = 4`),
    }));
    await expect(one.update()).rejects.toThrow(
      /78.*The command that brings Reference back .* failed: exit code 4.*no old version here/,
    );
    const receipt = await one.ends('failed');
    expect(receipt.gateways).toMatchObject([{ id: 'ref', result: 'down' }]);
    // Supervised as ever: what the user mends runs.
    // It is started once more, in vain: a start that is asked for before that has ended would be the same.
    await until(() => one.view()?.state.status === 'failed', 'it to be given up');
    one.put('version', 'two');
    await one.client.call('gateway.start', { id: 'ref' });
    await one.servesAnew('two');
    await one.bench.finish();
  });
});

describe('a new version that serves', () => {
  it('and ends while it has to stay well is undone [R120]', async () => {
    await serve(install('two'), (world) => ({ ...bySnapshot(world), soakMs: 600_000 }));
    await one.update();
    await one.servesAnew('two');
    expect(one.phase()).toBe('soaking');
    const view = one.view();
    if (view && 'identity' in view.state) platform.signal(view.state.identity, 'SIGKILL');
    const receipt = await one.ends('put-back');
    expect(receipt.problem?.message).toBe(
      'Reference ended soon after the update (ended by SIGKILL).',
    );
    await one.servesAnew('one');
    await one.bench.finish();
  });

  it('goes back when its user wants that, and stays when its user keeps it [R120]', async () => {
    await serve(install('two'), (world) => ({ ...bySnapshot(world), confirmMs: 60_000 }));
    await one.update();
    await until(() => one.phase() === 'confirming', 'the question');
    await one.client.call('gateway.undoVersion', { id: 'ref' });
    const receipt = await one.ends('put-back');
    expect(receipt.problem?.message).toBe('The old version was wanted back.');
    await one.servesAnew('one');
    await one.update();
    await until(() => one.phase() === 'confirming', 'the question');
    await one.client.call('gateway.keepVersion', { id: 'ref' });
    await one.ends('committed');
    await one.servesAnew('two');
    await expect(one.client.call('gateway.undoVersion', { id: 'ref' })).rejects.toThrow(
      'There is no new version to decide about.',
    );
    await copiesGone();
    await one.bench.finish();
  });

  it('leaves a gateway stopped that its user stops meanwhile [R117]', async () => {
    await serve(`${untilGo} ${install('two')}`, bySnapshot);
    const updated = one.update();
    await until(() => one.has('runs'), 'the command to run');
    await one.client.call('gateway.stop', { id: 'ref' });
    one.put('go');
    await updated;
    const receipt = await one.ends('committed');
    expect(receipt.gateways).toMatchObject([{ result: 'stopped-by-user' }]);
    expect(one.view()?.state.status).toBe('stopped');
    await one.bench.finish();
  });
});

describe('gateways that run from one folder', () => {
  it('are stopped together, and all of them serve afterwards [R119]', async () => {
    const port = await freePort();
    await serve(`${untilGo} ${install('two')}`, (world) => ({ folder: world.folder() }));
    one.write('second', port, `${untilGo} ${install('two')}`, { folder: one.folder() });
    await until(() => one.view('second')?.state.status === 'running', 'the second to run');
    const updated = one.update();
    await until(() => one.has('runs'), 'the command to run');
    await until(() => one.view('second')?.state.status === 'released', 'the second to be away');
    await expect(one.client.call('gateway.update', { id: 'second' })).rejects.toThrow(
      'Reference is being updated already.',
    );
    one.put('go');
    await updated;
    const receipt = await one.ends('committed');
    expect(receipt.gateways.map(({ id, result }) => [id, result])).toEqual([
      ['ref', 'replaced'],
      ['second', 'replaced'],
    ]);
    await one.servesAnew('two');
    expect((await statusOf(port)).build).toBe('two');
    await one.bench.finish();
  });

  it('all get their own files back, whichever of them was updated [R119]', async () => {
    const copied = (file: string) => (world: UpdatedGateway) =>
      ({
        folder: world.folder(),
        rollback: { type: 'snapshot', paths: [world.at(file)] },
      }) satisfies Ways;
    // The new version changes the records of both, and then starts in neither.
    const script = `${install('broken')} require('fs').writeFileSync('records', 'migrated')`;
    await serve(script, copied('version'));
    one.put('records', 'as they were');
    one.write('second', await freePort(), script, copied('records')(one));
    await until(() => one.view('second')?.state.status === 'running', 'the second to run');
    await expect(one.update()).rejects.toThrow(/78/);
    const receipt = await one.ends('put-back');
    expect(receipt.gateways.map(({ id, result }) => [id, result])).toEqual([
      ['ref', 'restored'],
      ['second', 'restored'],
    ]);
    expect(one.read('records')).toBe('as they were');
    await one.bench.finish();
  });

  it('are not stopped while another program uses the folder, which is named [R121]', async () => {
    await serve(install('two'), (world) => ({ folder: world.folder() }));
    const holder = spawn('/bin/sleep', ['600'], { cwd: one.folder(), stdio: 'ignore' });
    children.push(holder);
    await expect(one.update()).rejects.toThrow(
      `${one.folder()} is in use by sleep (pid ${holder.pid}). End it, then try again.`,
    );
    await one.stillServes();
    expect((await one.ends('put-back')).gateways).toMatchObject([{ result: 'kept', absenceMs: 0 }]);
    await one.bench.finish();
  });
});

it('an update that can’t copy the old version changes nothing [R117]', async () => {
  await serve(install('two'), (world) => {
    const snapshot = path.join(world.bench.state.gatewayUpdates, 'ref');
    return { rollback: { type: 'snapshot', paths: [path.dirname(snapshot)] } };
  });
  mkdirSync(path.join(one.bench.state.gatewayUpdates, 'ref'), { recursive: true });
  await expect(one.update()).rejects.toThrow();
  await one.ends('put-back');
  expect(one.read('version')).toBe('one');
  await one.servesAnew('one');
  await one.bench.finish();
});

describe('an update whose profile tells the versions', () => {
  /** What is installed, and what is the newest, as files say. */
  const versions = (world: UpdatedGateway): Ways => ({
    ...bySnapshot(world),
    version: { type: 'file', path: world.at('version') },
    check: { type: 'command', command: '/bin/cat', args: [world.at('newest')] },
  });

  it('that changes nothing is no update, and the version is not offered again [R117]', async () => {
    await serve('', versions);
    one.put('version', '1.0.0');
    one.put('newest', '1.1.0');
    await expect(one.update()).rejects.toThrow(/reported success, but it is still 1\.0\.0/);
    expect(await one.ends('put-back')).toMatchObject({ fromVersion: '1.0.0', toVersion: '1.1.0' });
    expect(one.view()?.version).toMatchObject({ newest: '1.1.0', offered: false });
    await one.bench.finish();
  });

  /** As `npm install --global it@{version}` does. */
  const byVersion = (world: UpdatedGateway): Ways => ({
    ...versions(world),
    rollback: {
      type: 'command',
      command: process.execPath,
      args: ['-e', `require('fs').writeFileSync('version', process.argv[1])`, '{version}'],
      cwd: world.folder(),
    },
  });

  it('and fails is undone by a command that is told the old version [R117]', async () => {
    await serve(install('broken'), byVersion);
    one.put('version', '1.0.0');
    one.put('newest', '1.1.0');
    await expect(one.update()).rejects.toThrow(/78/);
    await one.servesAnew('1.0.0');
    expect(await one.ends('put-back')).toMatchObject({ fromVersion: '1.0.0' });
    await one.bench.finish();
  });

  it('and can’t be told is not undone by a command that needs it, which is said [R117]', async () => {
    await serve(install('broken'), (world) => ({
      rollback: byVersion(world).rollback,
    }));
    await expect(one.update()).rejects.toThrow(/78.*It is not known which version of Reference/);
    await one.ends('failed');
    expect(one.read('version')).toBe('broken');
    await one.bench.finish();
  });

  it('is committed with the version that answers, and begins only for a newer one [R117]', async () => {
    await serve(install('1.1.0'), versions);
    one.put('version', '1.0.0');
    one.put('newest', '1.1.0');
    await one.update();
    expect(await one.ends('committed')).toMatchObject({ fromVersion: '1.0.0', toVersion: '1.1.0' });
    await expect(one.update()).rejects.toThrow('Reference is the newest version already: 1.1.0.');
    await one.servesAnew('1.1.0');
    await one.bench.finish();
  });
});

describe('a rehearsal', () => {
  /** The next version is brought into its own folder, and tried there. */
  const trying =
    (version: string) =>
    (world: UpdatedGateway): Ways => ({
      rehearsal: {
        prepare: {
          command: process.execPath,
          args: [
            '-e',
            `require('fs').writeFileSync(process.argv[1] + '/version', '${version}')`,
            '{candidate}',
          ],
        },
        cwd: '{candidate}',
        args: [world.at('gateway.mjs'), '--port', '{port}', '--data', '{data}'],
      },
    });

  it('that fails stops nothing, and says why [R117]', async () => {
    await serve(`${untilGo}`, trying('broken'));
    await expect(one.update()).rejects.toThrow(/78/);
    await one.stillServes();
    const receipt = await one.ends('put-back');
    expect(receipt.gateways).toMatchObject([{ result: 'kept', absenceMs: 0 }]);
    expect(one.has('runs')).toBe(false);
    await one.bench.finish();
  });

  it('that answers comes before the gateway is stopped [R117]', async () => {
    await serve(install('two'), trying('two'));
    await one.update();
    await one.servesAnew('two');
    const events = one.events();
    expect(events.indexOf('rehearsed')).toBeLessThan(events.indexOf('releasing'));
    await one.bench.finish();
  });
});
