/** The live log of one gateway: follow, wrap, search, copy. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { GatewayView } from '../../../electron/contract/gateway.ts';
import { useApp, useHoldfast, useView } from '../../store/hooks.ts';
import { ringText } from '../../store/log-ring.ts';
import { createSearch } from '../../store/log-search.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { LogLines } from './log-lines.tsx';
import { LogToolbar } from './log-toolbar.tsx';

export function LogsPanel({ gateway }: { readonly gateway: GatewayView }) {
  const { logs, send, tell, view } = useHoldfast();
  const { id } = gateway;
  // A new watcher knows nothing of what the old one was asked to follow.
  const line = useApp(({ link }) =>
    link.status === 'connected'
      ? `${link.watcher.identity.pid} ${link.watcher.identity.startedAt}`
      : null,
  );
  useEffect(() => {
    if (line !== null) logs.follow(id);
  }, [logs, id, line]);
  useEffect(() => () => logs.stop(), [logs]);

  const { ring, status, error } = useStore(logs);
  const [follow, setFollow] = useState(true);
  const [wrap, setWrap] = useState(false);
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState<number | null>(null);
  const searchBox = useRef<HTMLInputElement>(null);

  const search = useMemo(() => createSearch(query), [query]);
  const matches = search.find(ring);
  const index = matches.findIndex(({ seq }) => seq === chosen);
  const current = index === -1 ? null : (matches[index] ?? null);

  function changeQuery(text: string): void {
    setQuery(text);
    // Begin at the newest: what people look for has usually just happened.
    const newest = createSearch(text).find(ring).at(-1);
    setChosen(newest?.seq ?? null);
    if (newest) setFollow(false);
  }

  function step(by: 1 | -1): void {
    if (matches.length === 0) return;
    const start = index === -1 ? (by === 1 ? -1 : matches.length) : index;
    setChosen(matches[(start + by + matches.length) % matches.length]?.seq ?? null);
    setFollow(false);
  }

  const find = useView((state) => state.find);
  useEffect(() => {
    if (!find) return;
    searchBox.current?.focus();
    searchBox.current?.select();
    view.setState({ find: false });
  }, [find, view]);

  async function copy(): Promise<void> {
    const selected = window.getSelection()?.toString() ?? '';
    try {
      await navigator.clipboard.writeText(selected === '' ? ringText(ring) : selected);
      tell(selected === '' ? 'The whole log shown here was copied.' : 'The selection was copied.');
    } catch {
      tell('The clipboard is not available. Select the text and press Ctrl+C.');
    }
  }

  return (
    <article
      className="page-fill"
      aria-label={`Log of ${gateway.name}`}
      data-testid="logs"
      data-gateway={id}
      data-status={status}
      data-lines={ring.size}
    >
      <LogToolbar
        name={gateway.name}
        searchBox={searchBox}
        query={query}
        onQuery={changeQuery}
        count={matches.length}
        index={index}
        onStep={step}
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
          query={query}
          current={current}
          follow={follow}
          onFollow={setFollow}
          wrap={wrap}
          label={`Log lines of ${gateway.name}`}
        />
      ) : status === 'failed' ? (
        <Empty
          icon="warning"
          title="The log can’t be shown"
          testId="logs-failed"
          actions={<Button onClick={() => logs.follow(id)}>Try again</Button>}
        >
          {error}
        </Empty>
      ) : status === 'live' ? (
        <Empty icon="lines" title="Nothing written yet" testId="logs-empty">
          What {gateway.name} prints appears here as it happens.
        </Empty>
      ) : (
        <Empty
          icon="lines"
          title={line === null ? 'Waiting for the watcher' : 'Opening the log…'}
        />
      )}
    </article>
  );
}
