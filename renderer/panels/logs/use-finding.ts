/** What the Logs view follows, searches for and was asked to show. */
import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { LogEnd } from '../../../electron/contract/gateway.ts';
import { words } from '../../../electron/words/spoken.ts';
import { useApp, useHoldfast, useView } from '../../store/hooks.ts';
import { type FinderState, LogFinder, noQuery } from '../../store/log-finder.ts';
import { MarkFinder } from '../../store/log-marks.ts';
import type { SoughtOutput } from '../../store/view.ts';
import { type LogView, nowhere } from './use-log-view.ts';

/** Identifies the watcher that answers: a new one does not know which logs the old one followed. */
export function useWatcher(): string | null {
  return useApp(({ link }) =>
    link.status === 'connected'
      ? `${link.watcher.identity.pid} ${link.watcher.identity.startedAt}`
      : null,
  );
}

/** Follows the log while it is shown. */
export function useFollowing(id: string): void {
  const { logs } = useHoldfast();
  const watcher = useWatcher();
  useEffect(() => {
    if (watcher !== null) logs.follow(id);
  }, [logs, id, watcher]);
  useEffect(() => () => logs.stop(), [logs]);
}

export interface Finding {
  readonly finder: LogFinder;
  readonly found: FinderState;
  /** Where it matches within the lines; null when nothing is to be marked. */
  readonly marks: MarkFinder | null;
  readonly onlyMatches: boolean;
  change(change: Partial<Pick<FinderState, 'query' | 'filter'>>): void;
}

/** The search of this log. */
export function useFinding(id: string): Finding {
  const { ask } = useHoldfast();
  const watcher = useWatcher();
  const [finder] = useState(() => new LogFinder({ call: ask }, id));
  useEffect(() => () => finder.close(), [finder]);
  useEffect(() => {
    if (watcher !== null) finder.again();
  }, [finder, watcher]);
  const found = useStore(finder);
  const { query } = found;
  // A level makes it a filter by itself; this is what the user has switched.
  const [onlyMatches, setOnlyMatches] = useState(false);
  const marks = useMemo(
    () => (query.text === '' ? null : new MarkFinder({ call: ask }, query)),
    [ask, query],
  );
  useEffect(() => () => marks?.close(), [marks]);
  return {
    finder,
    found,
    marks,
    onlyMatches,
    change(change) {
      if (change.filter !== undefined) setOnlyMatches(change.filter);
      finder.change(change);
    },
  };
}

/** Leads to what another view has asked to show in this log. */
export function useSought(id: string, view: LogView): void {
  const { ask, logs, tell, warn, view: store } = useHoldfast();
  const sought = useView((state) => state.soughtOutput);
  const { status } = useStore(logs);

  async function seek({ lines, end }: SoughtOutput): Promise<void> {
    if (end && (await seekEnd(end))) return;
    for (const text of recognisable(lines)) {
      const query = { ...noQuery, text, caseSensitive: true };
      const { hits, set, live } = await ask('log.search', { id, query, lines: 0 });
      // It may have been printed before, too.
      const newest = hits.at(-1);
      if (newest !== undefined) return view.goTo(newest, { set, live });
    }
    tell(words.logs.notInLog);
  }

  /** False when that end is known by other positions by now: the log was rotated. */
  async function seekEnd({ set, at }: LogEnd): Promise<boolean> {
    const files = await ask('log.read', { id, ...nowhere });
    if (files.set !== set) return false;
    // A line without an end gets one when the next process begins.
    const page = { at: files.live + at + 1, before: 1, after: 0 };
    const last = (await ask('log.read', { id, set, ...page })).lines.at(-1);
    if (last) view.goTo(last.offset, files);
    return last !== undefined;
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the log is open
  useEffect(() => {
    if (sought === null || sought.gateway !== id || status !== 'live') return;
    store.setState({ soughtOutput: null });
    seek(sought).catch(warn);
  }, [sought, status]);
}

/** What can be searched for of lines that were printed: they were cut when too long, the last is the best. */
function recognisable(lines: readonly string[]): string[] {
  return lines
    .map((line) => line.replace(/ …$/, '').trim())
    .filter((line) => line !== '')
    .reverse();
}
