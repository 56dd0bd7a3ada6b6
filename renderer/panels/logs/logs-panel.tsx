/** The log of one gateway: live or as it is read, searched in all its files, copied, saved and cleared. */
import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { GatewayView } from '../../../electron/contract/gateway.ts';
import { words } from '../../../electron/words/spoken.ts';
import { useHoldfast, useView } from '../../store/hooks.ts';
import type { FinderState, LogFinder } from '../../store/log-finder.ts';
import { firstHit, numberOf, stepFrom } from '../../store/log-hits.ts';
import { type Ring, ringText } from '../../store/log-ring.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Empty } from '../../ui/messages.tsx';
import { LogLines } from './log-lines.tsx';
import { LogSearchBar } from './log-search-bar.tsx';
import { LogToolbar } from './log-toolbar.tsx';
import { useFinding, useFollowing, useSought, useWatcher } from './use-finding.ts';
import { type LogView, useLogView } from './use-log-view.ts';

export function LogsPanel({ gateway }: { readonly gateway: GatewayView }) {
  return <Logs key={gateway.id} gateway={gateway} />;
}

function Logs({ gateway }: { readonly gateway: GatewayView }) {
  const { logs, view: store } = useHoldfast();
  const { id, name } = gateway;
  useFollowing(id);
  const { ring, status, rush } = useStore(logs);
  const firstInSight = useRef<() => number | null>(() => null);
  const { finder, found, marks, onlyMatches, change } = useFinding(id);
  const view = useLogView(id, found);
  const steps = useSteps(found, view, () => view.positionAt(firstInSight.current()));
  useSought(id, view);
  const look = useView(({ logLook }) => logLook);
  const setLook = (part: Partial<typeof look>): void =>
    store.setState({ logLook: { ...look, ...part } });
  const tools = useTools(id, view, finder);
  useEffect(() => {
    if (ring.size > 0) finder.grown();
  }, [finder, ring]);
  return (
    <div
      className="page-fill"
      data-testid="logs"
      data-gateway={id}
      data-status={status}
      data-lines={ring.size}
    >
      <header className="log-toolbar">
        <LogSearchBar
          searchBox={useFindBox()}
          number={steps.number}
          onStep={steps.step}
          onChange={change}
          {...{ found, onlyMatches }}
        />
        <LogToolbar
          follows={view.follows}
          onFollow={() => (view.follows ? view.leaveEnd() : view.toEnd())}
          wrap={look.wrap}
          onWrap={(wrap) => setLook({ wrap })}
          times={look.times}
          onTimes={(times) => setLook({ times })}
          {...tools}
          empty={view.ring.size === 0}
        />
      </header>
      <div className="log-body">
        {view.ring.size > 0 ? (
          <LogLines
            // Its lines are kept as they were drawn, with words of ours among them.
            key={words.language}
            ring={view.ring}
            current={view.current}
            follows={view.follows}
            onLeaveEnd={view.leaveEnd}
            onEnd={view.toEnd}
            onReachedEnd={view.reachedEnd}
            onChoose={(by) => view.choose(by, firstInSight.current())}
            label={words.logs.linesOf(name)}
            before={<Before view={view} found={found} />}
            after={<After view={view} />}
            {...{ marks, firstInSight, rush, ...look }}
          />
        ) : (
          <NoLines gateway={gateway} found={found} />
        )}
        {!view.follows && <Newest view={view} />}
      </div>
    </div>
  );
}

/** Stepping through the matches; a new search begins at what is in sight. */
function useSteps(found: FinderState, view: LogView, inSight: () => number | null) {
  const { hits, query, filter, status, turn } = found;
  const [chosen, setChosen] = useState<number | null>(null);
  // While only matches are shown, those that are not loaded can't be stepped to.
  const reachable = filter ? { ...hits, at: hits.at.slice(-view.ring.size) } : hits;
  const choose = (position: number | null): void => {
    setChosen(position);
    if (position !== null) view.goTo(position);
  };
  const begun = useRef(turn);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each search, when it has found something
  useEffect(() => {
    if (status !== 'found' || begun.current === turn || query.text === '' || filter) return;
    begun.current = turn;
    choose(firstHit(hits, inSight()));
  }, [status, turn]);
  return {
    number: numberOf(hits, chosen),
    step(by: 1 | -1): void {
      choose(chosen === null ? firstHit(reachable, inSight()) : stepFrom(reachable, chosen, by));
    },
  };
}

/** What is done with the log beyond showing it. */
function useTools(id: string, view: LogView, finder: LogFinder) {
  const { ask, logs, send, tell, warn } = useHoldfast();
  const copy = useCopy(view.ring);
  async function save(): Promise<void> {
    try {
      const saved = await ask('log.save', { id });
      if (saved) tell(words.logs.saved(saved.file));
    } catch (error) {
      warn(error);
    }
  }
  function showAgain(): void {
    logs.follow(id);
    finder.again();
  }
  return {
    onCopy: () => void copy(),
    onSave: () => void save(),
    onReveal: () => void send('log.reveal', { id }),
    onClear() {
      logs.clear();
      finder.clear();
      view.toEnd();
      tell(words.logs.cleared, { name: words.logs.showAgain, run: showAgain });
    },
  };
}

/** Copies the selection, or all lines that are loaded. */
function useCopy(ring: Ring): () => Promise<void> {
  const { tell } = useHoldfast();
  return async () => {
    const selected = window.getSelection()?.toString() ?? '';
    try {
      await navigator.clipboard.writeText(selected === '' ? ringText(ring) : selected);
      tell(selected === '' ? words.logs.copiedAll : words.logs.copiedSelection);
    } catch {
      tell(words.logs.noClipboard);
    }
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

/** Above the lines: that there are others, or none. */
function Before({ view, found }: { readonly view: LogView; readonly found: FinderState }) {
  const { ring, hasEarlier, place } = view;
  if (found.filter && place === null) {
    return found.hits.count > ring.size ? (
      <p className="log-note">{words.logs.filteredNewest(ring.size, found.hits.count)}</p>
    ) : null;
  }
  if (hasEarlier) {
    return (
      <div className="log-note">
        <Button kind="quiet" icon="up" onClick={() => view.load('earlier')} testId="log-earlier">
          {words.logs.earlier}
        </Button>
      </div>
    );
  }
  return place ? <p className="log-note">{words.logs.beginning}</p> : null;
}

function After({ view }: { readonly view: LogView }) {
  if (view.place === null || view.place.atEnd) return null;
  return (
    <div className="log-note">
      <Button kind="quiet" icon="down" onClick={() => view.load('later')} testId="log-later">
        {words.logs.later}
      </Button>
    </div>
  );
}

function Newest({ view }: { readonly view: LogView }) {
  return (
    <button
      type="button"
      className="log-newest"
      onClick={view.toEnd}
      data-testid="log-newest"
      data-count={view.newer}
    >
      {words.logs.newLines(view.newer)}
      <Icon name="follow" />
    </button>
  );
}

interface NoLinesProps {
  readonly gateway: GatewayView;
  readonly found: FinderState;
}

/** Why there are no lines. */
function NoLines({ gateway: { id, name }, found }: NoLinesProps) {
  const { logs } = useHoldfast();
  const { status, error, cleared } = useStore(logs);
  const watcher = useWatcher();
  if (status === 'failed') {
    return (
      <Empty
        inside
        icon="warning"
        title={words.logs.failed}
        testId="logs-failed"
        actions={<Button onClick={() => logs.follow(id)}>{words.common.tryAgain}</Button>}
      >
        {error}
      </Empty>
    );
  }
  if (status !== 'live') {
    const title = watcher === null ? words.logs.waiting : words.logs.opening;
    return <Empty inside icon="lines" title={title} />;
  }
  if (found.filter && found.hits.count === 0) {
    const title = found.status === 'searching' ? words.logs.searching : words.logs.nothingFound;
    return (
      <Empty inside icon="search" title={title} testId="logs-nothing-found">
        {words.logs.nothingFoundText}
      </Empty>
    );
  }
  const [title, text] = cleared
    ? [words.logs.clearedTitle, words.logs.clearedText]
    : [words.logs.nothingYet, words.logs.printsHere(name)];
  return (
    <Empty inside icon="lines" title={title} testId={cleared ? 'logs-cleared' : 'logs-empty'}>
      {text}
    </Empty>
  );
}
