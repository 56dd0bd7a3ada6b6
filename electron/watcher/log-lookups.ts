/** What clients ask about all that is kept of a log: at most one search for each connection. */
import { ContractError, type Output, type Parsed } from '../contract/define.ts';
import type { WatcherContract } from '../contract/watcher-contract.ts';
import { lookUp } from '../gateway/logs/log-lookup.ts';
import { type LogSet, pageAround } from '../gateway/logs/log-set.ts';
import type { Connection } from '../rpc/connection.ts';
import { newestThatFit } from '../rpc/frames.ts';

type SearchInput = Parsed<WatcherContract, 'log.search'>;
type PageInput = Parsed<WatcherContract, 'log.read'>;

/** Beside positions, which take some hundred kilobytes at most. */
const maxTextBytes = 3 * 1024 * 1024;

export interface LogLookups {
  /** Rejects with a ContractError: a bad query, or another search of this connection. */
  search(
    connection: Connection,
    set: LogSet,
    input: SearchInput,
  ): Promise<Output<WatcherContract, 'log.search'>>;
}

export function createLogLookups(): LogLookups {
  const running = new Map<Connection, AbortController>();

  function begin(connection: Connection): AbortController {
    const before = running.get(connection);
    if (!before) connection.onClose(() => running.get(connection)?.abort(replaced));
    before?.abort(replaced);
    const mine = new AbortController();
    running.set(connection, mine);
    return mine;
  }

  return {
    async search(connection, set, { query, from, lines }) {
      const { signal } = begin(connection);
      const goesOn = from !== undefined && from.set === set.set && from.at <= set.end;
      const found = await lookUp(set, query, { from: goesOn ? from.at : 0, lines, signal });
      return {
        ...placeOf(set),
        whole: !goesOn,
        count: found.count,
        hits: [...found.hits],
        lines: newestThatFit(found.lines, maxTextBytes),
        end: found.end,
      };
    },
  };
}

const replaced = new ContractError('Another search was begun.');

/** The page of a log that was asked for; an empty one when its positions are those of an earlier set. */
export function readPage(
  set: LogSet,
  asked: string,
  { at, before, after }: Pick<PageInput, 'at' | 'before' | 'after'>,
): Output<WatcherContract, 'log.read'> {
  if (asked !== set.set) return { ...placeOf(set), lines: [], atBegin: false, atEnd: false };
  const page = pageAround(set, at, before, after);
  return { ...placeOf(set), ...page, lines: newestThatFit(page.lines, maxTextBytes) };
}

function placeOf({ set, live }: LogSet) {
  return { set, live };
}
