/**
 * Stands in for the app inside a job or a container: launches and mirrors a watcher by the link, as
 * the app does, writes down who runs, and stays. `test-app-in-job.ts <folder> <state> <answer.json>`.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { stateFolder } from '../handoff/state-folder.ts';
import { createSource } from '../handoff/test-source.ts';
import { systemClock } from '../process/index.ts';
import { createLink } from './link.ts';

const [folder = '', state = '', answer = ''] = process.argv.slice(2);
const silent = { info: () => {}, warn: () => {}, error: () => {} };
const link = createLink({
  state: stateFolder(state),
  source: createSource(folder, '0.0.0+dev'),
  version: '0.0.0',
  buildId: '0.0.0+dev',
  log: silent,
  clock: systemClock,
});
await link.connect();
const watcher = link.watcher()?.watcher;
writeFileSync(
  `${answer}.new`,
  JSON.stringify({ identity: watcher?.identity, escape: watcher?.escape, bitError: 0 }),
);
renameSync(`${answer}.new`, answer);
setInterval(() => {}, 1e6);
