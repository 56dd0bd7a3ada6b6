/**
 * The watcher's program: checks its rights and its folder, takes the state folder's lock, and serves.
 * Nothing that goes wrong later may end it: gateways depend on it.
 */
import { ownBuildId } from '../contract/build-info.ts';
import { errorText } from '../contract/error-text.ts';
import { finalWatcherExits, watcherExit } from '../contract/exit-codes.ts';
import { diskTrouble } from '../files/disk-problem.ts';
import { prepareStateFolder, type StateFolder, stateFolder } from '../files/state-folder.ts';
import {
  acquireLock,
  exitOf,
  isAlive,
  selfIdentity,
  sharedExitWaiter,
  systemClock,
} from '../process/index.ts';
import { unfinishedAttempt } from '../transaction/attempts.ts';
import { createLog } from './log.ts';
import { type Options, parseOptions, raisedRights } from './options.ts';
import { offerSuccession } from './succession/successor.ts';
import { startWatch, type Watch } from './watch.ts';

/** Whether a service manager runs us that restarts after every code but 0. */
let finalAsSuccess = false;

/** Ends with a sentence on stderr, marked with the pid because all watchers write to one file. */
function giveUp(code: number, sentence: string): never {
  process.stderr.write(`[${process.pid}] ${sentence}\n`);
  process.exit(finalAsSuccess && finalWatcherExits.includes(code) ? watcherExit.ok : code);
}

/** For errors at the start, most often of a disk. */
function giveUpFor(error: unknown, folder: string, code: number): never {
  const disk = diskTrouble(error, folder);
  if (disk) giveUp(watcherExit.diskFull, `${disk.message} ${disk.hint}`);
  giveUp(code, errorText(error));
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (typeof options === 'string') giveUp(watcherExit.usage, options);
  ({ finalAsSuccess } = options);
  const raised = raisedRights();
  if (raised) giveUp(watcherExit.rights, raised);

  const state = stateFolder(options.state);
  if (options.after) {
    await exitOf(sharedExitWaiter(), options.after);
    if (unfinishedAttempt(state) === null) process.exit(watcherExit.ok);
  }
  await serve(options, state).catch((error: unknown) =>
    giveUpFor(error, state.root, watcherExit.failed),
  );
}

async function serve(options: Options, state: StateFolder): Promise<void> {
  try {
    prepareStateFolder(state);
  } catch (error) {
    giveUpFor(error, state.root, watcherExit.rights);
  }

  let watch: Watch | undefined;
  const offer = options.succeed
    ? await offerSuccession({
        state,
        clock: systemClock,
        identity: selfIdentity(),
        buildId: ownBuildId,
        isAlive,
        onTooLate: () => giveUp(watcherExit.failed, 'The succession took too long.'),
      })
    : { kind: 'none' as const };
  if (offer.kind === 'refused') {
    giveUp(watcherExit.refused, `The watcher that serves did not make room: ${offer.reason}`);
  }

  const lock = acquireLock(state.watcherLock);
  if (!('release' in lock)) {
    const who = lock.heldBy === undefined ? '' : ` (pid ${lock.heldBy})`;
    giveUp(watcherExit.anotherServes, `Another watcher${who} serves ${state.root} already.`);
  }

  const log = createLog(state.watcherLog, { onProblem: () => watch?.touch() });
  process.on('uncaughtException', (error, origin) => {
    const what = origin === 'unhandledRejection' ? 'Unhandled rejection' : 'Uncaught exception';
    log.error(`${what}: ${error.stack ?? error.message}`);
  });
  process.on('SIGHUP', () => {});
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () =>
      watch ? watch.end(`it got ${signal}`, 'signal') : process.exit(watcherExit.ok),
    );
  }

  watch = await startWatch({
    state,
    idleMs: options.idleMs,
    demo: options.demo,
    log,
    lock,
    began: offer.kind === 'accepted' ? 'succession' : 'started',
    passedOn: new Map(offer.kind === 'accepted' ? offer.ports : []),
    onEnded() {
      log.close();
      process.exit(watcherExit.ok);
    },
  });
  if (offer.kind === 'accepted' && !(await offer.done())) {
    log.warn('The older watcher serves again; this one ends.');
    watch.end('it came too late', 'succession');
  }
}

void main();
