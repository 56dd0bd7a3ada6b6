/** A word on a tinted ground, and the dot that stands for a state. Neither speaks by colour alone. */
import type { ReactNode } from 'react';
import type { Tone } from '../store/selectors.ts';

export function Badge({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return <span className={`badge tone-${tone}`}>{children}</span>;
}

export function Dot({ tone, large = false }: { readonly tone: Tone; readonly large?: boolean }) {
  return <span className={`dot tone-${tone}${large ? ' dot-large' : ''}`} aria-hidden="true" />;
}
