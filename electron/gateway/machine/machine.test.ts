import { describe, expect, it } from 'vitest';
import type { GatewayStatus } from '../../contract/gateway.ts';
import { type Context, type Event, initialModel, type Model, type Step } from '../model.ts';
import { reduce } from './machine.ts';

const identity = { pid: 4242, startedAt: 'then', nonce: 'n' };
const other = { pid: 4243, startedAt: 'then', nonce: 'm' };

function context(now = 0): Context {
  return {
    now,
    wall: 1_000_000 + now,
    random: 0.999,
    name: 'G',
    graceMs: 10_000,
    exitCodes: { restart: [75], fatal: [78] },
    recheckMs: 30_000,
  };
}

function run(model: Model, events: readonly Event[], now = 0): Step {
  return events.reduce<Step>((step, event) => reduce(step.model, event, context(now)), {
    model,
    effects: [],
  });
}

const exited = (code: number | null = 1): Event => ({
  type: 'exited',
  code,
  signal: code === null ? 'SIGKILL' : null,
  conflict: null,
  exitReport: null,
});
const spawned: Event = { type: 'spawned', identity };
const ready: Event = { type: 'ready', proof: 'verified', readyAt: 7 };
const stopped = initialModel('stopped');
const running = run(stopped, [{ type: 'start' }, spawned, ready]).model;
const kinds = (step: Step): string[] => step.effects.map((effect) => effect.type);

describe("a gateway's machine", () => {
  it('starts, serves, and is started again in the same step as its exit', () => {
    expect(running.state.status).toBe('running');
    const step = run(running, [exited(null)]);
    const effects = kinds(step);
    expect(effects.indexOf('spawn')).toBeLessThan(effects.indexOf('save'));
    expect(effects).not.toContain('timer');
    expect(step.model.restarts).toBe(1);
    expect(step.model.lastExit?.reason).toBe('ended by SIGKILL');
  });

  it('remembers how long its starts took, and not of one that it took over', () => {
    const took = (tookMs: number): Event => ({ ...ready, tookMs });
    const first = run(stopped, [{ type: 'start' }, spawned, took(120)]).model;
    const second = run(first, [exited(null), spawned, took(340)]).model;
    expect(second.pastStarts).toEqual([120, 340]);
    const adopted = run(stopped, [{ type: 'adopted', identity: other, startedAt: 1 }, took(5)]);
    expect(adopted.model.pastStarts).toEqual([]);
  });

  it('counts no crash when an adopted one may have asked for a start [R76]', () => {
    const unknown: Event = {
      type: 'exited',
      code: null,
      signal: null,
      conflict: null,
      exitReport: null,
    };
    const adopted = run(stopped, [{ type: 'adopted', identity: other, startedAt: 1 }, ready]);
    const step = run(adopted.model, [unknown]);
    expect(kinds(step)).toContain('spawn');
    expect(step.model.restarts).toBe(0);
    expect(step.model.lastExit?.reason).toContain('as it was adopted');
    // The end of our child is known, and so is that of a killed process.
    expect(run(running, [unknown]).model.restarts).toBe(1);
    expect(run(adopted.model, [exited(null)]).model.restarts).toBe(1);
  });

  it('that asks for another start three times without being ready has failed, which its problem says [R74]', () => {
    const asks = exited(75);
    const begun = run(stopped, [{ type: 'start' }, spawned, asks, spawned, asks]);
    expect(begun.model.restarts).toBe(0);
    const third = run(begun.model, [{ type: 'due' }, spawned, asks]).model;
    expect(third.restarts).toBe(1);
    expect(third.state).toMatchObject({
      problem: {
        message: 'G asked to be started again (exit code 75) 3 times without ever being ready.',
      },
    });
    // Once it was ready, the next request is one like any other.
    const served = run(third, [{ type: 'due' }, spawned, ready, asks]).model;
    expect(served.restarts).toBe(1);
  });

  it('believes a state file that asks for another start', () => {
    const exitReport = { restart: true, stopped: false, reason: null };
    const asks: Event = {
      type: 'exited',
      code: null,
      signal: null,
      conflict: null,
      exitReport: exitReport,
    };
    expect(run(running, [asks]).model.restarts).toBe(0);
  });

  it('waits longer after each failure, and begins again after 60 s of service', () => {
    const again = run(running, [exited(), spawned, exited()]);
    expect(again.model.state.status).toBe('waiting');
    expect(again.effects).toContainEqual({ type: 'timer', ms: 250 * (1 + 0.2 * 0.999) });
    const served = run(again.model, [{ type: 'due' }, spawned, ready]).model;
    expect(kinds(run(served, [exited()], 60_000))).toContain('spawn');
    expect(kinds(run(served, [exited()], 59_999))).toContain('timer');
  });

  it('never exceeds 30 starts in 10 minutes of a restart storm, and never gives up', () => {
    let model = run(stopped, [{ type: 'start' }, spawned]).model;
    let now = 0;
    const starts = [now];
    while (now < 3_600_000) {
      const step = reduce(model, exited(), context(now));
      const timer = step.effects.find((effect) => effect.type === 'timer');
      now += timer?.type === 'timer' ? timer.ms : 0;
      const due = timer ? reduce(step.model, { type: 'due' }, context(now)) : step;
      expect(kinds(due)).toContain('spawn');
      model = reduce(due.model, spawned, context(now)).model;
      starts.push(now);
    }
    for (const from of starts) {
      expect(starts.filter((at) => at >= from && at < from + 600_000).length).toBeLessThanOrEqual(
        30,
      );
    }
    expect(now - (starts.at(-2) ?? 0)).toBeLessThanOrEqual(36_000);
  });

  it('honours the exit contract [F17]', () => {
    const fatal = run(running, [exited(78)]);
    expect(fatal.model.state.status).toBe('failed');
    expect(kinds(fatal)).not.toContain('timer');
    const asked = run(running, [exited(75)]);
    expect(kinds(asked)).toContain('spawn');
    expect(asked.model.restarts).toBe(0);
    expect(kinds(run(running, [exited(0)]))).toContain('spawn');
  });

  it('writes the desired state down before it acts', () => {
    for (const type of ['stop', 'restart', 'release'] as const) {
      const [first] = reduce(running, { type }, context()).effects.filter(
        (effect) => effect.type === 'save' || effect.type === 'end',
      );
      expect(first).toEqual({ type: 'save', when: 'now' });
    }
    expect(reduce(stopped, { type: 'start' }, context()).effects[0]).toEqual({
      type: 'save',
      when: 'now',
    });
  });

  it('does not start what an update has released, whatever the user asks', () => {
    const released = run(running, [
      { type: 'release' },
      exited(0),
      { type: 'ended', identity, problem: null },
    ]).model;
    expect(released.state.status).toBe('released');
    for (const type of ['start', 'stop', 'restart', 'due'] as const) {
      const step = reduce(released, { type }, context());
      expect(step.model.state.status).toBe('released');
      expect(kinds(step)).not.toContain('spawn');
    }
    expect(kinds(reduce(released, { type: 'resume' }, context()))).toContain('spawn');
    const unwanted = reduce(released, { type: 'stop' }, context()).model;
    expect(reduce(unwanted, { type: 'resume' }, context()).model.state.status).toBe('stopped');
  });

  it('starts inside the exit of a release that is resumed already', () => {
    const step = run(running, [{ type: 'release' }, { type: 'resume' }, exited(0)]);
    expect(kinds(step)).toContain('spawn');
  });

  it('ignores the end of a stop of another process', () => {
    const stopping = run(running, [{ type: 'stop' }]).model;
    const step = reduce(stopping, { type: 'ended', identity: other, problem: null }, context());
    expect(step.model.state.status).toBe('stopping');
  });

  it('keeps the budget when a passing failure returns again and again', () => {
    const starts: number[] = [];
    let step = run(stopped, [{ type: 'start' }]);
    const conflict = { message: 'held' };
    const exit: Event = { type: 'exited', code: 1, signal: null, conflict, exitReport: null };
    for (let now = 0; now < 1_200_000; ) {
      const timer = step.effects.find((effect) => effect.type === 'timer');
      if (timer) {
        now += timer.ms;
        step = reduce(step.model, { type: 'due' }, context(now));
        continue;
      }
      starts.push(now);
      step = run(step.model, [spawned, exit], now);
      // A check each second leads to a start each second.
      step = { ...step, effects: [{ type: 'timer', ms: 1_000 }] };
    }
    const most = Math.max(
      ...starts.map((from) => starts.filter((at) => at >= from && at < from + 600_000).length),
    );
    expect(most).toBe(30);
  });

  it('checks a held port again later, unless the gateway is unwanted', () => {
    const problem = { message: 'held' };
    const starting = run(stopped, [{ type: 'start' }, spawned]).model;
    const failed = reduce(
      starting,
      { type: 'exited', code: 75, signal: null, conflict: problem, exitReport: null },
      context(),
    );
    expect(failed.model.state).toEqual({ status: 'failed', problem });
    expect(failed.effects).toContainEqual({ type: 'timer', ms: 30_000 });
    expect(kinds(reduce(failed.model, { type: 'due' }, context()))).toContain('spawn');
    const unwanted = reduce(failed.model, { type: 'stop' }, context());
    expect(kinds(unwanted)).toContain('cancel-timer');
    expect(kinds(reduce(unwanted.model, { type: 'due' }, context()))).not.toContain('spawn');
  });

  it('gives a hung gateway its grace, and kills at once only what can’t hear', () => {
    const problem = { message: 'hung' };
    const endOf = (step: Step) => step.effects.find((effect) => effect.type === 'end');
    const hung = reduce(running, { type: 'hung', problem, canHear: 'yes' }, context());
    expect(endOf(hung)).toEqual({ type: 'end', identity, graceMs: 10_000, mayNotHear: false });
    const unsure = reduce(running, { type: 'hung', problem, canHear: 'maybe' }, context());
    expect(endOf(unsure)).toMatchObject({ graceMs: 10_000, mayNotHear: true });
    const deaf = reduce(running, { type: 'hung', problem, canHear: 'no' }, context());
    expect(endOf(deaf)).toMatchObject({ graceMs: 0, mayNotHear: false });
    const starting = run(stopped, [{ type: 'start' }, spawned]).model;
    const late = reduce(starting, { type: 'overdue', problem }, context());
    expect(endOf(late)).toMatchObject({ graceMs: 10_000, mayNotHear: false });
    expect(run(hung.model, [exited(null)]).model.lastExit?.reason).toBe('hung');
  });

  it('leaves a late gateway running, shows it, and accepts it when it is ready', () => {
    const problem = { message: 'answers 403' };
    const late = run(stopped, [{ type: 'start' }, spawned, { type: 'unready', problem }]);
    expect(late.model.state).toMatchObject({ status: 'degraded', unready: true, problem });
    expect(kinds(late)).toEqual(expect.arrayContaining(['check-health', 'save']));
    // That it answers its health check does not make it ready.
    const recovered = run(late.model, [{ type: 'recovered', proof: 'healthy' }]).model;
    expect(recovered.state).toEqual(late.model.state);
    expect(run(late.model, [ready]).model.state).toMatchObject({ status: 'running' });
    const gaveUp = run(late.model, [{ type: 'overdue', problem }]).model;
    expect(gaveUp.state).toMatchObject({ status: 'stopping', next: 'restart' });
    // It may have served all the time: an end after hours is no failed start.
    expect(kinds(run(late.model, [exited()], 3_600_000))).toContain('spawn');
  });

  it('restarts when it is idle, unless that was taken back [U23]', () => {
    const waiting = run(running, [{ type: 'restart-when-idle' }]).model;
    expect(waiting.restartWhenIdle).toBe(true);
    expect(run(waiting, [{ type: 'idle' }]).model.state.status).toBe('stopping');
    const not = run(waiting, [{ type: 'not-when-idle' }]).model;
    expect(not.restartWhenIdle).toBe(false);
    expect(run(not, [{ type: 'idle' }]).model.state.status).toBe('running');
  });

  it('survives every event in every state', () => {
    const problem = { message: 'p' };
    const events: Event[] = [
      ...(['start', 'stop', 'restart', 'release', 'resume', 'due', 'not-when-idle'] as const).map(
        (type) => ({
          type,
        }),
      ),
      spawned,
      ready,
      exited(),
      { type: 'spawn-failed', problem, busy: false },
      { type: 'spawn-failed', problem, busy: true },
      { type: 'adopted', identity: other, startedAt: 1 },
      ...(['overdue', 'unready', 'problem', 'port-held'] as const).map((type) => ({
        type,
        problem,
      })),
      ...(['no', 'maybe', 'yes'] as const).map((canHear) => ({
        type: 'hung' as const,
        problem,
        canHear,
      })),
      { type: 'recovered', proof: 'healthy' },
      { type: 'proved', proof: 'verified' },
      { type: 'ended', identity, problem: null },
      { type: 'ended', identity, problem },
    ];
    const met = new Map<string, Model>([[JSON.stringify(stopped), stopped]]);
    const statuses = new Set<GatewayStatus>();
    let edge = [stopped];
    for (let depth = 0; depth < 4; depth += 1) {
      const next: Model[] = [];
      for (const model of edge) {
        for (const event of events) {
          const step = reduce(model, event, context());
          statuses.add(step.model.state.status);
          // What lives is never forgotten, and nothing is started beside it.
          const alive = 'identity' in model.state;
          if (alive && !('identity' in step.model.state))
            expect(['exited', 'ended']).toContain(event.type);
          if (kinds(step).includes('spawn')) expect(step.model.state.status).toBe('waiting');
          const key = JSON.stringify(step.model);
          if (!met.has(key)) next.push(step.model);
          met.set(key, step.model);
        }
      }
      edge = next;
    }
    expect(statuses.size).toBe(8);
  });
});
