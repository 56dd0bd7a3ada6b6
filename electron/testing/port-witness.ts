/** For tests: a client that connects all the time, and notes what a user of the port would have met. */
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

export interface Seen {
  readonly connections: number;
  /** Error codes of connections that were not made. */
  readonly refused: readonly string[];
}

/** Connects to `port` at 127.0.0.1 every millisecond until `stop` is called. */
export function connectAllTheTime(port: number): { stop(): Promise<Seen> } {
  const refused: string[] = [];
  const open = new Set<Promise<void>>();
  let connections = 0;
  let over = false;
  const connecting = (async () => {
    while (!over) {
      const one = connectOnce(port).then((code) => {
        if (code === null) connections += 1;
        else refused.push(code);
        open.delete(one);
      });
      open.add(one);
      await pause(1);
    }
    await Promise.all(open);
  })();
  return {
    async stop() {
      over = true;
      await connecting;
      return { connections, refused };
    },
  };
}

/** Null when a connection was made, else why none was. */
export function connectOnce(port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.once('connect', () => {
      socket.destroy();
      resolve(null);
    });
  });
}
