/**
 * A request to stop where no signal can reach: the line `stop` on a pipe.
 *
 *     fd:<n>            an inherited pipe; its end is a stop too, because only the starter has the
 *                       other end
 *     /path/to/fifo     an existing FIFO; writers come and go, so only the line counts
 *     /path/to/nothing  a socket is made there, for everyone who may enter the folder
 *     \\.\pipe\name     (Windows) a pipe is made here, for everyone who knows its name
 */
import { closeSync, constants, existsSync, fstatSync, openSync } from 'node:fs';
import { createServer, Socket } from 'node:net';

/** Listens without keeping the process alive. Throws a sentence when the pipe can't be opened. */
export function listenForStop(stopPipe: string, onStop: () => void): void {
  if (stopPipe.startsWith('fd:')) {
    const socket = openPipe(Number(stopPipe.slice(3)), stopPipe);
    watch(socket, onStop);
    socket.on('end', onStop);
    return;
  }
  if (process.platform === 'win32' || !existsSync(stopPipe)) {
    const server = createServer((socket) => watch(socket, onStop));
    server.on('error', (error) => {
      process.stderr.write(`The stop pipe ${stopPipe} can't be created: ${error.message}\n`);
    });
    server.listen(stopPipe);
    server.unref();
    return;
  }
  // Opened for writing too: the last writer's leaving is then no end of file, and opening never waits.
  const fd = openSync(stopPipe, constants.O_RDWR | constants.O_NONBLOCK);
  if (!fstatSync(fd).isFIFO()) {
    closeSync(fd);
    throw new Error(`The stop pipe ${stopPipe} is not a FIFO.`);
  }
  watch(openPipe(fd, stopPipe), onStop);
}

function openPipe(fd: number, name: string): Socket {
  try {
    return new Socket({ fd, readable: true, writable: false });
  } catch (error) {
    throw new Error(`The stop pipe ${name} can't be read.`, { cause: error });
  }
}

function watch(socket: Socket, onStop: () => void): void {
  let pending = '';
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    const lines = (pending + text).split('\n');
    // The last piece may be half a line; a longer one is not for us.
    pending = (lines.pop() ?? '').slice(-16);
    if (lines.some((line) => line.trim() === 'stop')) onStop();
  });
  socket.on('error', (error) => {
    process.stderr.write(`The stop pipe failed: ${error.message}\n`);
  });
  socket.unref();
}
