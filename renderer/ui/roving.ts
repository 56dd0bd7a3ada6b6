/**
 * One stop for the Tab key in a list of controls; the arrow keys, Home and End move inside it. Controls
 * carry `data-roving` with their key.
 */
import { type KeyboardEvent, useState } from 'react';

const steps: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowRight: 1,
  ArrowUp: -1,
  ArrowLeft: -1,
};

interface Roving {
  /** 0 for the control that Tab reaches, -1 for the others. */
  tabIndex(key: string): 0 | -1;
  /** For the element around the controls. */
  readonly list: {
    readonly onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
    readonly onFocus: (event: { readonly target: EventTarget }) => void;
  };
}

/**
 * @param keys of the controls in their order
 * @param initial the one that Tab reaches until another had the focus
 * @param onMove the focus was moved to this one by a key
 */
export function useRoving(
  keys: readonly string[],
  initial: string | undefined = keys[0],
  onMove: (key: string) => void = () => undefined,
): Roving {
  const [visited, setVisited] = useState<string | null>(null);
  const reached = [visited, initial, keys[0]].find((key) => key != null && keys.includes(key));
  return {
    tabIndex: (key) => (key === reached ? 0 : -1),
    list: {
      onKeyDown(event) {
        const from = keyOf(event.target);
        const to = from === null ? undefined : target(keys, from, event.key);
        if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        const controls = event.currentTarget.querySelectorAll<HTMLElement>('[data-roving]');
        [...controls].find(({ dataset }) => dataset.roving === to)?.focus();
        onMove(to);
      },
      // Something else inside, as a button that belongs to a control: the control stays the stop.
      onFocus: (event) => setVisited((before) => keyOf(event.target) ?? before),
    },
  };
}

function keyOf(element: EventTarget): string | null {
  return element instanceof HTMLElement ? (element.dataset.roving ?? null) : null;
}

function target(keys: readonly string[], from: string, key: string): string | undefined {
  if (key === 'Home') return keys[0];
  if (key === 'End') return keys.at(-1);
  const step = Object.hasOwn(steps, key) ? steps[key] : undefined;
  if (step === undefined) return undefined;
  return keys[(keys.indexOf(from) + step + keys.length) % keys.length];
}
