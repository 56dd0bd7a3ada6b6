/** The reference gateway's options: flags first, the environment second. */
import { parseArgs } from 'node:util';

/** Set by the bundler; absent when the source runs as it is. */
declare const __BUILD_ID__: string | undefined;
declare const __APP_VERSION__: string | undefined;

/** From sysexits.h, so that a supervisor can tell them apart. 0 is a finished drain. */
export const exitCodes = {
  /** EX_CONFIG: a flag is wrong; a restart changes nothing. */
  usage: 78,
  /** EX_IOERR: the data folder can't be read or written. */
  storage: 74,
  /** EX_TEMPFAIL: another program has the port; a later start may succeed. */
  portTaken: 75,
} as const;

export interface Options {
  /** TCP port on 127.0.0.1; 0 lets the system choose. */
  readonly port: number;
  /** A listening socket that its starter has passed on; null: it opens the port itself. */
  readonly passedSocket: number | null;
  readonly dataDir: string;
  /** Milliseconds that active requests get to finish after a request to stop. */
  readonly drainMs: number;
  /** See stop-pipe.ts. */
  readonly stopPipe: string | undefined;
  readonly build: string;
  readonly version: string;
  /** Repeated in every answer, by which the starter of this process recognises it. */
  readonly nonce: string | null;
}

/** Long enough for a request in flight, short enough for a person who waits for an update. */
const defaultDrainMs = '5000';
const maxDrainMs = 600_000;

/**
 * @param args the arguments after the script
 * @param env LISTEN_PID and LISTEN_FDS tell of a passed socket; HOLDFAST_GATEWAY_PORT, HOLDFAST_GATEWAY_DATA and HOLDFAST_STOP_PIPE replace missing
 *   flags; HOLDFAST_GATEWAY_BUILD names the build of an unbundled run
 * @throws one sentence that says what is wrong
 */
export function parseOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: env.HOLDFAST_GATEWAY_PORT ?? '' },
      data: { type: 'string', default: env.HOLDFAST_GATEWAY_DATA ?? '' },
      'drain-ms': { type: 'string', default: defaultDrainMs },
      'stop-pipe': { type: 'string', default: env.HOLDFAST_STOP_PIPE ?? '' },
    },
  });
  if (values.data === '') throw new Error('--data must name the folder for jobs, inbox and ticks.');
  return {
    port: numberOf('--port', values.port, 65_535),
    passedSocket: passedSocket(env),
    dataDir: values.data,
    drainMs: numberOf('--drain-ms', values['drain-ms'], maxDrainMs),
    stopPipe: values['stop-pipe'] || undefined,
    build:
      typeof __BUILD_ID__ === 'string' ? __BUILD_ID__ : (env.HOLDFAST_GATEWAY_BUILD ?? 'source'),
    version: typeof __APP_VERSION__ === 'string' ? __APP_VERSION__ : '0.0.0',
    nonce: env.HOLDFAST_NONCE ?? null,
  };
}

/** The first descriptor after the three streams, as sd_listen_fds(3) says, if it was meant for this very process. */
function passedSocket({
  LISTEN_PID: pid,
  LISTEN_FDS: count,
}: Readonly<Record<string, string | undefined>>): number | null {
  return pid === String(process.pid) && count === '1' ? 3 : null;
}

function numberOf(flag: string, text: string, max: number): number {
  if (/^\d{1,9}$/.test(text) && Number(text) <= max) return Number(text);
  throw new Error(`${flag} must be a number from 0 to ${max}, not ${text || 'missing'}.`);
}
