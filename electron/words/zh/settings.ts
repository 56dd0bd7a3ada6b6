import type { Words } from '../words.ts';
import { counts } from './counting.ts';

export const settings: Words['settings'] = {
  title: '设置',
  appearance: '外观',
  theme: '主题',
  themes: { system: '跟随系统', light: '浅色', dark: '深色' },
  language: '语言',
  languageSystem: '跟随系统',
  notifications: '通知',
  notificationsLead: '每条只通知一次；正在此窗口中查看时不通知。',
  notificationsLegend: '桌面通知的内容',
  notificationChoices: {
    all: { label: '问题和新消息', hint: '新消息：有新版本可用，或更新已完成。' },
    problems: { label: '仅问题', hint: '网关无法启动或需要处理，或更新被撤销。' },
    none: { label: '不通知' },
  },
  closing: '关闭窗口时',
  quitting: '退出 Holdfast 时',
  quittingLegend: '退出时的操作',
  quitChoices: {
    ask: { label: '询问我', hint: '每次有网关运行时。' },
    keep: { label: '让网关继续运行', hint: 'Holdfast 后台服务继续托管它们。' },
    stop: { label: '停止网关', hint: '它们会先完成手头的工作。' },
  },
  updates: '更新',
  check: '自动检查更新',
  checkHint: '启动后不久检查一次，此后每六小时一次。',
  installLegend: '何时安装新版本',
  installChoices: {
    ask: { label: '由我决定' },
    idle: { label: '我离开时', hint: '十分钟无人使用本机，且需要停止的网关都不在工作。' },
    night: { label: '夜间', hint: '条件相同，在两点到五点之间。' },
    quit: { label: '退出 Holdfast 时', hint: '网关继续运行。再次打开 Holdfast 时即为新版本。' },
  },
  confirmLegend: '询问是否保留新版本',
  confirmChoices: {
    off: { label: '不询问' },
    '5': {
      label: '询问，等待 5 分钟',
      hint: '在一切保持正常之后。若没有回答，Holdfast 会自动恢复旧版本。',
    },
    '15': { label: '询问，等待 15 分钟' },
    '60': { label: '询问，等待 1 小时' },
  },
  downloadLegend: '下载更新的速度',
  downloadLimits: {
    off: { label: '尽可能快', hint: '在可以判断的情况下，只下载有差异的部分。' },
    '250': { label: '每秒最多 250 kB' },
    '1000': { label: '每秒最多 1 MB' },
    '5000': { label: '每秒最多 5 MB' },
  },
  channelLegend: '提供哪些版本',
  channelChoices: {
    stable: { label: '稳定版本' },
    beta: { label: '也包括测试版本', hint: '更早获得新功能，但错误更多。仍会提供更新的稳定版本。' },
  },
  starting: 'Holdfast 启动时',
  startHidden: '启动时不显示窗口',
  startHiddenHint: '在托盘中一点即开。更新后会显示窗口。',
  startHiddenNoTray: '如果桌面不显示托盘（如此处），仍会显示窗口。',
  atLogin: '登录时启动我的网关',
  atLoginHint:
    '系统会在没有此窗口的情况下启动 Holdfast 后台服务，并在其丢失时重新启动。移除 Holdfast 之前请先关闭此项。',
  gateways: '适用于每个网关',
  logSize: '日志大小',
  logSizeHint: '网关日志达到此大小后重新开始；保留两个较旧的文件。',
  grace: '停止时限',
  graceHint: '今后添加的网关停止时最多可用的时间，超时将被强制结束。',
  megabytes: (count) => `${counts.number(count)} MB`,
  seconds: (count) => `${counts.number(count)} 秒`,
  minutes: (count) => `${counts.number(count)} 分钟`,
  reset: '重置',
  resetHint: '将此页的所有设置恢复为初始值。网关保持不变。',
  resetButton: '重置设置',
  wasReset: '设置已恢复为初始值。',
};

export const about: Words['about'] = {
  title: '关于 Holdfast',
  version: '版本',
  build: '构建',
  licence: '许可证',
  logs: '日志',
  showFolder: '显示文件夹',
  profiles: '配置',
  profilesHint: '每个网关一个文件。文件更改后会重新读取。',
};

export const service: Words['service'] = {
  title: '后台服务',
  lead: '一个托管网关的小程序，在此窗口关闭时和 Holdfast 更新时也在工作。',
  state: '状态',
  states: { connecting: '正在启动…', connected: '运行中', lost: '正在重新连接…' },
  runningFor: '已运行',
  survives: 'Holdfast 关闭后继续运行',
  unknown: '尚不清楚',
  process: '进程',
  livesAs: '独立于应用的方式',
  rungs: {
    setsid: '独立会话',
    'systemd-run': '你的 systemd 的一个单元',
    'cgroup-move': '独立控制组',
    'flatpak-spawn': '在主机上，位于沙盒之外',
    breakaway: '位于应用的作业之外',
    'no-breakaway': '独立进程组',
    'other-parent': '另一个父进程',
    wmi: '由 Windows 自身启动',
    'scheduled-task': '作为计划任务启动',
  },
};

export const report: Words['report'] = {
  title: '需要帮助时',
  make: '生成报告…',
  lead: '把帮助你的人需要看到的内容放在一个文件里：版本、设置、历史和日志，不含机密。不会发送到任何地方。',
  contents: '报告的内容',
  save: '保存…',
  size: (files, size) =>
    `${counts.number(files)} 个文件，压缩前 ${size}。变量的值、密码、令牌和主文件夹的名称均已隐藏。`,
  itsEnd: (size) => `末尾部分，${size}`,
  leftOut: '未包含：',
  saved: (file) => `报告已保存为 ${file}。转交之前请先查看一遍。`,
};

export const phone: Words['phone'] = {
  title: '发送到手机的消息',
  lead: 'Holdfast 后台服务也可以把桌面通知发送到手机，即使 Holdfast 已关闭。每条消息都发送到此处填写的服务器。',
  kind: '地址类型',
  kinds: { ntfy: 'ntfy', webhook: 'Webhook' },
  address: '地址',
  hint: {
    ntfy: 'ntfy.sh 或自己服务器上的主题。请选择别人猜不到的名称：知道名称的人都能看到消息。',
    webhook: '它会收到一个 JSON 对象，包含 title、message、severity、machine 和 text。',
  },
  tell: '手机通知的内容',
  test: '发送测试消息',
  change: '更改地址',
  remove: '停止发送',
  goesTo: (host) => `消息发送到 ${host}。地址的其余部分保密。`,
  away: 'Holdfast 后台服务不在时不可用。',
  removed: '不再向手机发送任何消息。',
  delivered: (when) => `上一条消息已于${when}送达。`,
  failed: '上一条消息没有送达：',
  again: (wait) => `${wait}后重试。`,
  givenUp: '已放弃。',
};

/** Of one gateway. */
export const gatewaySettings: Words['gatewaySettings'] = {
  agentsTitle: '智能体的权限',
  agents: '允许智能体启动、停止、重启和更新它',
  agentsHint: '通过 holdfast mcp。所有网关它们都可以查看。',
};
