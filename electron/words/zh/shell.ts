import type { Words } from '../words.ts';
import { counts } from './counting.ts';

export const sidebar: Words['sidebar'] = {
  home: '主页',
  add: '添加',
  updates: '更新',
  settings: '设置',
  gateways: '网关',
  marks: { news: '有新版本等待更新', busy: '更新正在进行', problem: '更新需要处理' },
  broken: (count) => `有 ${counts.number(count)} 个配置无法使用`,
};

export const titles: Words['titles'] = {
  welcome: '欢迎',
  logs: (gateway) => `${gateway} 的日志`,
  history: (gateway) => `${gateway} 的历史`,
  profile: (gateway) => `${gateway} 的设置`,
};

export const opening: Words['opening'] = {
  waiting: '正在打开 Holdfast…',
  noAnswer: 'Holdfast 没有应答',
  noAnswerMore: '正在自动重试；如果一直如此，请退出 Holdfast 并重新启动。',
  noBridge: '此窗口没有连接到 Holdfast',
  noBridgeMore: '缺少与应用的连接。请退出 Holdfast 并重新启动；如果一直如此，请重新安装。',
  looking: '正在查找网关…',
};

export const banners: Words['banners'] = {
  stale: (since) => `显示的内容已过时，自 ${since} 起`,
  appStale: 'Holdfast 会自动重试。',
  serviceStale: 'Holdfast 后台服务有应答，但无法读取其内容。网关继续运行；Holdfast 会继续尝试。',
  connecting: '正在启动 Holdfast 后台服务…',
  notAffected: '网关不受影响。',
  reconnecting: '正在重新连接 Holdfast 后台服务…',
  lastKnown: '显示的是最后已知的状态；运行中的网关继续运行。',
  updating: (version) => `正在更新到 Holdfast ${version}…`,
  runsNow: (version) => `现在运行的是 Holdfast ${version}。要保留吗？`,
  keepVersion: (version) => `保留版本 ${version}`,
  goBackTo: (version) => `恢复到 ${version}`,
  notKept: (version) => `若没有回答，Holdfast 会自动恢复到 ${version}。`,
  receipt: '更新记录',
  found: (names) => `在此计算机上找到：${names.join('、')}`,
  look: '查看',
  canLookAfter: (count) => `Holdfast 可以托管${count === 1 ? '它' : '它们'}。`,
};

export const quitting: Words['quitting'] = {
  title: () => '让网关继续运行吗？',
  stop: '停止并退出',
  keep: '继续运行并退出',
  more: (names) => `${counts.list(names)} 正在运行。Holdfast 关闭期间，其后台服务可以继续托管。`,
  remember: '记住我的选择',
};
