/** From what a run without a kill has done, all points at which one can be killed. */
import { nameOf, type Point, type Traced } from './effects.ts';
import type { Scenario } from './scenarios.ts';

export interface ScenarioPoint extends Point {
  readonly scenario: Scenario;
  readonly name: string;
}

/** Staged by many calls for many files; each is like the first, and the command line is many files. */
const likeTheFirst = /^(?:write|sync) staged\//;
const partOfMany = /\/cli-[^/]+\.cjs/;

/**
 * Each effect before and after, and torn where it can be torn. Scenarios begin alike: what an earlier one has
 * done in the same place (the journals say the same so far) is not listed again.
 *
 * @param traces in the order of the scenarios
 */
export function pointsOf(
  traces: readonly { readonly scenario: Scenario; readonly traced: readonly Traced[] }[],
): ScenarioPoint[] {
  const seen = new Set<string>();
  return traces.flatMap(({ scenario, traced }) => {
    let journal: string = scenario.wish;
    return traced.flatMap(({ role, effect, nth, tearable }) => {
      if (effect.startsWith('journal ')) journal += ` ${effect}`;
      const place = `${role} ${effect} ${nth} ${journal}`;
      const isRepeated = partOfMany.test(effect) || (nth > 1 && likeTheFirst.test(effect));
      if (seen.has(place) || isRepeated) return [];
      seen.add(place);
      const whens = tearable
        ? (['before', 'torn', 'after'] as const)
        : (['before', 'after'] as const);
      return whens.map((when): ScenarioPoint => {
        const point = { role, effect, nth, when };
        return { ...point, scenario, name: `${scenario.name}: ${nameOf(point)}` };
      });
    });
  });
}
