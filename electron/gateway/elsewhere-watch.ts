/**
 * Watches a gateway that others run: whether it answers, what it reports, when it ends. After its
 * end its owner has a moment to bring it back before it counts as gone.
 */
import type { Problem } from '../contract/gateway.ts';
import type { Profile } from '../contract/profile.ts';
import type { Clock, ExitWaiter } from '../process/index.ts';
import { Addresses } from './addresses.ts';
import type { Elsewhere } from './elsewhere.ts';
import type { Finding } from './judgement.ts';
import { LastHeard } from './last-heard.ts';
import { watchRemote } from './remote.ts';
import type { Reading } from './report.ts';
import { watchReport } from './report-watch.ts';
import { SignsOfLife } from './signs-of-life.ts';
import { Tasks } from './tasks.ts';
import type { Tuning } from './types.ts';
import { beats, Complaints, type Look, watchVitals } from './vitals.ts';

/** runit waits a second between two starts, systemd 100 ms unless told; together 8 s. */
const comebackMs = [50, 200, 750, 1_000, 2_000, 4_000];

export interface ElsewhereWatch {
  readonly profile: Profile;
  readonly found: Elsewhere;
  readonly dataDir: string;
  readonly waiter: ExitWaiter;
  readonly clock: Clock;
  readonly tuning: Tuning;
  /** False: nobody waits for its coming back. */
  wanted(): boolean;
  /** Looks again: who runs it now? */
  look(): Promise<Elsewhere | null>;
  onBack(found: Elsewhere): void;
  onGone(): void;
  /** Null: it is well. */
  onProblem(problem: Problem | null): void;
  onReport(reading: Reading | null): void;
}

/** Returns the function that ends it. */
export function watchElsewhere(watch: ElsewhereWatch): () => void {
  const { profile, found, clock } = watch;
  const { program } = profile;
  if (program.type === 'remote') return watchRemote({ ...watch, program, name: profile.name });
  const { identity } = found;
  if (!identity) return () => {};
  const tasks = new Tasks(clock);
  const complaints = new Complaints();
  const { dataDir, tuning } = watch;
  const { report: spec, name, port, https } = profile;
  const addresses = new Addresses(profile);
  const heard = new LastHeard(clock);
  let reports = false;
  const signs = new SignsOfLife({
    identity,
    clock,
    beats: () => beats(profile, dataDir),
    reports: () => reports,
  });
  addresses.take(signs.listens());
  let endVitals = (): void => {};
  let endReport = (): void => {};
  let over = false;

  const onFinding = (look: Look, finding: Finding): void => {
    if (over) return;
    complaints.put(look, finding.type === 'well' ? null : leftAlone(finding, watch));
    watch.onProblem(complaints.first());
    // A hang ends the look; one that is left alone is looked at on.
    if (finding.type === 'hung') queueMicrotask(lookOn);
  };
  const lookOn = (): void => {
    endVitals();
    if (over) return;
    endVitals = watchVitals({
      profile,
      addresses,
      dataDir,
      clock,
      tuning,
      signs,
      heard,
      wasReady: () => true,
      onFinding,
    });
  };
  const awaitComeback = ([wait, ...more]: readonly number[]): void => {
    if (wait === undefined) {
      watch.onGone();
      return;
    }
    tasks.later(wait, async () => {
      const back = await watch.look();
      if (over) return;
      if (back) watch.onBack(back);
      else awaitComeback(more);
    });
  };

  lookOn();
  if (spec) {
    const { onReport } = watch;
    const onSaid = (finding: Finding) => onFinding('report', finding);
    // Whenever it was started: by its pid alone are its words known to be its own.
    const host = () => addresses.current;
    const reporter = { spec, dataDir, identity, startedAt: 0, port, https, clock, host };
    const onLook = (reading: Reading | null): void => {
      reports = reading?.live === true;
    };
    endReport = watchReport({ ...reporter, name, onReport, onFinding: onSaid, onLook });
  }
  const end = (): void => {
    endVitals();
    endReport();
  };
  const forget = watch.waiter.watch(identity, () => {
    end();
    watch.onReport(null);
    awaitComeback(found.owner.takesOrders && watch.wanted() ? comebackMs : []);
  });
  return () => {
    over = true;
    forget();
    tasks.cancelAll();
    end();
  };
}

function leftAlone(
  finding: Exclude<Finding, { type: 'well' }>,
  { profile, found }: ElsewhereWatch,
): Problem {
  if (finding.type === 'complaint') return finding.problem;
  return {
    message: `${profile.name} does not answer. ${found.owner.name} looks after it, so it is left alone.`,
  };
}
