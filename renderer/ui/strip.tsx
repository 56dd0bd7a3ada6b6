/**
 * A stretch of time as a strip: what a gateway was like, from left to right. Each status has its own
 * shape, and its reason is told for the piece under the pointer, or the one chosen with the arrow keys:
 * to a screen reader it is a slider along the pieces.
 */

import { type KeyboardEvent, type PointerEvent, useId, useState } from 'react';
import { segmentReason, statusName } from '../../electron/contract/event-words.ts';
import type { EventStatus, EventSummary } from '../../electron/contract/events.ts';
import { duration } from '../../electron/contract/words.ts';
import { words } from '../../electron/words/spoken.ts';
import { moment } from '../format/quantities.ts';

type Piece = EventSummary['segments'][number];

interface StripProps {
  /** What is shown, for screen readers: `Hermes, the last 24 hours`. */
  readonly label: string;
  readonly segments: readonly Piece[];
  /** Low, for a row in a list. */
  readonly compact?: boolean;
  /** -1 where arrow keys lead here, as in a list. */
  readonly tabIndex?: 0 | -1;
  readonly testId?: string;
}

export function Strip({ label, segments, compact = false, tabIndex = 0, testId }: StripProps) {
  const hint = useId();
  const [chosen, setChosen] = useState<number | null>(null);
  const first = segments[0];
  const last = segments.at(-1);
  if (!first || !last) return <div className="strip strip-empty" data-testid={testId} />;
  const at = Math.min(chosen ?? segments.length - 1, segments.length - 1);
  const piece = segments[at] ?? last;
  const span = last.to - first.from;
  const percent = (ms: number): string => `${(100 * ms) / span}%`;
  const point = (event: PointerEvent<HTMLElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = (event.clientX - box.left) / Math.max(box.width, 1);
    const rtl = getComputedStyle(event.currentTarget).direction === 'rtl';
    const time = first.from + (rtl ? 1 - share : share) * span;
    setChosen(nearestTrouble(segments, time, (4 * span) / Math.max(box.width, 1)));
  };
  const press = (event: KeyboardEvent): void => {
    const to = stepOf(event.key, at, segments.length);
    if (to === null) return;
    event.preventDefault();
    setChosen(to);
  };
  return (
    <div className={`strip${compact ? ' strip-compact' : ''}`} data-testid={testId}>
      <div
        className="strip-line"
        role="slider"
        tabIndex={tabIndex}
        aria-label={label}
        aria-orientation="horizontal"
        aria-valuemin={1}
        aria-valuemax={segments.length}
        aria-valuenow={at + 1}
        aria-valuetext={sentenceOf(piece)}
        onPointerMove={point}
        onPointerLeave={() => setChosen(null)}
        onFocus={() => setChosen(at)}
        onBlur={() => setChosen(null)}
        onKeyDown={press}
      >
        {segments.map((one, index) => (
          <span
            key={one.from}
            className={`strip-piece strip-${styleOf(one.status)}${chosen === index ? ' strip-chosen' : ''}`}
            style={{
              // What began just now is as wide as can be seen, and within the strip.
              insetInlineStart: `min(${percent(one.from - first.from)}, 100% - 4px)`,
              inlineSize: percent(one.to - one.from),
            }}
            data-status={one.status}
          />
        ))}
      </div>
      {chosen !== null && (
        <p
          id={hint}
          className={`strip-hint${piece.from - first.from > span / 2 ? ' strip-hint-end' : ''}`}
          aria-hidden="true"
          data-testid="strip-hint"
        >
          {sentenceOf(piece)}
        </p>
      )}
    </div>
  );
}

/** The piece at `time`; a short one nearby comes first, because a pointer can't hit it. */
function nearestTrouble(segments: readonly Piece[], time: number, reachMs: number): number {
  const near = segments.findIndex(
    ({ from, to, status }) =>
      to - from < reachMs && status !== 'up' && Math.abs((from + to) / 2 - time) < reachMs,
  );
  if (near !== -1) return near;
  const index = segments.findIndex(({ to }) => time < to);
  return index === -1 ? segments.length - 1 : index;
}

function stepOf(key: string, at: number, count: number): number | null {
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return Math.max(0, at - 1);
    case 'ArrowRight':
    case 'ArrowUp':
      return Math.min(count - 1, at + 1);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}

const styles: ReadonlySet<string> = new Set<EventStatus>(['up', 'unwell', 'down', 'off']);

function styleOf(status: string): string {
  return styles.has(status) ? status : 'unknown';
}

/** `14:02:31 to 14:05:10, Down for 2m 39s: It crashed: exit code 1.` */
function sentenceOf(piece: Piece): string {
  const { from, to, status } = piece;
  const name = statusName(status);
  const reason = segmentReason(piece);
  const now = Date.now();
  const { history } = words;
  const head = history.piece(moment(from, now), moment(to, now), name, duration(to - from));
  return reason === history.pieceAlone(name)
    ? history.pieceAlone(head)
    : history.pieceBecause(head, reason);
}
