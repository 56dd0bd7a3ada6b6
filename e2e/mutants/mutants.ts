/**
 * The promises that must not go unguarded: each is broken once, and the named test must notice. The
 * lists follow the rooms of the code; run.ts says how a mutant is judged. A Windows Node has its own list.
 */
import { appMutants } from './app.ts';
import { gatewayMutants } from './gateway.ts';
import { gatewayProcessMutants } from './gateway-processes.ts';
import { gatewayUpdateMutants } from './gateway-update.ts';
import { historyMutants } from './history.ts';
import { linkMutants } from './link.ts';
import { processMutants } from './process.ts';
import { rowMutants } from './rows.ts';
import { soakMutants } from './soak.ts';
import { transactionMutants } from './transaction.ts';
import type { Mutant } from './types.ts';
import { updateMutants } from './update.ts';
import { watcherMutants } from './watcher.ts';
import { watcherUpdateMutants } from './watcher-update.ts';
import { windowsMutants } from './windows.ts';

const here: readonly Mutant[] = [
  ...processMutants,
  ...gatewayMutants,
  ...gatewayProcessMutants,
  ...transactionMutants,
  ...linkMutants,
  ...watcherMutants,
  ...watcherUpdateMutants,
  ...soakMutants,
  ...gatewayUpdateMutants,
  ...historyMutants,
  ...updateMutants,
  ...appMutants,
  ...rowMutants,
];

/** The list for this system. */
export const mutants = process.platform === 'win32' ? windowsMutants : here;
export const allMutants: readonly Mutant[] = [...here, ...windowsMutants];
