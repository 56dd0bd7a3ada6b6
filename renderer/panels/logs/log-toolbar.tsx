/** Search on the left, what to do with the log on the right. */
import type { RefObject } from 'react';
import { IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';

interface Props {
  readonly searchBox: RefObject<HTMLInputElement | null>;
  readonly query: string;
  readonly onQuery: (query: string) => void;
  /** Lines that hold the query. */
  readonly count: number;
  /** Which of them is the current one; -1 for none. */
  readonly index: number;
  readonly onStep: (by: 1 | -1) => void;
  readonly follow: boolean;
  readonly onFollow: (follow: boolean) => void;
  readonly wrap: boolean;
  readonly onWrap: (wrap: boolean) => void;
  readonly onCopy: () => void;
  readonly onReveal: () => void;
  readonly empty: boolean;
}

export function LogToolbar(props: Props) {
  return (
    <header className="log-toolbar">
      <Search {...props} />
      <Tools {...props} />
    </header>
  );
}

function Search(props: Props) {
  const { query, count, index } = props;
  return (
    <div className="log-search">
      <Icon name="search" />
      <input
        ref={props.searchBox}
        type="text"
        placeholder="Search the log"
        aria-label="Search the log"
        spellCheck={false}
        value={query}
        onChange={(event) => props.onQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') {
            event.preventDefault();
            props.onStep(event.shiftKey ? 1 : -1);
          } else if (event.key === 'Escape') {
            event.preventDefault();
            props.onQuery('');
          }
        }}
        data-testid="log-search"
      />
      {query !== '' && (
        <>
          <output
            className="log-count"
            aria-live="polite"
            data-testid="log-count"
            data-count={count}
          >
            {count === 0 ? 'No matches' : `${index === -1 ? '–' : index + 1} of ${count}`}
          </output>
          <IconButton
            icon="up"
            label="Previous match (Enter)"
            onClick={() => props.onStep(-1)}
            disabled={count === 0}
          />
          <IconButton
            icon="down"
            label="Next match (Shift+Enter)"
            onClick={() => props.onStep(1)}
            disabled={count === 0}
          />
        </>
      )}
    </div>
  );
}

function Tools(props: Props) {
  return (
    <div className="log-tools">
      <IconButton
        icon="follow"
        label="Follow new lines"
        pressed={props.follow}
        onClick={() => props.onFollow(!props.follow)}
        testId="log-follow"
      />
      <IconButton
        icon="wrap"
        label="Wrap long lines"
        pressed={props.wrap}
        onClick={() => props.onWrap(!props.wrap)}
        testId="log-wrap"
      />
      <IconButton
        icon="copy"
        label="Copy the selection, or everything"
        onClick={props.onCopy}
        disabled={props.empty}
        testId="log-copy"
      />
      <IconButton
        icon="folder"
        label="Show log file"
        onClick={props.onReveal}
        testId="log-reveal"
      />
    </div>
  );
}
