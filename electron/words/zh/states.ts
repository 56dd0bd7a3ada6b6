import type { Words } from '../words.ts';
import { counts } from './counting.ts';

export const states: Words['states'] = {
  stopped: '已停止',
  starting: '正在启动',
  running: '运行中',
  degraded: '异常',
  stopping: '正在停止',
  restarting: '正在重启',
  waiting: '等待重启',
  released: '因更新而暂停',
  failed: '无法启动',
  unreachable: '无法连接',
  reachable: '可以连接',
  byOthers: '由其他程序运行',
};

export const parts: Words['parts'] = {
  one: (name, why) => `${name} 需要处理${why === null ? '' : `：${why}`}`,
  several: (names) => `${counts.list(names)} 需要处理`,
  many: (count) => `有 ${counts.number(count)} 个部分需要处理`,
};

export const proofs: Words['proofs'] = {
  verified: '应答，且身份正确',
  healthy: '有应答',
  alive: '运行中',
};

export const survival: Words['survival'] = {
  proven: '是',
  assumed: '很可能',
  impossible: '此系统上不会',
};

export const orders: Words['orders'] = {
  start: '启动',
  startNow: '立即启动',
  restart: '重启',
  stop: '停止',
  pause: '暂停监视',
  update: (version) => `更新到 ${version}`,
};

export const quantities: Words['quantities'] = {
  percent: (number) => `${number}%`,
  seconds: (number) => `${number} 秒`,
  milliseconds: (number) => `${number} 毫秒`,
  perSecond: (size) => `${size}/秒`,
  justNow: '刚刚',
  left: (time) => `还剩 ${time}`,
};
