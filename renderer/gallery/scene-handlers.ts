/** What the app answers in every scene of the gallery. */
import { presetViews, profiles, suggestion } from '../test/add-samples.ts';
import { historyEvents, historySummary } from '../test/history-samples.ts';
import type { createMockBridge } from '../test/mock-bridge.ts';

type Handlers = NonNullable<Parameters<typeof createMockBridge>[1]>;

/** @param suggest a health check is offered */
export function sceneHandlers(now: number, suggest = false): Handlers {
  return {
    'preset.list': presetViews,
    'profile.list': () => profiles(),
    'profile.suggest': () => (suggest ? suggestion() : null),
    'events.list': () => ({ events: historyEvents(now), more: false, damaged: 0 }),
    'events.summary': () => historySummary(now),
  };
}
