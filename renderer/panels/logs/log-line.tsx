/** One log line with its colours, and marks where the search matches. */
import { memo, type ReactNode } from 'react';
import { ansiClass, parseAnsi } from '../../format/ansi.ts';
import type { RingLine } from '../../store/log-ring.ts';
import { occurrences } from '../../store/log-search.ts';

interface Props {
  readonly line: RingLine;
  readonly query: string;
  readonly current: boolean;
}

export const LogLine = memo(function LogLine({ line, query, current }: Props) {
  if (line.gap) {
    return (
      <div className="log-line log-gap" data-testid="log-gap">
        {line.plain}
        {'\n'}
      </div>
    );
  }
  return (
    <div
      className={`log-line${current ? ' log-current' : ''}`}
      data-seq={line.seq}
      data-testid="log-line"
    >
      {pieces(line, query)}
      {'\n'}
    </div>
  );
});

/** The styled spans, cut again where a match begins or ends: a match may cross colours. */
function pieces(line: RingLine, query: string): ReactNode[] {
  const starts = occurrences(line.plain, query);
  const out: ReactNode[] = [];
  let at = 0;
  for (const { text, style } of parseAnsi(line.raw)) {
    const className = ansiClass(style);
    for (const { from, to, marked } of cut(at, at + text.length, starts, query.length)) {
      const part = line.plain.slice(from, to);
      const inner = marked ? <mark key={from}>{part}</mark> : part;
      out.push(
        className ? (
          <span key={from} className={className}>
            {inner}
          </span>
        ) : (
          inner
        ),
      );
    }
    at += text.length;
  }
  return out;
}

interface Piece {
  readonly from: number;
  readonly to: number;
  readonly marked: boolean;
}

/** The stretch from `from` to `to` in pieces that lie wholly inside or outside a match. */
function cut(from: number, to: number, starts: readonly number[], length: number): Piece[] {
  const out: Piece[] = [];
  let at = from;
  for (const start of starts) {
    const first = Math.max(start, at);
    const last = Math.min(start + length, to);
    if (first >= last) continue;
    if (first > at) out.push({ from: at, to: first, marked: false });
    out.push({ from: first, to: last, marked: true });
    at = last;
  }
  if (at < to) out.push({ from: at, to, marked: false });
  return out;
}
