/** A titled box, and the list of facts that goes into it. */
import { type ReactNode, useId } from 'react';

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
