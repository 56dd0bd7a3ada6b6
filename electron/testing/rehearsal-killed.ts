/**
 * For tests: a watcher that rehearses a gateway which never becomes ready, to be killed in the middle.
 * Its arguments are the state folder and the profile as JSON.
 */
import { join } from 'node:path';
import * as z from 'zod/mini';
import { profileSchema } from '../contract/profile.ts';
import { createSupervisor } from '../gateway/supervisor.ts';
import { createExitWaiter, systemClock } from '../process/index.ts';

const [stateRoot = '', profile = ''] = process.argv.slice(2);
const parsed = z.parse(profileSchema, JSON.parse(profile));
const unused = (): never => {
  throw new Error('nothing ships here');
};

await createSupervisor({
  profile: parsed,
  shipped: unused,
  pinned: unused,
  ledgerDir: join(stateRoot, 'ledger'),
  logFile: join(stateRoot, 'logs', 'g.log'),
  dataDir: join(stateRoot, 'gateway-data', parsed.id),
  stateRoot,
  waiter: createExitWaiter(),
  clock: systemClock,
  random: () => 0,
  log: () => {},
}).rehearse({});
