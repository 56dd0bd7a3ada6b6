/**
 * The promises that must not go unguarded: each is broken once, and the named test must see it.
 * The list is by room; run.ts says how a mutant is judged. A Windows Node has a list of its own.
 */

import { afterUpdate } from './after-update.ts';
import { appMutants } from './app.ts';
import { gatewayMutants } from './gateway.ts';
import { gatewayUpdateMutants } from './gateway-update.ts';
import { handoffMutants } from './handoff.ts';
import { presetMutants } from './presets.ts';
import { processMutants } from './process.ts';
import { startedProgramMutants } from './started-programs.ts';
import type { Mutant } from './types.ts';
import { watcherMutants } from './watcher.ts';
import { watcherFileMutants } from './watcher-files.ts';
import { windowsMutants } from './windows.ts';

const here: readonly Mutant[] = [
  ...processMutants,
  ...gatewayMutants,
  ...presetMutants,
  ...handoffMutants,
  ...watcherMutants,
  ...afterUpdate,
  ...gatewayUpdateMutants,
  ...watcherFileMutants,
  ...startedProgramMutants,
  ...appMutants,
];

export const mutants = process.platform === 'win32' ? windowsMutants : here;
