/** Puts the whole window into jsdom, on a mock bridge, and adds the few browser parts jsdom lacks. */
import { cleanup, configure, render, screen } from '@testing-library/react';
import { afterEach, vi } from 'vitest';
import type { AppState } from '../../electron/contract/app-contract.ts';
import { patienceMs } from '../../electron/testing/patience.ts';
import { App } from '../app.tsx';
import { createHoldfast, type Holdfast } from '../store/holdfast.ts';
import type { View } from '../store/view.ts';
import { createMockBridge, type MockBridge } from './mock-bridge.ts';

/** Reports everything as visible: jsdom has no layout. */
class EverythingIsVisible {
  readonly #report: (entries: { target: Element; isIntersecting: boolean }[]) => void;
  constructor(report: (entries: { target: Element; isIntersecting: boolean }[]) => void) {
    this.#report = report;
  }
  observe(target: Element): void {
    this.#report([{ target, isIntersecting: true }]);
  }
  unobserve(): void {}
  disconnect(): void {}
}

configure({ asyncUtilTimeout: patienceMs });

const opened: Holdfast[] = [];

afterEach(() => {
  cleanup();
  for (const holdfast of opened.splice(0)) holdfast.close();
});

export interface OpenWindow {
  readonly bridge: MockBridge;
  readonly holdfast: Holdfast;
  /** The calls of this name, by what they were made with. */
  sent(name: MockBridge['calls'][number]['name']): unknown[];
}

/** The parts of a browser that jsdom lacks. */
export function prepareDocument(): void {
  vi.stubGlobal('IntersectionObserver', EverythingIsVisible);
  Element.prototype.scrollIntoView = () => undefined;
  HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
    this.open = true;
  };
  HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
    this.open = false;
  };
}

/** Opens the window on a state, at a view (null: where it opens by itself), and waits until it shows. */
export async function openWindow(
  state: AppState,
  view: View | null = 'status',
  handlers: Parameters<typeof createMockBridge>[1] = {},
): Promise<OpenWindow> {
  prepareDocument();
  const bridge = createMockBridge(state, handlers);
  const holdfast = createHoldfast(bridge);
  opened.push(holdfast);
  if (view !== null) holdfast.open(view);
  render(<App holdfast={holdfast} />);
  await screen.findByTestId('window');
  return {
    bridge,
    holdfast,
    sent: (name) => bridge.calls.filter((call) => call.name === name).map(({ input }) => input),
  };
}

/** The text of an element, with plain spaces. */
export function textOf(testId: string): string {
  return screen.getByTestId(testId).textContent ?? '';
}
