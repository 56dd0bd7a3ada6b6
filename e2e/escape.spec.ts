import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { watcherState } from './support/watcher.ts';
import { expect, expectStatus, shownPid, test } from './support/world.ts';

test.beforeEach(async ({ world }) => {
  await world.addDemo();
});

test('a cgroup that is killed whole takes the app, not the watcher and its gateways', async ({
  world,
}) => {
  const delegated = process.env.HOLDFAST_TEST_CGROUP;
  test.skip(
    !delegated,
    'needs a delegated cgroup2 (HOLDFAST_TEST_CGROUP), made by npm test as root',
  );
  if (!delegated) return;
  // Named like what a desktop puts an app into.
  const scope = join(delegated, `app-holdfast-${process.pid}.scope`);
  mkdirSync(scope);
  try {
    const app = await world.start({
      wrapper: ['sh', '-c', `echo $$ > '${scope}/cgroup.procs' && exec "$@"`, 'sh'],
    });
    await expectStatus(app.page, 'running');
    const pid = await shownPid(app.page);
    await expect
      .poll(async () => (await watcherState(world.state)).watcher.escape?.proof)
      .toBe('proven');
    const { watcher } = await watcherState(world.state);
    expect(readFileSync(join(scope, 'cgroup.procs'), 'utf8')).toContain(String(app.pid));

    writeFileSync(join(scope, 'cgroup.kill'), '1');
    await app.exited;
    const after = await watcherState(world.state);
    expect(after.watcher.identity).toEqual(watcher.identity);
    expect(after.gateways.reference?.state).toMatchObject({ status: 'running', identity: { pid } });
  } finally {
    if (existsSync(scope)) {
      await expect
        .poll(() => readFileSync(join(scope, 'cgroup.events'), 'utf8'))
        .toContain('populated 0');
      rmdirSync(scope);
    }
  }
});
