/**
 * What the reference gateway is told at start: flags first, the environment second. Checked by hand,
 * because loading a schema library would cost more than the whole of this program's start.
 */

/** Set by the bundler; absent when the source runs as it is. */
declare const __BUILD_ID__: string | undefined;
declare const __APP_VERSION__: string | undefined;

/**
 * Exit codes, from sysexits.h so that a supervisor's exit contract can tell them apart.
 * 0 is a finished drain.
 */
export const exitCodes = {
  /** EX_CONFIG: a flag is wrong; starting again changes nothing. */
  usage: 78,
  /** EX_IOERR: the data folder can't be read or written. */
  storage: 74,
  /** EX_TEMPFAIL: the port belongs to someone else at the moment; a later start may succeed. */
  portTaken: 75,
} as const;

export interface Options {
  /** TCP port on 127.0.0.1; 0 lets the system choose. */
  readonly port: number;
  readonly dataDir: string;
  /** Milliseconds that active requests get to finish after a stop was asked for. */
  readonly drainMs: number;
  /** `fd:<n>`, the path of a FIFO or of a socket to be made, or a Windows pipe name. */
  readonly stopPipe: string | undefined;
  readonly build: string;
  readonly version: string;
  /** Repeated in every answer, so that whoever started this process can recognise it. */
  readonly nonce: string | null;
}

/** Long enough for a request in flight to finish, short enough for a person who waits for an update. */
const defaultDrainMs = 5000;
/** A drain is bounded: nobody waits longer than ten minutes for a stop. */
const maxDrainMs = 600_000;

const flags = new Set(['--port', '--data', '--drain-ms', '--stop-pipe']);

/**
 * @param args the arguments after the script
 * @param env HOLDFAST_GATEWAY_PORT, HOLDFAST_GATEWAY_DATA and HOLDFAST_STOP_PIPE stand in for the
 *   flags; HOLDFAST_GATEWAY_BUILD names the build of an unbundled run; HOLDFAST_NONCE is repeated in
 *   answers
 * @returns the options, or one sentence that says what is wrong
 */
export function parseOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Options | { readonly problem: string } {
  const given = new Map<string, string>();
  const words = args[Symbol.iterator]();
  for (const word of words) {
    const equals = word.indexOf('=');
    const name = equals === -1 ? word : word.slice(0, equals);
    if (!flags.has(name)) {
      return { problem: `${word} is not an option; known are ${[...flags].join(', ')}.` };
    }
    const value = equals === -1 ? words.next().value : word.slice(equals + 1);
    if (value === undefined || value === '') return { problem: `${name} needs a value.` };
    given.set(name, value);
  }

  const port = given.get('--port') ?? env.HOLDFAST_GATEWAY_PORT;
  if (port === undefined || !isWhole(port, 65_535)) {
    return { problem: `--port must be a number from 0 to 65535, not ${port ?? 'missing'}.` };
  }
  const dataDir = given.get('--data') ?? env.HOLDFAST_GATEWAY_DATA;
  if (!dataDir) return { problem: '--data must name the folder that keeps jobs, inbox and ticks.' };
  const drainMs = given.get('--drain-ms') ?? String(defaultDrainMs);
  if (!isWhole(drainMs, maxDrainMs)) {
    return { problem: `--drain-ms must be a number from 0 to ${maxDrainMs}, not ${drainMs}.` };
  }
  return {
    port: Number(port),
    dataDir,
    drainMs: Number(drainMs),
    stopPipe: given.get('--stop-pipe') ?? (env.HOLDFAST_STOP_PIPE || undefined),
    build:
      typeof __BUILD_ID__ === 'string' ? __BUILD_ID__ : (env.HOLDFAST_GATEWAY_BUILD ?? 'source'),
    version: typeof __APP_VERSION__ === 'string' ? __APP_VERSION__ : '0.0.0',
    nonce: env.HOLDFAST_NONCE ?? null,
  };
}

function isWhole(text: string, max: number): boolean {
  return /^\d{1,9}$/.test(text) && Number(text) <= max;
}
