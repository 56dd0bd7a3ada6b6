/** The tray while an update is under way, and that of the app after it. */
import { holdReleaseGateway } from './support/fault-gateway.ts';
import {
  expectReceipt,
  makeReady,
  reached,
  startedByWatcher,
  startServing,
  test,
} from './support/fault-world.ts';
import { startTrayHost } from './support/tray-host.ts';
import { expectPicture } from './support/tray-pictures.ts';

test('the tray’s picture says that an update is under way, and the new app’s that all is well [R106]', async ({
  world,
}) => {
  const tray = await startTrayHost();
  try {
    const { app } = await startServing(world);
    await expectPicture(app.page, tray, 'running');
    await makeReady(app.page);
    const letGo = await holdReleaseGateway(world);
    await app.page.getByTestId('update-install').click();
    await reached(world, 'releasing');
    await expectPicture(app.page, tray, 'updating');
    letGo();
    const page = await startedByWatcher(app);
    await expectReceipt(page, 'committed');
    await expectPicture(page, tray, 'running');
  } finally {
    tray.close();
  }
});
