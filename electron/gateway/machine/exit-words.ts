/** An exit in words: English ones, which are stored. The window says them by their facts (contract/event-words.ts). */
import { requestWords } from '../../contract/event-words.ts';
import type { EndedBy, Problem } from '../../contract/gateway.ts';
import { en } from '../../words/en/index.ts';
import type { ActiveState, Event } from '../model.ts';

type Exited = Extract<Event, { type: 'exited' }>;

/** What every shell means by these. */
const meanings: Readonly<Record<number, string>> = {
  126: ', the command can’t be run',
  127: ', a command was not found',
};
/** Once or twice may be bad luck. */
const timesUntilSaid = 3;

/** @param by whose request its end is, while it is being stopped */
export function describeExit(exit: Exited, active: ActiveState, by: EndedBy | null): string {
  const { code, signal, exitReport } = exit;
  const { adopted } = active;
  if (active.status === 'stopping') {
    const done = active.next === 'restart' ? en.exits.restarted : en.exits.stopped;
    return `${done(requestWords(en, by))}${killedAfter(exit.killedAfterMs)}`;
  }
  if (signal !== null) return en.exits.signal(signal);
  if (exit.background) return en.exits.background;
  if (wasStoppedByItself(exit)) return en.exits.ownCommand;
  const said = exitReport?.reason ? `it says: ${exitReport.reason}` : null;
  if (code !== null) {
    return `${en.exits.code(code)}${meanings[code] ?? ''}${said === null ? '' : `; ${said}`}`;
  }
  if (said !== null) return `ended; ${said}`;
  return adopted
    ? 'ended; its exit code is not known, as it was adopted'
    : 'ended for an unknown reason';
}

/**
 * The exit code of an adopted one may not be known; if a stop went wrong, the code is another than 0.
 */
export function wasStoppedByItself({ code, signal, exitReport }: Exited): boolean {
  return (
    exitReport?.stopped === true && !exitReport.restart && signal === null && (code ?? 0) === 0
  );
}

/** `X crashed (exit code 1).`; `withLastLine` adds what it printed. */
export function crashed(name: string, code: number | null, reason: string): string {
  return `${name} ${code === 0 ? 'ended unexpectedly' : 'crashed'} (${reason}).`;
}

/** `X crashed (exit code 1): Cannot find module express`; any other problem gets a sentence more. */
export function withLastLine(message: string, reason: string, line: string): string {
  return message.endsWith(`(${reason}).`)
    ? `${message.slice(0, -1)}: ${line}`
    : `${message} It last printed: “${line}”`;
}

/** Follows the description of an exit; '' when the grace was enough. */
export function killedAfter(graceMs: number | undefined, who = ''): string {
  if (graceMs === undefined) return '';
  return `; ${who}killed after ${graceMs / 1_000} s, the grace in its profile`;
}

/** The problem of a command that starts a service and exits; null when it does not look like one. */
export function onlyStartsSomething(
  { code, conflict }: Exited,
  { name, ranMs, times }: { readonly name: string; readonly ranMs: number; readonly times: number },
): Problem | null {
  if (code !== 0 || times === 0) return null;
  const seconds = (Math.max(ranMs, 0) / 1_000).toFixed(1);
  const ended = `${name} ended with exit code 0 after ${seconds} s`;
  const hint =
    'Give Holdfast the command that runs the server in the foreground, or leave it to the one who runs it.';
  if (conflict) {
    const message = `${ended}. ${conflict.message} Its command seems to only start a service.`;
    return { message, hint };
  }
  if (times < timesUntilSaid) return null;
  const often = times === timesUntilSaid ? 'three times' : `${times} times`;
  return { message: `${ended}, ${often} in a row: it seems to only start a service.`, hint };
}
