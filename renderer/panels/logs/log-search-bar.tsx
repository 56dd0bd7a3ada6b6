/** The search of the Logs view: what for, how, how many, the next and the one before. */
import type { ReactNode, RefObject } from 'react';
import { type LogLevel, logLevels } from '../../../electron/contract/log-level.ts';
import { words } from '../../../electron/words/spoken.ts';
import type { FinderState } from '../../store/log-finder.ts';
import { isSearching } from '../../store/log-finder.ts';
import { IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';

interface Props {
  readonly searchBox: RefObject<HTMLInputElement | null>;
  readonly found: FinderState;
  /** Which of the matches the reader is at, from 1 on. */
  readonly number: number | null;
  /** The user has chosen to see only lines that match. */
  readonly onlyMatches: boolean;
  readonly onChange: (change: Partial<Pick<FinderState, 'query' | 'filter'>>) => void;
  readonly onStep: (by: 1 | -1) => void;
}

export function LogSearchBar(props: Props) {
  const { found, onlyMatches, onChange } = props;
  const { query } = found;
  return (
    <search className="log-finding">
      <Field {...props} />
      <Toggle
        pressed={onlyMatches}
        disabled={query.text === ''}
        onClick={() => onChange({ filter: !onlyMatches })}
        testId="log-filter"
      >
        {words.logs.onlyMatches}
      </Toggle>
      <select
        className="log-level"
        aria-label={words.logs.level}
        value={query.level ?? 'all'}
        onChange={({ currentTarget: { value } }) =>
          onChange({ query: { ...query, level: levelOf(value) }, filter: onlyMatches })
        }
        data-testid="log-level"
      >
        {(['all', ...logLevels] as const).map((level) => (
          <option key={level} value={level}>
            {words.levels[level]}
          </option>
        ))}
      </select>
      {found.problem !== null && (
        <p className="log-problem" role="alert" id="log-problem" data-testid="log-problem">
          {found.problem}
        </p>
      )}
    </search>
  );
}

function levelOf(value: string): LogLevel | null {
  return logLevels.find((level) => level === value) ?? null;
}

function Field(props: Props) {
  const { found, onChange, onStep, onlyMatches } = props;
  const { query } = found;
  const change = (part: Partial<FinderState['query']>): void =>
    onChange({ query: { ...query, ...part }, filter: onlyMatches });
  return (
    <div className="log-search">
      <Icon name="search" />
      <input
        ref={props.searchBox}
        type="text"
        placeholder={words.logs.search}
        aria-label={words.logs.search}
        aria-invalid={found.problem !== null}
        aria-describedby={found.problem === null ? undefined : 'log-problem'}
        spellCheck={false}
        maxLength={500}
        value={query.text}
        onChange={({ currentTarget }) => change({ text: currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key === 'Enter') {
            event.preventDefault();
            onStep(event.shiftKey ? -1 : 1);
          } else if (event.key === 'Escape') {
            event.preventDefault();
            change({ text: '' });
          }
        }}
        data-testid="log-search"
      />
      <Count {...props} />
      <Toggle
        small
        pressed={query.caseSensitive}
        label={words.logs.matchCase}
        onClick={() => change({ caseSensitive: !query.caseSensitive })}
        testId="log-case"
      >
        Aa
      </Toggle>
      <Toggle
        small
        pressed={query.regex}
        label={words.logs.expression}
        onClick={() => change({ regex: !query.regex })}
        testId="log-regex"
      >
        .*
      </Toggle>
    </div>
  );
}

/** Where the reader is among the matches, and the way to the others. */
function Count({ found, number, onStep }: Props) {
  const { query, hits, status } = found;
  if (!isSearching(query)) return null;
  const nothing = hits.count === 0;
  return (
    <>
      <output
        className="log-count"
        aria-live="polite"
        data-testid="log-count"
        data-count={hits.count}
        data-status={status}
      >
        {countWords(found, number)}
      </output>
      <IconButton
        icon="up"
        label={words.logs.previous}
        onClick={() => onStep(-1)}
        disabled={nothing}
        testId="log-previous"
      />
      <IconButton
        icon="down"
        label={words.logs.next}
        onClick={() => onStep(1)}
        disabled={nothing}
        testId="log-next"
      />
    </>
  );
}

function countWords({ status, hits }: FinderState, number: number | null): string {
  if (status === 'failed') return '';
  if (hits.count > 0) return words.logs.ofCount(number, hits.count);
  return status === 'searching' ? words.logs.searching : words.logs.noMatches;
}

interface ToggleProps {
  readonly pressed: boolean;
  readonly onClick: () => void;
  readonly children: ReactNode;
  /** Read aloud and shown as a tooltip, where the words don't say it all. */
  readonly label?: string;
  readonly small?: boolean;
  readonly disabled?: boolean;
  readonly testId: string;
}

/** A button that is on or off. */
export function Toggle({
  pressed,
  onClick,
  children,
  label,
  small = false,
  disabled = false,
  testId,
}: ToggleProps) {
  return (
    <button
      type="button"
      className={small ? 'log-toggle log-toggle-small' : 'log-toggle'}
      aria-pressed={pressed}
      aria-label={small ? label : undefined}
      title={label}
      onClick={onClick}
      disabled={disabled}
      data-testid={testId}
    >
      {children}
    </button>
  );
}
