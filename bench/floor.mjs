/**
 * The Node floor: the time that plain Node needs to bring a dead server back. `spawn`, and `spawn`
 * again on `exit`; nothing is checked, written or remembered.
 *
 * node floor.mjs <log file> <command> [argument …]; prints each pid on a line.
 */
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';

const [log = '/dev/null', command = '', ...args] = process.argv.slice(2);
const fd = openSync(log, 'a');
let ending = false;
/** @type {import("node:child_process").ChildProcess | undefined} */
let child;

function start() {
  const started = spawn(command, args, { detached: true, stdio: ['ignore', fd, fd] });
  child = started;
  started.on('exit', () => {
    if (!ending) start();
  });
  process.stdout.write(`${started.pid}\n`);
}

process.on('SIGTERM', () => {
  ending = true;
  child?.kill('SIGKILL');
  process.exit(0);
});
start();
