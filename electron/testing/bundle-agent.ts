/**
 * For tests: a watcher that launchd runs and that exchanges an app bundle. `install` is the only argument, as JSON.
 * It kills itself before its rename number `dieAt` of all that were made so far, and ends with 0 when it is done.
 */
import { appendFileSync, readFileSync, renameSync } from 'node:fs';
import { systemClock } from '../process/index.ts';
import { type BundleInstall, putBundleInPlace } from '../transaction/app-bundle.ts';
import { bundleTools } from './app-bundles.ts';

const { install, counter, dieAt }: { install: BundleInstall; counter: string; dieAt: number } =
  JSON.parse(process.argv[2] ?? '');
const made = (): number => readFileSync(counter, 'utf8').length;

await putBundleInPlace(
  {
    clock: systemClock,
    ...bundleTools,
    rename(from, to) {
      appendFileSync(counter, 'x');
      if (made() === dieAt) process.kill(process.pid, 'SIGKILL');
      renameSync(from, to);
    },
  },
  install,
);
