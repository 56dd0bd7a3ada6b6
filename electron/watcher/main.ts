/**
 * The watcher's program: checks who it is and where, takes the state folder's lock, and serves.
 * Nothing that goes wrong later may end it: gateways depend on it.
 */
import { BUILD_ID } from '../contract/build-info.ts';
import { prepareStateFolder, type StateFolder, stateFolder } from '../handoff/state-folder.ts';
import { acquireLock, diskTrouble, isAlive, selfIdentity, systemClock } from '../process/index.ts';
import { createLog } from './log.ts';
import { exitCodes, type Options, parseOptions, raisedRights } from './options.ts';
import { offerSuccession } from './successor.ts';
import { startWatch, type Watch } from './watch.ts';

/** Says why on stderr, marked so that a reader of a shared file finds its own, and ends. */
function giveUp(code: number, sentence: string): never {
  process.stderr.write(`[${process.pid}] ${sentence}\n`);
  process.exit(code);
}

/** For what is thrown at the start, most often by a disk. */
function giveUpFor(error: unknown, folder: string, code: number): never {
  const disk = diskTrouble(error, folder);
  if (disk) giveUp(exitCodes.disk, `${disk.message} ${disk.hint}`);
  giveUp(code, error instanceof Error ? error.message : String(error));
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (typeof options === 'string') giveUp(exitCodes.usage, options);
  const raised = raisedRights();
  if (raised) giveUp(exitCodes.rights, raised);

  const state = stateFolder(options.state);
  await serve(options, state).catch((error: unknown) =>
    giveUpFor(error, state.root, exitCodes.failed),
  );
}

async function serve(options: Options, state: StateFolder): Promise<void> {
  try {
    prepareStateFolder(state);
  } catch (error) {
    giveUpFor(error, state.root, exitCodes.rights);
  }

  let watch: Watch | undefined;
  const offer = options.succeed
    ? await offerSuccession({
        state,
        clock: systemClock,
        identity: selfIdentity(),
        buildId: BUILD_ID,
        isAlive,
        onTooLate: () => giveUp(exitCodes.failed, 'It took too long to take the place over.'),
      })
    : { kind: 'none' as const };
  if (offer.kind === 'refused') {
    giveUp(exitCodes.refused, `The watcher that serves did not make room: ${offer.reason}`);
  }

  const lock = acquireLock(state.watcherLock);
  if (!('release' in lock)) {
    const who = lock.heldBy === undefined ? '' : ` (pid ${lock.heldBy})`;
    giveUp(exitCodes.taken, `Another watcher${who} looks after ${state.root} already.`);
  }

  const log = createLog(state.watcherLog, { onProblem: () => watch?.touch() });
  process.on('uncaughtException', (error, origin) => {
    log.error(`${origin}: ${error.stack ?? error.message}`);
  });
  process.on('SIGHUP', () => {});
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => (watch ? watch.end(`it got ${signal}`) : process.exit(0)));
  }

  watch = await startWatch({
    state,
    idleMs: options.idleMs,
    log,
    lock,
    onEnded() {
      log.close();
      process.exit(0);
    },
  });
  if (offer.kind === 'accepted' && !(await offer.done())) {
    log.warn('The older watcher has taken its place back; this one ends.');
    watch.end('it came too late');
  }
}

void main();
