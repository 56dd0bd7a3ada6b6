/** A state as a shape and a colour, so that neither alone has to tell it; its name is always written beside it. */
import type { ReactNode } from 'react';
import type { Tone } from '../../electron/contract/words.ts';

const shapes: Readonly<Record<Tone, ReactNode>> = {
  good: <circle cx="6" cy="6" r="4.5" fill="currentColor" />,
  busy: (
    <>
      <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.6" />
      <path d="M6 2a4 4 0 0 1 0 8z" fill="currentColor" />
    </>
  ),
  warning: (
    <path
      d="M6 1.6 11 10.2H1z"
      fill="currentColor"
      stroke="currentColor"
      strokeLinejoin="round"
      strokeWidth="1.2"
    />
  ),
  bad: <rect x="1.6" y="1.6" width="8.8" height="8.8" rx="1.6" fill="currentColor" />,
  idle: <circle cx="6" cy="6" r="3.9" fill="none" stroke="currentColor" strokeWidth="1.6" />,
};

export function Shape({ tone, large = false }: { readonly tone: Tone; readonly large?: boolean }) {
  return (
    <span
      className={`shape tone-${tone}${large ? ' shape-large' : ''}`}
      data-shape={tone}
      aria-hidden="true"
    >
      <svg viewBox="0 0 12 12" width="12" height="12" focusable="false" aria-hidden="true">
        {shapes[tone]}
      </svg>
    </span>
  );
}
