/**
 * Hermes is updated by a real watcher as its preset says: both profiles' gateways run from one checkout, and
 * the stand-in (e2e/fixtures/hermes.ts) speaks the real one's contract.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { HermesWorld, hermesIds } from '../../testing/hermes-world.ts';
import { signalOne } from '../../testing/processes.ts';
import { until } from '../../testing/watcher-bench.ts';

/** Each starts some ten programs, one after the other. */
const timeoutMs = 180_000;

const [old, next] = ['0.23.4', '0.24.0'];

let one: HermesWorld;
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await one.bench.sweep();
});

/** Nothing was stopped, and the update says why. */
async function stopsNothing(why: RegExp): Promise<void> {
  const before = await one.bothRun();
  await expect(one.update()).rejects.toThrow(why);
  expect(await one.bothRun()).toEqual(before);
  expect((await one.ends('put-back')).gateways).toMatchObject([
    { id: 'hermes', result: 'kept', absenceMs: 0 },
    { id: 'hermes-work', result: 'kept', absenceMs: 0 },
  ]);
}

describe('an update of Hermes', { timeout: timeoutMs }, () => {
  it('stops both profiles’ gateways as planned, brings both back on the new commit, and shows Hermes’ own receipt [R124]', async () => {
    one = await HermesWorld.serve();
    const before = await one.bothRun();
    // The profile that was used last: its home is not where the receipt is looked for.
    writeFileSync(one.inHome('active_profile'), 'work\n');
    one.install.publish({ version: next, needs: 2 });
    one.hold('pulled');
    const updated = one.update();
    await one.came('pulled');
    for (const id of hermesIds) {
      expect(one.view(id)).toMatchObject({
        state: { status: 'released' },
        lastExit: { code: 0, by: { cause: 'update' } },
      });
      // Without the planned stop it would call this an unexpected signal.
      expect(one.stateOf(id)).toMatchObject({ gateway_state: 'stopped', exit_reason: null });
    }
    one.goOn('pulled');
    await updated;
    const head = one.install.head();
    expect(await one.ends('committed')).toMatchObject({
      fromVersion: old,
      toVersion: next,
      own: { outcome: 'success', good: true, before: one.recorded, after: head },
      gateways: [
        { id: 'hermes', result: 'replaced', proof: 'healthy' },
        { id: 'hermes-work', result: 'replaced', proof: 'healthy' },
      ],
    });
    await one.bothRun(before);
    await one.bothServe(next);
    expect(one.install.receipts().length).toBe(1);
    await one.bench.finish();
  });

  it('puts the recorded commit back, with its packages and the user’s own changes, when the new version does not start [R125, R128]', async () => {
    one = await HermesWorld.serve();
    const own = path.join(one.install.checkout, '.gitignore');
    appendFileSync(own, 'mine/\n');
    one.install.publish({ version: next, needs: 2, gateway: 'broken' });
    await expect(one.update()).rejects.toThrow(/No module named 'gateway\.platforms\.telegram'/);
    const receipt = await one.ends('put-back');
    expect(receipt).toMatchObject({
      own: { good: true },
      gateways: [{ result: 'restored' }, { result: 'restored' }],
    });
    expect(receipt.steps.find(({ name }) => name === 'undone')?.detail).toContain(one.recorded);
    expect([one.install.head(), one.install.branch()]).toEqual([one.recorded, 'main']);
    expect(readFileSync(own, 'utf8')).toContain('mine/');
    await one.bothServe(old);
    // Neither offers it again.
    await one.client.call('gateway.checkVersion', { id: 'hermes-work' });
    for (const id of hermesIds) {
      expect(one.view(id)?.version).toMatchObject({ newest: next, offered: false });
      expect(one.state().gatewayUpdates[id]?.receipt?.outcome).toBe('put-back');
    }
    await one.bench.finish();
  });

  it('goes back for both when only the other profile’s gateway does not start [R125]', async () => {
    one = await HermesWorld.serve();
    one.install.publish({ version: next, gateway: 'work' });
    await expect(one.update()).rejects.toThrow(/Hermes \(work\)/);
    await one.ends('put-back');
    await one.bothServe(old);
    await one.bench.finish();
  });

  it('that Hermes itself undid stays undone, and its reason is shown [R124]', async () => {
    one = await HermesWorld.serve();
    one.install.publish({ version: next, syntax: 'bad' });
    await expect(one.update()).rejects.toThrow(/exit code 1.*syntax error/);
    expect((await one.ends('put-back')).own).toMatchObject({
      outcome: 'failed',
      good: false,
      reason: 'the pulled code has a syntax error; rolled back',
    });
    expect(one.install.head()).toBe(one.recorded);
    await one.bothServe(old);
    await one.bench.finish();
  });

  it('stops nothing where Hermes is managed by something else, or can’t be reached [R126]', async () => {
    one = await HermesWorld.serve();
    one.install.publish({ version: next });
    writeFileSync(one.inHome('test/managed'), 'docker');
    await stopsNothing(/check before the update of Hermes .* exit code 2.*managed by docker/);
    // It is offered as before: nothing was tried.
    expect(one.view()?.version).toMatchObject({ newest: next, offered: true });
    rmSync(one.inHome('test/managed'));
    rmSync(path.join(one.folder(), 'origin.git'), { recursive: true });
    await stopsNothing(/exit code 1.*Failed to fetch/);
    await one.bench.finish();
  });

  it('stops nothing while another program updates Hermes, which is named; a marker that was left is no obstacle [R126]', async () => {
    one = await HermesWorld.serve();
    one.install.publish({ version: next });
    const other = spawn('/bin/sleep', ['600'], { stdio: 'ignore' });
    children.push(other);
    writeFileSync(one.inHome('.hermes-update-in-progress'), `${other.pid}\n1\n`);
    await stopsNothing(new RegExp(`updated by another program \\(pid ${other.pid}\\)`));
    other.kill('SIGKILL');
    await once(other, 'exit');
    await one.update();
    await one.ends('committed');
    await one.bothServe(next);
    await one.bench.finish();
  });

  it('from a terminal hands both gateways back to Holdfast, which starts them on the new code [R124]', async () => {
    one = await HermesWorld.serve();
    const before = await one.bothRun();
    one.install.publish({ version: next });
    const python = path.join(one.install.checkout, 'venv/bin/python');
    const args = ['-m', 'hermes_cli.main', 'update', '--yes', '--gateway'];
    const env = { ...process.env, HERMES_HOME: one.install.home };
    const update = spawn(python, args, { env, stdio: 'ignore' });
    children.push(update);
    const [code] = await once(update, 'exit');
    expect(code).toBe(0);
    await one.bothRun(before);
    for (const id of hermesIds) expect(one.view(id)).toMatchObject({ restarts: 0 });
    await one.bothServe(next);
    await one.bench.finish();
  });
});

describe('a watcher that is killed while Hermes is updated', { timeout: timeoutMs }, () => {
  const works = { version: next, needs: 2 };
  const fails = { ...works, gateway: 'broken' };

  /** It is over: both serve what is checked out, and the receipt says what that is. */
  async function isOver(): Promise<void> {
    const receipt = await until(() => {
      const found = one.receipt();
      return found && found.outcome !== 'back' && one.phase() === null ? found : undefined;
    }, 'the update to end');
    const version = one.install.version();
    expect(receipt.outcome).toBe(version === next ? 'committed' : 'put-back');
    await one.bothServe(version);
    await one.bench.finish();
  }

  it.each(['checked', 'undo-prepared', 'command-started', 'command-running', 'command-ended'])(
    'at %s: both gateways serve, old or new, and the receipt says which [R127]',
    async (type) => {
      one = await HermesWorld.serve();
      one.install.publish(works);
      await one.killAt(type, () => one.update());
      await isOver();
    },
  );

  it.each(['put-back', 'undo-started', 'undo-running', 'undo-ended'])(
    'at %s: the recorded commit is back, and both gateways serve it [R127]',
    async (type) => {
      one = await HermesWorld.serve();
      one.install.publish(fails);
      await one.killAt(type, () => one.update());
      await isOver();
      expect(one.install.head()).toBe(one.recorded);
    },
  );

  it.each(['fetched', 'pulled', 'installed'])(
    'and Hermes at “%s” goes on: its own receipt tells the next watcher how it ended [R127]',
    async (step) => {
      one = await HermesWorld.serve();
      one.install.publish(works);
      one.hold(step);
      const updated = one.update().catch(() => undefined);
      await one.came(step);
      one.watcher.child.kill('SIGKILL');
      await Promise.all([one.watcher.ended, updated]);
      await one.serveAgain();
      await until(() => one.log().includes('its update command still runs'), 'it to be waited for');
      one.goOn(step);
      expect(await one.ends('committed')).toMatchObject({ own: { outcome: 'success' } });
      await one.bothServe(next);
      await one.bench.finish();
    },
  );

  it('together with Hermes in the middle of it: the recorded commit is back [R127]', async () => {
    one = await HermesWorld.serve();
    one.install.publish(works);
    one.hold('pulled');
    const updated = one.update().catch(() => undefined);
    const pid = await one.came('pulled');
    one.watcher.child.kill('SIGKILL');
    signalOne(pid, 'SIGKILL');
    // As Git leaves it when it is killed.
    writeFileSync(path.join(one.install.checkout, '.git/index.lock'), '');
    await Promise.all([one.watcher.ended, updated]);
    await one.serveAgain();
    const receipt = await one.ends('put-back');
    expect(receipt.own).toBeUndefined();
    expect(one.install.head()).toBe(one.recorded);
    rmSync(one.inHome('.hermes-update-in-progress'));
    await one.bothServe(old);
    await one.bench.finish();
  });
});
