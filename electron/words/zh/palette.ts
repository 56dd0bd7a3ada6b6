import type { Words } from '../words.ts';
import { counts } from './counting.ts';

export const palette: Words['palette'] = {
  title: '查找与执行',
  placeholder: '打开视图，或启动、停止、重启网关',
  list: '可执行的操作',
  nothing: (query) => `没有与“${query}”匹配的内容。`,
  found: (count) => `${counts.number(count)} 个结果`,
  hint: '↑ ↓ 选择 · Enter 执行 · Esc 关闭',
  about: '关于 Holdfast',
  goTo: (view) => `转到${view}`,
  open: (name) => `打开 ${name}`,
  start: (name) => `启动 ${name}`,
  restart: (name) => `重启 ${name}`,
  stop: (verb, name) => `${verb} ${name}`,
  update: (name, version) => `将 ${name} 更新到 ${version}`,
  logs: (name) => `${name} 的日志`,
  history: (name) => `${name} 的历史`,
  profile: (name) => `${name} 的设置`,
  find: (name) => `在 ${name} 的日志中查找`,
  noGatewayShown: '请先打开一个网关：此操作针对当前显示的网关。',
  refused: (name, why) => `${name}：${why}`,
};

export const keys: Words['keys'] = {
  title: '快捷键',
  groups: {
    anywhere: '全局',
    gateway: '针对当前显示的网关',
    window: 'Holdfast 本身',
  },
};

export const whyNot: Words['whyNot'] = {
  notConnected: 'Holdfast 后台服务没有应答。',
  remote: '它在另一台计算机上运行。',
  takesNoOrders: (owner) => `它由 ${owner} 运行，不接受 Holdfast 的指令。`,
  released: '它因更新而暂停。',
  restarting: '它正在重启。',
  stopping: '它正在停止。',
  starting: '它已在启动。',
  waiting: '它即将重新启动。',
  runs: '它已在运行。',
  notRunning: '它没有运行。',
};
