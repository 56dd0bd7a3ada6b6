/** What a gateway is like, in window, tray and command line. */
import { counts } from './counting.ts';

export const states = {
  stopped: 'Stopped',
  starting: 'Starting',
  running: 'Running',
  degraded: 'Not healthy',
  stopping: 'Stopping',
  restarting: 'Restarting',
  waiting: 'Waiting to restart',
  released: 'Paused for the update',
  failed: 'Can’t start',
  unreachable: 'Unreachable',
  reachable: 'Reachable',
  byOthers: 'Run by others',
};

/** What the parts of a gateway need. */
export const parts = {
  /** `Discord needs you: token refused` */
  one: (name: string, why: string | null): string =>
    `${name} needs you${why === null ? '' : `: ${why}`}`,
  several: (names: readonly string[]): string => `${counts.list(names)} need you`,
  many: (count: number): string => `${counts.number(count)} of its parts need you`,
};

/** What a check has shown of a gateway that runs. */
export const proofs = {
  verified: 'answers as the right one',
  healthy: 'answers',
  alive: 'runs',
};

/** Whether it keeps running when Holdfast closes. */
export const survival = {
  proven: 'yes',
  assumed: 'most likely',
  impossible: 'not on this system',
};

/** What can be asked of a gateway. */
export const orders = {
  start: 'Start',
  startNow: 'Start now',
  restart: 'Restart',
  stop: 'Stop',
  /** Of a gateway on another machine, which is only no longer asked. */
  pause: 'Pause watching',
  update: (version: string): string => `Update to ${version}`,
};

export const quantities = {
  /** `99.98 %` */
  percent: (number: string): string => `${number} %`,
  /** `0.4 s` */
  seconds: (number: string): string => `${number} s`,
  milliseconds: (number: string): string => `${number} ms`,
  perSecond: (size: string): string => `${size}/s`,
  justNow: 'just now',
  left: (time: string): string => `${time} left`,
};
