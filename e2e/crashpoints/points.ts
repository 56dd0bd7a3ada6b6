/** From what a run without a kill has done, all points at which one can be killed. */
import { nameOf, type Point, type Traced } from './effects.ts';
import type { Scenario } from './scenarios.ts';

export interface ScenarioPoint extends Point {
  readonly scenario: Scenario;
  readonly name: string;
}

/** Staged by many calls for one file; each is like the first. */
const likeTheFirst = /^(?:write|sync) staged\//;

const isLikeAnother = ({ effect, nth }: Traced): boolean => nth > 1 && likeTheFirst.test(effect);

/** What a watcher makes durable of an update is where the next one goes on. */
const goesOn = /^sync journal /;

/** One effect before and after, and torn where it can be torn; `follows`: what is before it was listed already. */
function pointsAt({ role, effect, nth, tearable }: Traced, follows: boolean): Point[] {
  const where = { role, effect, nth };
  return [
    ...(follows ? [] : [{ ...where, when: 'before' as const }]),
    ...(tearable ? [{ ...where, when: 'torn' as const }] : []),
    { ...where, when: 'after' },
    ...(goesOn.test(effect) && role !== 'app'
      ? (['before', 'after'] as const).map((again) => ({ ...where, when: 'after' as const, again }))
      : []),
  ];
}

/**
 * Every moment of all scenarios, once. What is before an effect is after the one before it, where the program did
 * nothing else in between. Scenarios begin alike: what an earlier one has done in the same place (the journals
 * say the same so far) is not listed again.
 *
 * @param traces in the order of the scenarios
 */
export function pointsOf(
  traces: readonly { readonly scenario: Scenario; readonly traced: readonly Traced[] }[],
): ScenarioPoint[] {
  const seen = new Set<string>();
  return traces.flatMap(({ scenario, traced }) => {
    let journal: string = scenario.wish;
    /** By program, its newest effect, if that is listed. */
    const newest = new Map<number, Traced>();
    return traced.flatMap((one) => {
      const { pid, role, effect, nth } = one;
      const follows = newest.get(pid)?.ended === one.began;
      newest.delete(pid);
      if (effect.startsWith('journal ')) journal += ` ${effect}`;
      // What its user will say of the new version decides what follows a kill from here on.
      if (effect === 'journal app-launched') journal += ` ${scenario.asked ?? ''}`;
      const place = `${role} ${effect} ${nth} ${journal}`;
      if (seen.has(place) || isLikeAnother(one)) return [];
      seen.add(place);
      newest.set(pid, one);
      return pointsAt(one, follows).map((point) => ({
        ...point,
        scenario,
        name: `${scenario.name}: ${nameOf(point)}`,
      }));
    });
  });
}
