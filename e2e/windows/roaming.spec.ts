/** The installed app finds its state where an earlier version has kept it, and moves it. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { demoGateway } from '../../electron/contract/demo-gateway.ts';
import { test } from '../support/windows-world.ts';
import { expectStatus } from '../support/world.ts';

test('a state folder in the roaming profile moves out of it, and all gateways run from there', async ({
  world,
}) => {
  const { state, folder } = world.sandbox;
  const settings = { schema: 1, checkForUpdates: false, onQuit: 'keep' };
  writeFileSync(join(state, 'settings.json'), JSON.stringify(settings));
  for (const name of ['roaming', 'local']) mkdirSync(join(folder, name));
  const [former, place] = [join(folder, 'roaming', 'Holdfast'), join(folder, 'local', 'Holdfast')];
  renameSync(state, former);
  const profiles = readdirSync(join(former, 'profiles')).sort();
  // The world looks for it under its own name, wherever it is. Windows sees the folder under another path.
  symlinkSync(join('local', 'Holdfast'), state);
  const seen = (name: string): string => world.state.replace(/[^\\]+$/, name);

  const app = await world.startOld(['allows'], {
    profile: { APPDATA: seen('roaming'), LOCALAPPDATA: seen('local') },
  });
  await app.page.getByTestId(`gateway-item-${demoGateway.id}`).click();
  await expectStatus(app.page, 'running', 30_000);
  await world.watcherUntil(({ gateways }) =>
    Object.values(gateways).every((gateway) => gateway.state.status === 'running'),
  );
  expect(readdirSync(join(place, 'profiles')).sort()).toEqual(profiles);
  expect(existsSync(join(former, 'profiles'))).toBe(false);
  const log = readFileSync(join(place, 'logs', 'app.log'), 'utf8');
  expect(log).toContain('files were moved from');
});
