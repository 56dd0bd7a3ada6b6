/**
 * The app inside a job or a container, for tests: launches and mirrors a watcher by the link, writes
 * down which process runs, and stays. `app-in-job.ts <folder> <state> <answer.json>`.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { stateFolder } from '../files/state-folder.ts';
import { createLink } from '../link/link.ts';
import { systemClock } from '../process/index.ts';
import { createSource } from './stage-source.ts';

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
