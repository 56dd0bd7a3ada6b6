import { expect, it } from 'vitest';
import type { Traced } from './effects.ts';
import { pointsOf } from './points.ts';
import { scenarios } from './scenarios.ts';

const done = (effect: string, changes: Partial<Traced> = {}): Traced => ({
  ...{ pid: 1, role: 'watcher', effect, nth: 1, tearable: false, began: 0, ended: 0 },
  ...changes,
});

/** Of the first scenario, by what is done and when. */
function pointsIn(...traces: readonly (readonly Traced[])[]): string[] {
  const given = traces.flatMap((traced, n) => {
    const scenario = scenarios[n];
    return scenario ? [{ scenario, traced }] : [];
  });
  return pointsOf(given).map(({ effect, when, again }) =>
    [effect, when, again ?? ''].join(' ').trim(),
  );
}

it('what follows at once is one moment with what was before it, and what follows a wait is another', () => {
  expect(
    pointsIn([done('make a'), done('make b'), done('make c', { began: 1, ended: 1 })]),
  ).toEqual(['make a before', 'make a after', 'make b after', 'make c before', 'make c after']);
});

it('moments of two programs are never one', () => {
  expect(pointsIn([done('make a'), done('make b', { pid: 2 })])).toContain('make b before');
});

it('a write can be torn, and after a record is durable the next watcher is killed too', () => {
  expect(pointsIn([done('write a', { tearable: true })])).toContain('write a torn');
  expect(pointsIn([done('sync journal armed')])).toEqual([
    'sync journal armed before',
    'sync journal armed after',
    'sync journal armed after before',
    'sync journal armed after after',
  ]);
});

it('what is said of a new version makes two moments of one, once that runs', () => {
  const traced = [done('make a'), done('journal app-launched'), done('make b')];
  const given = scenarios.filter(({ asked }) => asked).map((scenario) => ({ scenario, traced }));
  const found = pointsOf(given).filter(
    ({ effect, when }) => /make/.test(effect) && when === 'after',
  );
  expect(found.map(({ effect }) => effect)).toEqual(['make a', 'make b', 'make b']);
});

it('what an earlier scenario has done in the same place is not listed again', () => {
  const alike = [done('journal armed'), done('make a')];
  const last = done('make b', { began: 1 });
  expect(pointsIn(alike, [...alike, last]).filter((one) => one.startsWith('make'))).toEqual([
    'make a after',
    'make b before',
    'make b after',
  ]);
});
