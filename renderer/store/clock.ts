/**
 * The time of day for things that tick. One timer serves every component, runs only while something
 * ticks and the window can be seen, and fires on the full second so that all of them change together.
 */
import { useSyncExternalStore } from 'react';

const second = 1_000;

const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setTimeout> | null = null;

function schedule(): void {
  if (timer !== null || listeners.size === 0 || document.hidden) return;
  timer = setTimeout(
    () => {
      timer = null;
      tick();
      schedule();
    },
    second - (Date.now() % second),
  );
}

function tick(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}

function onVisibility(): void {
  if (document.hidden) {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    return;
  }
  tick();
  schedule();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    document.addEventListener('visibilitychange', onVisibility);
    now = Date.now();
  }
  listeners.add(listener);
  schedule();
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    document.removeEventListener('visibilitychange', onVisibility);
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
}

const read = (): number => now;

/** Epoch milliseconds, renewed each full second while the window is visible. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, read);
}

/** What `say` makes of the time of day; renders again only when that changes. */
export function useClock(say: (now: number) => string): string {
  return useSyncExternalStore(subscribe, () => say(now));
}
