/** `holdfast logs`: the end of a gateway's log, and what is added. The file itself is read: no watcher is needed. */
import { cliExit } from '../contract/exit-codes.ts';
import type { LogLine } from '../contract/log-calls.ts';
import { plainText } from '../contract/plain-text.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { gatewayLog } from './gateway-log.ts';
import { knownOrLeft } from './gateway-names.ts';
import { LineTimes, stamp, type TimedLine } from './log-times.ts';
import type { LogsCommand } from './requests.ts';
import { notServing, watcherRuns } from './serving-watcher.ts';

/** Lines shown before new ones follow: a screenful. */
const logLines = 50;
/** More than the megabyte holds that is read. */
const everyLine = 1_000_000;

export interface Output {
  /** Without a line end. */
  write(text: string): void;
  warn(line: string): void;
  /** A line can be written over. */
  readonly terminal: boolean;
}

/** With `follow` it never resolves: its user interrupts it, or no longer reads it. */
export async function logs(
  state: StateFolder,
  command: LogsCommand,
  output: Output,
): Promise<number> {
  const { follow, times, sinceMs } = command;
  const { warn } = output;
  const { id, name } = await knownOrLeft(state, command.gateway, (left) =>
    gatewayLog(state, left).exists(),
  );
  const log = gatewayLog(state, id);
  if (!watcherRuns(state)) warn(notServing);
  if (!log.exists() && !follow) {
    warn(`${name} has written nothing yet (${log.file}).`);
    return cliExit.failed;
  }
  const problem = log.problem(name);
  if (problem !== null) warn(problem);
  const printer = linePrinter(output);
  const clock = new LineTimes();
  const form = (lines: readonly TimedLine[]): readonly LogLine[] =>
    times ? lines.map((line) => ({ ...line, text: `${stamp(line.at)}  ${line.text}` })) : lines;
  // The date of a line may be that of one before it.
  const lines = sinceMs === null && !times ? (command.lines ?? logLines) : everyLine;
  const tail = log.follow({ lines, holds: follow }, (added, gap) => {
    if (gap) printer.gap();
    printer.add(form(clock.of(added, Date.now())));
  });
  printer.add(form(chosen(clock.of(tail.lines, null), command, warn)));
  // Not before: its end is in the older file then.
  log.keepSmall();
  if (follow) return new Promise(() => undefined);
  tail.close();
  printer.end();
  return cliExit.ok;
}

/** Of what is there, the lines that were asked for. */
function chosen(
  all: readonly TimedLine[],
  { lines, sinceMs }: LogsCommand,
  warn: Output['warn'],
): readonly TimedLine[] {
  const newer = sinceMs === null ? all : linesSince(all, Date.now() - sinceMs, warn);
  const count = lines ?? (sinceMs === null ? logLines : newer.length);
  return newer.slice(newer.length - Math.min(count, newer.length));
}

function linesSince(
  all: readonly TimedLine[],
  from: number,
  warn: Output['warn'],
): readonly TimedLine[] {
  if (all.some(({ at }) => at !== null)) return all.filter(({ at }) => at !== null && at >= from);
  if (all.length > 0)
    warn('Its lines do not say when they were written, so --since leaves none out.');
  return all;
}

/**
 * Prints lines of a log, an unfinished one (a question, a progress bar) as it stands. A terminal has it
 * written over when it changes; what goes to a file or a pipe can't be taken back, so there only what
 * is added to it is written, and else its end.
 */
export function linePrinter({ write, warn, terminal }: Output) {
  /** The unfinished line as it was written; null when the last one was finished. */
  let shown: string | null = null;

  function put(line: string, open: boolean): void {
    if (shown === null || line.startsWith(shown)) write(line.slice(shown?.length ?? 0));
    else if (terminal) write(`\r\u001b[K${line}`);
    else if (open) return;
    else write(`\n${line}`);
    if (!open) write('\n');
    shown = open ? line : null;
  }

  function end(): void {
    if (shown !== null) write('\n');
    shown = null;
  }

  return {
    add(lines: readonly LogLine[]): void {
      // It holds text of gateways and strangers: a terminal must obey none of it.
      for (const { text, open } of lines) put(plainText(text), open === true);
    },
    gap(): void {
      end();
      warn('some lines were left out');
    },
    end,
  };
}
