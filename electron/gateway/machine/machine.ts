/**
 * One gateway's life as a pure reducer: state and event in, state and effects out. The supervisor
 * carries the effects out in their order and reports back as events.
 *
 *                 start            spawned              ready
 *     ┌─────────┐ ────► ┌─────────┐ ────► ┌──────────┐ ─────► ┌─────────┐ ◄─► ┌──────────┐
 *     │ stopped │       │ waiting │       │ starting │        │ running │     │ degraded │
 *     └─────────┘       └─────────┘ ◄──── └──────────┘        └─────────┘     └──────────┘
 *          ▲              ▲  │  ▲  exited     │                    │ exited        │ exited
 *          │              │  │  └─────────────┼────────────────────┴───────────────┘
 *          │        ended │  │ spawn-failed,  │ stop, restart, release, hung, overdue, port-held
 *          │              │  ▼ port-held      ▼
 *          │              │ ┌────────┐   ┌──────────┐  ended   ┌──────────┐
 *          └──────────────┼─┤ failed │   │ stopping ├────────► │ released ├─ resume ─► waiting
 *            ended        │ └────────┘   └────┬─────┘          └──────────┘
 *                         └───────────────────┘
 *
 * Beside these stands `external`: the gateway runs, managed by someone else (external.ts).
 *
 * A gateway that is alive but was not ready in time is `degraded` too (`unready`): from there `ready`
 * leads to `running`, and `overdue` to `stopping`, as from `starting`.
 *
 * `waiting` with a delay of zero is passed through within one step: a killed gateway is started
 * again inside its exit event. `failed` checks again by itself when the cause can pass by itself.
 */
import type { Context, Event, Model, Step } from '../model.ts';
import { causeFound, ended, exited, outputRead } from './exits.ts';
import { reduceExternal } from './external.ts';
import {
  hung,
  overdue,
  portHeld,
  proved,
  ready,
  recovered,
  unready,
  withProblem,
} from './health.ts';
import { idle, intend, release, restartWhenIdle, resume } from './intents.ts';
import { adopted, due, spawned, spawnFailed } from './starts.ts';
import { same } from './steps.ts';

export function reduce(model: Model, event: Event, context: Context): Step {
  return reduceExternal(model, event, context) ?? reduceOwn(model, event, context);
}

function reduceOwn(model: Model, event: Event, context: Context): Step {
  switch (event.type) {
    // What the user or an update wants: intents.ts
    case 'start':
      return intend(model, event.type, context);
    case 'stop':
    case 'restart':
      return intend(model, event.type, context, event.by);
    case 'restart-when-idle':
      return restartWhenIdle(model, context, event.by);
    case 'not-when-idle':
      return model.restartWhenIdle
        ? { model: { ...model, restartWhenIdle: false, stopBy: null }, effects: [] }
        : same(model);
    case 'idle':
      return idle(model, context);
    case 'release':
      return release(model, context, event.by);
    case 'resume':
      return resume(model, context);

    // How a start goes: starts.ts
    case 'due':
      return due(model, context);
    case 'spawned':
      return spawned(model, event, context);
    case 'spawn-failed':
      return spawnFailed(model, event, context);
    case 'adopted':
      return adopted(model, event);

    // How the process is: health.ts
    case 'ready':
      return ready(model, event, context);
    case 'unready':
      return unready(model, event.problem, context);
    case 'overdue':
      return overdue(model, event.problem, context);
    case 'problem':
      return withProblem(model, event.problem);
    case 'proved':
      return proved(model, event);
    case 'recovered':
      return recovered(model, event);
    case 'hung':
      return hung(model, event, context);
    case 'port-held':
      return portHeld(model, event.problem, context);

    // How it ended: exits.ts
    case 'exited':
      return exited(model, event, context);
    case 'cause-found':
      return causeFound(model, event.certainty);
    case 'output-read':
      return outputRead(model, event);
    case 'ended':
      return ended(model, event, context);

    // Only while it is external: external.ts
    case 'external-found':
    case 'external-checked':
    case 'external-ended':
      return same(model);
  }
}
