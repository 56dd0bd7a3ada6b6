/**
 * The app's log, through electron-log: `app.log` in the state folder, readable by its user alone,
 * secrets taken out, rotated by size and at every start (so the previous run can be read).
 *
 * Its Node flavour is used because the Electron flavour opens IPC channels that any frame may write to.
 */
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import electronLog from 'electron-log/node';
import { redact } from '../contract/redact.ts';
import { rotateFiles } from '../files/log-file.ts';

/** Room for days of an app that is mostly silent. Two older files are kept beside the current one. */
const maxBytes = 2 * 1024 * 1024;
const keptFiles = 2;
/** A line is a sentence; a longer one (a page of a program's output) says no more. */
const maxLine = 16 * 1024;

/** Each line is a sentence. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/**
 * Opens the log in `folder` (made with mode 0700); `echo` also writes it to the terminal,
 * without the stacks of errors.
 */
export function createLog(options: { readonly folder: string; readonly echo: boolean }): Log {
  const file = path.join(options.folder, 'app.log');
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  rotateFiles(file, keptFiles);
  const logger = electronLog.create({ logId: file });
  // Added by electron-log when there is an Electron; the bridge has no such channel.
  const { file: fileTransport, console: consoleTransport } = logger.transports;
  fileTransport.resolvePathFn = () => file;
  fileTransport.level = 'info';
  fileTransport.maxSize = maxBytes;
  fileTransport.writeOptions = { flag: 'a', mode: 0o600, encoding: 'utf8' };
  fileTransport.format = '{iso} {level} {text}';
  fileTransport.archiveLogFn = () => rotateFiles(file, keptFiles);
  consoleTransport.level = options.echo ? 'info' : false;
  consoleTransport.format = '{level}: {text}';
  if (options.echo) whenTerminalCloses(() => (consoleTransport.level = false));
  // Everything goes to the output stream: Chromium writes much to the error stream.
  consoleTransport.writeFn = ({ message }) => {
    process.stdout.write(`${withoutStack(message.data.join(' '))}\n`);
  };
  logger.hooks.push((message) => ({
    ...message,
    data: message.data.map((part: unknown) => redact(textOf(part).slice(0, maxLine))),
  }));
  // An older version or a copy may have left the file readable for others.
  if (existsSync(file)) chmodSync(file, 0o600);
  return {
    info: (message) => logger.info(message),
    warn: (message) => logger.warn(message),
    error: (message) => logger.error(message),
  };
}

/**
 * A terminal may be closed under the app. Each line that can't be written there is an error of the stream; when
 * nobody hears it, it is uncaught, logged, and so written to the same terminal again, without end.
 */
function whenTerminalCloses(act: () => void): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', act);
}

/** Writes uncaught errors to the log. The app goes on: its gateways are not its children. */
export function logUncaught(log: Log): void {
  process.on('uncaughtException', (error) => log.error(`Uncaught exception: ${textOf(error)}`));
  process.on('unhandledRejection', (reason) => log.error(`Unhandled rejection: ${textOf(reason)}`));
}

/** What the terminal shows: where an error arose stands in the file alone. */
function withoutStack(text: string): string {
  const end = text.search(/\n\s+at /);
  return end === -1 ? text : text.slice(0, end);
}

function textOf(value: unknown): string {
  if (value instanceof Error) return value.stack ?? value.message;
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
}
