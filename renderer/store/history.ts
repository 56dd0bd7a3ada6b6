/** The history of a gateway, asked for when there is something new in it, and only while it is shown. */
import { useEffect, useState } from 'react';
import type { AppContract } from '../../electron/contract/app-contract.ts';
import type { Output } from '../../electron/contract/define.ts';
import type { EventSummary, GatewayEvent } from '../../electron/contract/events.ts';
import { sentenceOf } from '../bridge.ts';
import { useClock } from './clock.ts';
import { useApp, useHoldfast } from './hooks.ts';

const minute = 60_000;
const refreshMs = 5 * minute;

/** What the last `spanMs` were like; null until it is known, or when the watcher can't say. */
export function useSummary(id: string, spanMs: number): EventSummary | null {
  const { ask } = useHoldfast();
  const connected = useApp(({ link }) => link.status === 'connected');
  const newest = useApp(({ gateways }) => gateways[id]?.lastEvent);
  const turn = useClock((now) => String(Math.floor(now / refreshMs)));
  const [summary, setSummary] = useState<EventSummary | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new event, and time, are reasons to ask again.
  useEffect(() => {
    if (!connected || newest === undefined) return;
    let wanted = true;
    const to = Date.now();
    ask('events.summary', { id, from: to - spanMs, to }).then(
      (answer) => wanted && setSummary(answer),
      // An older watcher keeps no history.
      () => wanted && setSummary(null),
    );
    return () => {
      wanted = false;
    };
  }, [ask, id, spanMs, connected, newest, turn]);
  return summary;
}

const pageSize = 40;
/** The contract's own. */
const maxLimit = 500;

interface Events {
  /** Newest first; null until they are known. */
  readonly events: readonly GatewayEvent[] | null;
  /** Why they are not; null when they are, or are on their way. */
  readonly error: string | null;
  /** There are older ones. */
  readonly more: boolean;
  /** How many lines of the file can't be read. */
  readonly damaged: number;
  readonly showOlder: () => void;
}

/** The newest events, and older ones as they are asked for. */
export function useEvents(id: string): Events {
  const { ask } = useHoldfast();
  const connected = useApp(({ link }) => link.status === 'connected');
  const newest = useApp(({ gateways }) => gateways[id]?.lastEvent);
  const [limit, setLimit] = useState(pageSize);
  const [page, setPage] = useState<Output<AppContract, 'events.list'> | null>(null);
  const [error, setError] = useState<string | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new event is a reason to ask again.
  useEffect(() => {
    if (!connected) return;
    let wanted = true;
    ask('events.list', { id, limit }).then(
      (answer) => {
        if (!wanted) return;
        setPage(answer);
        setError(null);
      },
      (reason: unknown) => wanted && setError(sentenceOf(reason)),
    );
    return () => {
      wanted = false;
    };
  }, [ask, id, limit, connected, newest]);
  return {
    events: page?.events ?? null,
    error,
    more: page?.more === true && limit < maxLimit,
    damaged: page?.damaged ?? 0,
    showOlder: () => setLimit(Math.min(maxLimit, limit * 3)),
  };
}
