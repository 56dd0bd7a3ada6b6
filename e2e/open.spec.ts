/** `holdfast open`, with the real app: one that runs comes to the front, one that does not is started. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from './support/desktop-app.ts';
import { expect, test } from './support/world.ts';

const run = promisify(execFile);
const program = join(projectRoot, 'out', 'watcher', 'cli.cjs');

test('the window that is open shows the gateway that “holdfast open” names', async ({ world }) => {
  await world.addDemo();
  const { page } = await world.start();
  await page.getByTestId('nav-settings').click();
  await expect(page.getByTestId('gateway')).toHaveCount(0);
  const words = [program, '--user-data-dir', world.state, 'open', 'reference'];
  const { stdout } = await run(process.execPath, words);
  expect(stdout).toBe('Holdfast’s window shows Demo gateway.\n');
  await expect(page.getByTestId('gateway')).toHaveAttribute('data-gateway', 'reference');
});
