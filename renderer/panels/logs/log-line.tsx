/** One log line: its time, its colours, marks where the search matches, its links, and JSON as a tree. */
import { type CSSProperties, memo, type ReactNode, useSyncExternalStore } from 'react';
import { levelIn } from '../../../electron/contract/log-level.ts';
import { timeIn } from '../../../electron/contract/log-time.ts';
import { words } from '../../../electron/words/spoken.ts';
import { ansiClass, ansiColours, parseAnsi } from '../../format/ansi.ts';
import { linksIn, type TextLink } from '../../format/links.ts';
import { useHoldfast } from '../../store/hooks.ts';
import type { MarkFinder, Marks } from '../../store/log-marks.ts';
import type { RingLine } from '../../store/log-ring.ts';
import { Icon } from '../../ui/icons.tsx';
import { clockTime, fullTime, jsonTree, looksLikeJson } from './line-facts.ts';

interface Props {
  readonly line: RingLine;
  /** The search that is on. */
  readonly marks: MarkFinder | null;
  /** The reader was led to it: its link and its tree are reached by keys. */
  readonly current: boolean;
  readonly times: boolean;
  readonly unfolded: boolean;
  readonly onUnfold: (seq: number) => void;
}

export const LogLine = memo(function LogLine(props: Props) {
  const { line, marks, current, times, unfolded, onUnfold } = props;
  if (line.gap) {
    return (
      <div className="log-line log-gap" data-testid="log-gap">
        {line.plain}
        {'\n'}
      </div>
    );
  }
  const level = levelIn(line.plain);
  const classes = ['log-line', current && 'log-current', level && `log-level-${level}`];
  return (
    <div
      className={classes.filter(Boolean).join(' ')}
      data-seq={line.seq}
      data-testid="log-line"
      aria-current={current || undefined}
    >
      {times && <Time line={line} />}
      {looksLikeJson(line.plain) && (
        <button
          type="button"
          className="log-unfold"
          aria-expanded={unfolded}
          aria-label={words.logs.unfold}
          title={words.logs.unfold}
          tabIndex={current ? 0 : -1}
          onClick={() => onUnfold(line.seq)}
          data-testid="log-unfold"
        >
          <Icon name={unfolded ? 'down' : 'right'} />
        </button>
      )}
      {marks?.isLate ? (
        <Marked line={line} marks={marks} focusable={current} />
      ) : (
        <Pieces line={line} marks={marks?.of(line.plain) ?? []} focusable={current} />
      )}
      {'\n'}
      {unfolded && (
        <pre className="log-tree" data-testid="log-tree">
          {jsonTree(line.plain)}
          {'\n'}
        </pre>
      )}
    </div>
  );
});

function Time({ line }: { readonly line: RingLine }) {
  const said = timeIn(line.plain);
  const at = said ?? line.at;
  if (at === null) return null;
  return (
    <time
      className={said === null ? 'log-time log-received' : 'log-time'}
      dateTime={new Date(at).toISOString()}
      title={said === null ? words.logs.received(fullTime(at)) : fullTime(at)}
    >
      {clockTime(at)}
    </time>
  );
}

interface TextProps<T> {
  readonly line: RingLine;
  readonly marks: T;
  readonly focusable: boolean;
}

/** With the marks of a search, also when they become known later. */
function Marked({ line, marks, focusable }: TextProps<MarkFinder>) {
  const found = useSyncExternalStore(marks.subscribe, () => marks.of(line.plain));
  return <Pieces line={line} marks={found} focusable={focusable} />;
}

interface Piece {
  readonly from: number;
  readonly to: number;
  readonly node: ReactNode;
}

/** The text, cut where a colour, a mark or a link begins or ends: they may overlap. */
function Pieces({ line, marks, focusable }: TextProps<Marks>) {
  const links = linksIn(line.plain);
  const borders = [...marks, ...links.flatMap(({ from, to }) => [from, to])].sort((a, b) => a - b);
  const pieces: Piece[] = [];
  let begin = 0;
  for (const { text, style } of parseAnsi(line.raw)) {
    const end = begin + text.length;
    const className = ansiClass(style);
    const colours = ansiColours(style);
    for (const [from, to] of cut(begin, end, borders)) {
      const part = line.plain.slice(from, to);
      const inner = isMarked(from, marks) ? <mark>{part}</mark> : part;
      pieces.push({ from, to, node: dressed(inner, className, colours, from) });
    }
    begin = end;
  }
  return <>{withLinks(pieces, links, focusable)}</>;
}

function dressed(
  inner: ReactNode,
  className: string | undefined,
  style: CSSProperties | undefined,
  key: number,
): ReactNode {
  return className || style || typeof inner !== 'string' ? (
    <span key={key} className={className} style={style}>
      {inner}
    </span>
  ) : (
    inner
  );
}

function* cut(begin: number, end: number, borders: readonly number[]): Generator<[number, number]> {
  let from = begin;
  for (const border of borders) {
    if (border <= from || border >= end) continue;
    yield [from, border];
    from = border;
  }
  if (from < end) yield [from, end];
}

function isMarked(at: number, marks: Marks): boolean {
  for (let one = 0; one < marks.length; one += 2) {
    if (at >= (marks[one] ?? 0) && at < (marks[one + 1] ?? 0)) return true;
  }
  return false;
}

/** The pieces of a link inside of it. */
function withLinks(
  pieces: readonly Piece[],
  links: readonly TextLink[],
  focusable: boolean,
): ReactNode[] {
  if (links.length === 0) return pieces.map(({ node }) => node);
  const nodes: ReactNode[] = [];
  let rest = pieces;
  for (const link of links) {
    nodes.push(...rest.filter(({ to }) => to <= link.from).map(({ node }) => node));
    const inside = rest.filter(({ from, to }) => from >= link.from && to <= link.to);
    nodes.push(
      <Link key={`link ${link.from}`} address={link.address} focusable={focusable}>
        {inside.map(({ node }) => node)}
      </Link>,
    );
    rest = rest.filter(({ from }) => from >= link.to);
  }
  nodes.push(...rest.map(({ node }) => node));
  return nodes;
}

interface LinkProps {
  readonly address: string;
  readonly focusable: boolean;
  readonly children: ReactNode;
}

/** The app asks before it opens what a gateway has written. */
function Link({ address, focusable, children }: LinkProps) {
  const { send } = useHoldfast();
  return (
    <a
      href={address}
      tabIndex={focusable ? 0 : -1}
      onClick={(event) => {
        event.preventDefault();
        void send('log.openLink', { address });
      }}
      data-testid="log-link"
    >
      {children}
    </a>
  );
}
