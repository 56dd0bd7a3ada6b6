/** Which connection follows which gateway's log: one tail each, closed with the connection. */
import type { LogLine } from '../contract/log-calls.ts';
import type { LogSource } from '../files/log-file.ts';
import { followLog, type Tail } from '../gateway/logs/log-tail.ts';
import type { Clock } from '../process/index.ts';
import type { Connection } from '../rpc/connection.ts';

interface FollowedLog {
  readonly file: string;
  /** Where the log is at this moment. */
  locate(): LogSource;
}

export interface LogFollower {
  /** The last `lines` lines of `log`; `log` events follow until `unfollow` or the end. */
  follow(connection: Connection, id: string, log: FollowedLog, lines: number): readonly LogLine[];
  unfollow(connection: Connection, id: string): void;
  close(): void;
}

export function createLogFollower(clock: Clock): LogFollower {
  const tails = new Map<Connection, Map<string, Tail>>();

  function unfollow(connection: Connection, id: string): void {
    tails.get(connection)?.get(id)?.close();
    tails.get(connection)?.delete(id);
  }

  function tailsOf(connection: Connection): Map<string, Tail> {
    const known = tails.get(connection);
    if (known) return known;
    const fresh = new Map<string, Tail>();
    tails.set(connection, fresh);
    connection.onClose(() => {
      for (const tail of fresh.values()) tail.close();
      tails.delete(connection);
    });
    return fresh;
  }

  return {
    follow(connection, id, log, lines) {
      unfollow(connection, id);
      // If a slow reader misses lines, the next event that it gets says so.
      let missed = false;
      const tail = followLog(log.file, {
        lines,
        clock,
        locate: log.locate,
        onLines(added, gap) {
          missed = !connection.event('log', { id, lines: added, gap: gap || missed });
        },
      });
      tailsOf(connection).set(id, tail);
      return tail.lines;
    },
    unfollow,
    close() {
      for (const own of tails.values()) for (const tail of own.values()) tail.close();
      tails.clear();
    },
  };
}
