import type { Words } from '../words.ts';
import { counts } from './counting.ts';

export const commands: Words['commands'] = {
  palette: '查找与执行…',
  home: '主页',
  update: '更新',
  add: '添加网关',
  settings: '设置',
  status: '概览',
  logs: '日志',
  history: '历史',
  profile: '网关设置',
  find: '在日志中查找',
  start: '启动',
  restart: '重启',
  stop: '停止',
  shortcuts: '快捷键',
  close: '关闭窗口',
  quit: '退出 Holdfast',
};

export const menu: Words['menu'] = {
  file: '文件(&F)',
  edit: '编辑(&E)',
  view: '查看(&V)',
  gateway: '网关(&G)',
  window: '窗口',
  help: '帮助(&H)',
  add: '添加网关…',
  settings: '设置…',
  close: '关闭窗口',
  quit: { linux: '退出', win32: '退出', darwin: '退出 Holdfast' },
  find: '在日志中查找…',
  palette: '查找与执行…',
  home: '主页',
  updates: '更新',
  noGateway: '未显示网关',
  overview: '概览',
  logs: '日志',
  history: '历史',
  profile: '网关设置',
  keys: '快捷键',
  logFolder: '显示日志文件夹',
  check: '检查更新…',
  about: '关于 Holdfast',
  undo: '撤销',
  redo: '重做',
  cut: '剪切',
  copy: '复制',
  paste: '粘贴',
  selectAll: '全选',
  resetZoom: '实际大小',
  zoomIn: '放大',
  zoomOut: '缩小',
  fullScreen: '切换全屏',
  services: '服务',
  hide: '隐藏 Holdfast',
  hideOthers: '隐藏其他',
  unhide: '全部显示',
};

export const tray: Words['tray'] = {
  open: '打开',
  logs: '日志',
  show: '显示 Holdfast',
  quit: '退出',
  running: (count) => `${counts.number(count)} 个运行中`,
  needsYou: '需要处理',
  updating: '正在更新…',
  unreachable: '无法连接后台服务',
  stale: '信息已过时：无法读取后台服务',
  connecting: '正在启动后台服务…',
  none: '还没有网关',
  summary: (running, all, troubled) =>
    `${counts.number(all)} 个网关中有 ${counts.number(running)} 个运行中${
      troubled > 0 ? `，${counts.number(troubled)} 个有问题` : ''
    }`,
  check: '检查更新…',
  updateTo: (version) => `更新到 ${version}…`,
  downloading: (version) => `正在下载 ${version}…`,
  updatingTo: (version) => `正在更新到 ${version}…`,
};

export const closing: Words['closing'] = {
  tray: {
    title: 'Holdfast 仍在托盘中',
    more: '网关继续运行。要结束 Holdfast 本身，请在托盘菜单中选择“退出”。',
  },
  noTray: {
    title: 'Holdfast 已最小化',
    more: '此桌面不显示托盘。网关继续运行。要结束 Holdfast 本身，请在其菜单中选择“退出”。',
  },
};

export const dialogs: Words['dialogs'] = {
  cancel: '取消',
  runThis: (name) => `要让 Holdfast 以“${name}”的名称运行以下内容吗？`,
  lookAfter: '托管',
  chooseProgram: '选择程序',
  chooseFolder: '选择文件夹',
  choose: '选择',
  openAddress: '要在浏览器中打开此地址吗？',
  open: '打开',
  sendThere: '要让 Holdfast 把有关网关的消息发送到此服务器吗？',
  send: '发送到那里',
  saveReport: '保存报告',
  saveLog: '保存日志',
  keepsCrashing: 'Holdfast 的窗口不断崩溃。',
  keepsCrashingMore: '网关不受影响。日志文件夹中有关于崩溃的更多信息。',
  loadAgain: '重新加载',
  leave: '保持原样',
  cantStart: 'Holdfast 无法启动',
};

export const notices: Words['notices'] = {
  failed: (name) => `${name} 无法启动`,
  crashing: (name) => `${name} 不断崩溃`,
  needsYou: (name) => `${name} 需要处理`,
  updateFailed: (name) => `${name} 更新失败`,
  undone: (name) => `${name} 的更新已撤销`,
  offered: (name, version) => `${name} ${version} 可用`,
  updated: (name, version) => (version === null ? `${name} 已更新` : `${name} 已更新到 ${version}`),
  many: {
    failed: (count) => `${counts.number(count)} 个网关无法启动`,
    crashing: (count) => `${counts.number(count)} 个网关不断崩溃`,
    'needs-you': (count) => `${counts.number(count)} 个网关需要处理`,
    undone: (count) => `${counts.number(count)} 个网关的更新已撤销`,
    offered: (count) => `${counts.number(count)} 个网关有新版本可用`,
    updated: (count) => `${counts.number(count)} 个网关已更新`,
  },
  more: (count) => `另外 ${counts.number(count)} 个`,
  names: (names) => `${counts.list(names)}。`,
};
