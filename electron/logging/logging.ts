/**
 * The app's log, through electron-log: `app.log` in the state folder, readable by its user alone,
 * secrets taken out, rotated by size and at every start (so the previous run can be read).
 *
 * Its Node flavour is used on purpose: the Electron flavour opens IPC channels that any frame may
 * write to.
 */
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import electronLog from 'electron-log/node';
import { redact } from '../contract/redact.ts';
import { rotate } from './rotate.ts';

/** Room for days of an app that mostly stays silent; three such files are kept. */
const MAX_BYTES = 2 * 1024 * 1024;
const KEPT = 2;
/** A line is a sentence; what is longer (a page of somebody's output) tells no more. */
const MAX_LINE = 16 * 1024;

/** Each line is a sentence. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Opens the log in `folder` (made with mode 0700); `echo` also writes it to the terminal. */
export function createLog(options: { readonly folder: string; readonly echo: boolean }): Log {
  const file = path.join(options.folder, 'app.log');
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  rotate(file, KEPT);
  const logger = electronLog.create({ logId: file });
  // Added by electron-log when there is an Electron; the bridge has no such channel.
  const { file: fileTransport, console: consoleTransport } = logger.transports;
  fileTransport.resolvePathFn = () => file;
  fileTransport.level = 'info';
  fileTransport.maxSize = MAX_BYTES;
  fileTransport.writeOptions = { flag: 'a', mode: 0o600, encoding: 'utf8' };
  fileTransport.format = '{iso} {level} {text}';
  fileTransport.archiveLogFn = () => rotate(file, KEPT);
  consoleTransport.level = options.echo ? 'info' : false;
  consoleTransport.format = '{level}: {text}';
  // All of it to the output: on the error stream Chromium writes too, and much.
  consoleTransport.writeFn = ({ message }) => {
    process.stdout.write(`${message.data.join(' ')}\n`);
  };
  logger.hooks.push((message) => ({
    ...message,
    data: message.data.map((part: unknown) => redact(textOf(part).slice(0, MAX_LINE))),
  }));
  // A file that an older version or a careless copy left open to others.
  if (existsSync(file)) chmodSync(file, 0o600);
  return {
    info: (message) => logger.info(message),
    warn: (message) => logger.warn(message),
    error: (message) => logger.error(message),
  };
}

/** Writes what nobody caught to the log; the app goes on, its gateways are not its children. */
export function logUncaught(log: Log): void {
  process.on('uncaughtException', (error) => log.error(`Nobody caught: ${textOf(error)}`));
  process.on('unhandledRejection', (reason) => log.error(`Nobody awaited: ${textOf(reason)}`));
}

function textOf(value: unknown): string {
  if (value instanceof Error) return value.stack ?? value.message;
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
}
