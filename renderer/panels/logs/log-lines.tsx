/**
 * The lines themselves, virtualised by chunk.
 *
 * A chunk that is far from the visible part is one text node of plain text with the same line breaks:
 * it has exactly the height of the real thing, wrapped or not, so nothing is measured, nothing jumps,
 * and selecting and copying across it works. Near ones get their colours, times and search marks, and so
 * does one with an unfolded line. Chunks are immutable, so a new line redraws the last chunk only; the
 * browser skips layout of what is off screen (content-visibility).
 */
import {
  type KeyboardEvent,
  memo,
  type ReactNode,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { words } from '../../../electron/words/spoken.ts';
import type { MarkFinder } from '../../store/log-marks.ts';
import { type Chunk, chunkLines, type Ring } from '../../store/log-ring.ts';
import type { Spot } from '../../store/log-spot.ts';
import { LogLine } from './log-line.tsx';

/** Scrolled to within this many pixels of the end counts as being at the end. */
const atEndPx = 8;
/** How far around the visible part chunks are drawn in full, so that scrolling finds them ready. */
const nearEndPx = '800px 0px';

/** So many at the end are more than the largest screen shows. */
const endChunks = Math.ceil(100 / chunkLines) + 1;

interface Props {
  readonly ring: Ring;
  readonly marks: MarkFinder | null;
  readonly current: Spot | null;
  readonly follows: boolean;
  /** Lines pass faster than anybody reads. */
  readonly rush: boolean;
  readonly onLeaveEnd: () => void;
  readonly onEnd: () => void;
  readonly onReachedEnd: () => void;
  /** The reader goes to the next line, or to the one before. */
  readonly onChoose: (by: 1 | -1) => void;
  readonly wrap: boolean;
  readonly times: boolean;
  readonly label: string;
  /** Set to the function that says which line is the first in sight. */
  readonly firstInSight: RefObject<() => number | null>;
  /** Above and below the lines. */
  readonly before: ReactNode;
  readonly after: ReactNode;
}

export function LogLines(props: Props) {
  const { ring, marks, current, follows, rush, wrap, times, label } = props;
  const box = useRef<HTMLDivElement>(null);
  const { near, watch } = useNearChunks(box);
  const { unfolded, onUnfold } = useUnfolded();
  const onScroll = useScrolling(box, props);
  useKeptPlace(box, ring, follows);
  useEffect(() => marks?.fetch());
  const { firstInSight } = props;
  useEffect(() => {
    firstInSight.current = () => firstLineIn(box.current);
  }, [firstInSight]);
  const classes = ['log-lines', wrap && 'log-wrapped', times && 'log-timed'];
  return (
    <div
      ref={box}
      className={classes.filter(Boolean).join(' ')}
      role="log"
      aria-live="off"
      aria-label={label}
      aria-description={words.logs.linesHint}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
      tabIndex={0}
      {...onScroll}
      data-testid="log-lines"
    >
      {props.before}
      {ring.chunks.map((chunk, index) => (
        <LogChunk
          key={chunk.key}
          chunk={chunk}
          full={
            // At the end nothing else is in sight; in a rush, what is passes faster than it is drawn.
            (follows ? !rush && index >= ring.chunks.length - endChunks : near.has(chunk.key)) ||
            chunk.key === current?.chunk ||
            (unfolded.size > 0 && chunk.lines.some(({ seq }) => unfolded.has(seq)))
          }
          marks={marks}
          currentSeq={chunk.key === current?.chunk ? current.seq : null}
          times={times}
          unfolded={unfolded}
          onUnfold={onUnfold}
          watch={watch}
        />
      ))}
      {props.after}
    </div>
  );
}

/** Keeps the end in sight while it is followed; hears when the reader leaves it or comes to it. */
function useScrolling(box: RefObject<HTMLDivElement | null>, props: Props) {
  const { follows, current, onLeaveEnd, onEnd, onReachedEnd, onChoose } = props;
  /** Where our own scrolling ended, so that the event it causes is not taken for the user's. */
  const ownTop = useRef(-1);

  // After every render: lines, wrapping and search all move the end.
  useLayoutEffect(() => {
    const element = box.current;
    if (!follows || !element) return;
    element.scrollTop = element.scrollHeight;
    ownTop.current = element.scrollTop;
  });

  useLayoutEffect(() => {
    if (current === null) return;
    const element = box.current;
    element?.querySelector(`[data-seq="${current.seq}"]`)?.scrollIntoView({ block: 'center' });
    ownTop.current = element?.scrollTop ?? -1;
  }, [current, box]);

  return {
    onScroll(): void {
      const element = box.current;
      if (!element || element.scrollTop === ownTop.current) return;
      ownTop.current = -1;
      const left = element.scrollHeight - element.clientHeight - element.scrollTop;
      if (left > atEndPx) onLeaveEnd();
      else if (!follows) onReachedEnd();
    },
    // At once: in a flood the end would be back in sight before the first pixel is scrolled.
    onWheel: ({ deltaY }: { readonly deltaY: number }): void => {
      if (deltaY < 0 && isScrollable(box.current)) onLeaveEnd();
    },
    // To select something, or to move the bar.
    onPointerDown: (): void => {
      if (isScrollable(box.current)) onLeaveEnd();
    },
    onKeyDown: (event: KeyboardEvent<HTMLDivElement>): void => {
      if (event.altKey && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
        event.preventDefault();
        onChoose(event.key === 'ArrowDown' ? 1 : -1);
      } else if (event.key === 'End') {
        event.preventDefault();
        onEnd();
      } else if (['ArrowUp', 'PageUp', 'Home'].includes(event.key) && isScrollable(box.current)) {
        onLeaveEnd();
      }
    },
  };
}

function isScrollable(element: HTMLElement | null): boolean {
  return element !== null && element.scrollHeight > element.clientHeight;
}

/** Lines that are loaded before the first one leave it where it is. */
function useKeptPlace(box: RefObject<HTMLElement | null>, ring: Ring, follows: boolean): void {
  const first = ring.chunks[0]?.key;
  const last = useRef<{ first: number | undefined; height: number }>({ first, height: 0 });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const before = last.current;
    const wasThere = ring.chunks.some(({ key }) => key === before.first);
    if (!follows && wasThere && before.first !== first) {
      element.scrollTop += element.scrollHeight - before.height;
    }
    last.current = { first, height: element.scrollHeight };
  }, [box, ring, first, follows]);
}

/** The number of the first line that is in sight; null for none. */
function firstLineIn(box: HTMLElement | null): number | null {
  if (!box) return null;
  const { top } = box.getBoundingClientRect();
  const lines = [...box.querySelectorAll<HTMLElement>('[data-seq]')];
  const first = lines.find((line) => line.getBoundingClientRect().bottom > top);
  return first ? Number(first.dataset.seq) : null;
}

/** The lines whose JSON is shown as a tree. */
function useUnfolded() {
  const [unfolded, setUnfolded] = useState<ReadonlySet<number>>(new Set());
  const [onUnfold] = useState(() => (seq: number): void => {
    setUnfolded((before) => {
      const after = new Set(before);
      if (!after.delete(seq)) after.add(seq);
      return after;
    });
  });
  return { unfolded, onUnfold };
}

interface ChunkProps {
  readonly chunk: Chunk;
  /** Drawn line by line, with colours; else as one piece of plain text. */
  readonly full: boolean;
  readonly marks: MarkFinder | null;
  readonly currentSeq: number | null;
  readonly times: boolean;
  readonly unfolded: ReadonlySet<number>;
  readonly onUnfold: (seq: number) => void;
  readonly watch: (element: Element, key: number) => () => void;
}

const LogChunk = memo(function LogChunk(props: ChunkProps) {
  const { chunk, full, currentSeq, unfolded, watch, marks, times, onUnfold } = props;
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
            <LogLine
              key={line.seq}
              line={line}
              current={line.seq === currentSeq}
              unfolded={unfolded.has(line.seq)}
              {...{ marks, times, onUnfold }}
            />
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
