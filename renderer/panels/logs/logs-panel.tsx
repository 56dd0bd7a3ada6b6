/** The live log of one gateway: follow, wrap, search, copy. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { GatewayView } from '../../../electron/contract/gateway.ts';
import { useApp, useHoldfast, useView } from '../../store/hooks.ts';
import { type Ring, ringText } from '../../store/log-ring.ts';
import { createSearch, type Match } from '../../store/log-search.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/messages.tsx';
import { LogLines } from './log-lines.tsx';
import { LogToolbar } from './log-toolbar.tsx';

export function LogsPanel({ gateway }: { readonly gateway: GatewayView }) {
  const { logs, send } = useHoldfast();
  const { id, name } = gateway;
  useFollowing(id);
  const { ring, status } = useStore(logs);
  const [follow, setFollow] = useState(true);
  const [wrap, setWrap] = useState(false);
  const search = useSearch(ring, () => setFollow(false));
  const searchBox = useFindBox();
  const copy = useCopy(ring);
  return (
    <div
      className="page-fill"
      data-testid="logs"
      data-gateway={id}
      data-status={status}
      data-lines={ring.size}
    >
      <LogToolbar
        searchBox={searchBox}
        query={search.query}
        onQuery={search.change}
        count={search.count}
        index={search.index}
        onStep={search.step}
        follow={follow}
        onFollow={setFollow}
        wrap={wrap}
        onWrap={setWrap}
        onCopy={() => void copy()}
        onReveal={() => void send('log.reveal', { id })}
        empty={ring.size === 0}
      />
      {ring.size > 0 ? (
        <LogLines
          ring={ring}
          query={search.query}
          current={search.current}
          follow={follow}
          onFollow={setFollow}
          wrap={wrap}
          label={`Log lines of ${name}`}
        />
      ) : (
        <NoLines gateway={gateway} />
      )}
    </div>
  );
}

/** Identifies the watcher that answers: a new one does not know which logs the old one followed. */
function useWatcher(): string | null {
  return useApp(({ link }) =>
    link.status === 'connected'
      ? `${link.watcher.identity.pid} ${link.watcher.identity.startedAt}`
      : null,
  );
}

/** Follows the log while it is shown. */
function useFollowing(id: string): void {
  const { logs } = useHoldfast();
  const watcher = useWatcher();
  useEffect(() => {
    if (watcher !== null) logs.follow(id);
  }, [logs, id, watcher]);
  useEffect(() => () => logs.stop(), [logs]);
}

interface LogSearch {
  readonly query: string;
  readonly count: number;
  readonly index: number;
  readonly current: Match | null;
  change(text: string): void;
  step(by: 1 | -1): void;
}

/** The search: its query and its current match. `onMatch`: the view moves to a match. */
function useSearch(ring: Ring, onMatch: () => void): LogSearch {
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState<number | null>(null);
  const search = useMemo(() => createSearch(query), [query]);
  const matches = search.find(ring);
  const index = matches.findIndex(({ seq }) => seq === chosen);
  return {
    query,
    count: matches.length,
    index,
    current: matches[index] ?? null,
    change(text) {
      setQuery(text);
      // Begin at the newest: people mostly search for what has just happened.
      const newest = createSearch(text).find(ring).at(-1);
      setChosen(newest?.seq ?? null);
      if (newest) onMatch();
    },
    step(by) {
      if (matches.length === 0) return;
      const start = index === -1 ? (by === 1 ? -1 : matches.length) : index;
      setChosen(matches[(start + by + matches.length) % matches.length]?.seq ?? null);
      onMatch();
    },
  };
}

/** The search box, with the cursor in it when the user asks to find something. */
function useFindBox() {
  const { view } = useHoldfast();
  const box = useRef<HTMLInputElement>(null);
  const find = useView((state) => state.find);
  useEffect(() => {
    if (!find) return;
    box.current?.focus();
    box.current?.select();
    view.setState({ find: false });
  }, [find, view]);
  return box;
}

/** Copies the selection, or all lines that are held. */
function useCopy(ring: Ring): () => Promise<void> {
  const { tell } = useHoldfast();
  return async () => {
    const selected = window.getSelection()?.toString() ?? '';
    try {
      await navigator.clipboard.writeText(selected === '' ? ringText(ring) : selected);
      tell(selected === '' ? 'The whole log shown here was copied.' : 'The selection was copied.');
    } catch {
      tell('The clipboard is not available. Select the text and press Ctrl+C.');
    }
  };
}

/** Why there are no lines. */
function NoLines({ gateway: { id, name } }: { readonly gateway: GatewayView }) {
  const { logs } = useHoldfast();
  const { status, error } = useStore(logs);
  const watcher = useWatcher();
  switch (status) {
    case 'failed':
      return (
        <Empty
          inside
          icon="warning"
          title="The log can’t be shown"
          testId="logs-failed"
          actions={<Button onClick={() => logs.follow(id)}>Try again</Button>}
        >
          {error}
        </Empty>
      );
    case 'live':
      return (
        <Empty inside icon="lines" title="Nothing written yet" testId="logs-empty">
          What {name} prints appears here as it happens.
        </Empty>
      );
    default: {
      const title =
        watcher === null ? 'Waiting for Holdfast’s background service' : 'Opening the log…';
      return <Empty inside icon="lines" title={title} />;
    }
  }
}
