/**
 * The lines themselves, virtualised by chunk.
 *
 * A chunk that is far from the visible part is one text node of plain text with the same line breaks:
 * it has exactly the height of the real thing, wrapped or not, so nothing is measured, nothing jumps,
 * and selecting and copying across it works. Near ones get their colours and search marks. Chunks are
 * immutable, so a new line redraws the last chunk only; the browser skips layout of what is off
 * screen (content-visibility).
 */
import { memo, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { type Chunk, chunkLines, type Ring } from '../../store/log-ring.ts';
import type { Match } from '../../store/log-search.ts';
import { LogLine } from './log-line.tsx';

/** Scrolled to within this many pixels of the end counts as being at the end. */
const atEndPx = 8;
/** How far around the visible part chunks are drawn in full, so that scrolling finds them ready. */
const nearEndPx = '800px 0px';

interface Props {
  readonly ring: Ring;
  readonly query: string;
  readonly current: Match | null;
  readonly follow: boolean;
  readonly onFollow: (follow: boolean) => void;
  readonly wrap: boolean;
  readonly label: string;
}

export function LogLines({ ring, query, current, follow, onFollow, wrap, label }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const { near, watch } = useNearChunks(box);
  /** Where our own scrolling ended, so that the event it causes is not taken for the user's. */
  const ownTop = useRef(-1);

  // After every render: lines, wrapping and search all move the end.
  useLayoutEffect(() => {
    const element = box.current;
    if (!follow || !element) return;
    element.scrollTop = element.scrollHeight;
    ownTop.current = element.scrollTop;
  });

  const currentSeq = current?.seq;
  useLayoutEffect(() => {
    if (currentSeq === undefined) return;
    const element = box.current;
    element?.querySelector(`[data-seq="${currentSeq}"]`)?.scrollIntoView({ block: 'center' });
    ownTop.current = element?.scrollTop ?? -1;
  }, [currentSeq]);

  function onScroll(): void {
    const element = box.current;
    if (!element || element.scrollTop === ownTop.current) return;
    ownTop.current = -1;
    const left = element.scrollHeight - element.clientHeight - element.scrollTop;
    if (follow !== left <= atEndPx) onFollow(!follow);
  }

  return (
    <div
      ref={box}
      className={`log-lines${wrap ? ' log-wrapped' : ''}${follow ? ' log-following' : ''}`}
      role="log"
      aria-live="off"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
      tabIndex={0}
      onScroll={onScroll}
      data-testid="log-lines"
    >
      {ring.chunks.map((chunk, index) => (
        <LogChunk
          key={chunk.key}
          chunk={chunk}
          full={
            near.has(chunk.key) ||
            chunk.key === current?.chunk ||
            (follow && index >= ring.chunks.length - 2)
          }
          query={query}
          currentSeq={chunk.key === current?.chunk ? current.seq : null}
          watch={watch}
        />
      ))}
    </div>
  );
}

interface ChunkProps {
  readonly chunk: Chunk;
  /** Drawn line by line, with colours; else as one piece of plain text. */
  readonly full: boolean;
  readonly query: string;
  readonly currentSeq: number | null;
  readonly watch: (element: Element, key: number) => () => void;
}

const LogChunk = memo(function LogChunk({ chunk, full, query, currentSeq, watch }: ChunkProps) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(
    () => (element.current ? watch(element.current, chunk.key) : undefined),
    [watch, chunk.key],
  );
  return (
    <div
      ref={element}
      className={`log-chunk${chunk.lines.length === chunkLines ? ' log-sealed' : ''}`}
      data-full={full}
    >
      {full
        ? chunk.lines.map((line) => (
            <LogLine key={line.seq} line={line} query={query} current={line.seq === currentSeq} />
          ))
        : `${chunk.text}\n`}
    </div>
  );
});

/** Which chunks are near the visible part, as the browser sees it. */
function useNearChunks(box: React.RefObject<HTMLElement | null>) {
  const [near, setNear] = useState<ReadonlySet<number>>(new Set());
  const [watch] = useState(() => createChunkWatch(box, setNear));
  return { near, watch };
}

/** Returns a function that watches one chunk; `change` is called with each change of the near ones. */
function createChunkWatch(
  box: React.RefObject<HTMLElement | null>,
  change: (next: (before: ReadonlySet<number>) => ReadonlySet<number>) => void,
): (element: Element, key: number) => () => void {
  const keys = new Map<Element, number>();
  let observer: IntersectionObserver | null = null;

  function onSeen(entries: readonly IntersectionObserverEntry[]): void {
    change((before) => {
      const after = new Set(before);
      for (const { target, isIntersecting } of entries) {
        const key = keys.get(target);
        if (key === undefined) continue;
        if (isIntersecting) after.add(key);
        else after.delete(key);
      }
      return after;
    });
  }

  return (element, key) => {
    keys.set(element, key);
    // The box is there by now: chunks are drawn inside it.
    observer ??= new IntersectionObserver(onSeen, { root: box.current, rootMargin: nearEndPx });
    const watching = observer;
    watching.observe(element);
    return () => {
      watching.unobserve(element);
      keys.delete(element);
      change((before) =>
        before.has(key) ? new Set([...before].filter((other) => other !== key)) : before,
      );
    };
  };
}
