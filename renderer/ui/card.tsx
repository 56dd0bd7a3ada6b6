/** Cards, the facts and details inside them, and badges. */

import { type ReactNode, useId } from 'react';
import type { Tone } from '../../electron/contract/words.ts';
import { words } from '../../electron/words/spoken.ts';
import { Icon } from './icons.tsx';

interface CardProps {
  readonly title?: string;
  /** Beside the title: a button or a badge. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  readonly testId?: string;
}

export function Card({ title, aside, children, testId }: CardProps) {
  const heading = useId();
  return (
    <section className="card" aria-labelledby={title ? heading : undefined} data-testid={testId}>
      {(title || aside) && (
        <header className="card-head">
          {title && (
            <h2 id={heading} className="card-title">
              {title}
            </h2>
          )}
          {aside}
        </header>
      )}
      {children}
    </section>
  );
}

export function Facts({ children }: { readonly children: ReactNode }) {
  return <dl className="facts">{children}</dl>;
}

interface FactProps {
  readonly name: string;
  readonly children: ReactNode;
  /** Spans the whole row: for paths and sentences. */
  readonly wide?: boolean;
  /** Numbers and names that machines wrote. */
  readonly mono?: boolean;
  readonly testId?: string;
}

export function Fact({ name, children, wide = false, mono = false, testId }: FactProps) {
  return (
    <div className={`fact${wide ? ' fact-wide' : ''}`}>
      <dt>{name}</dt>
      <dd className={mono ? 'mono' : undefined} data-testid={testId}>
        {children}
      </dd>
    </div>
  );
}

interface DetailsProps {
  readonly title?: string;
  readonly children: ReactNode;
  readonly testId?: string;
}

/** Closed at first: few people need what is inside. */
export function Details({ title = words.common.technicalDetails, children, testId }: DetailsProps) {
  return (
    <details className="details" data-testid={testId}>
      <summary>
        <Icon name="right" />
        {title}
      </summary>
      {children}
    </details>
  );
}

/** A word on a tinted ground. */
export function Badge({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return <span className={`badge tone-${tone}`}>{children}</span>;
}
