import type { Words } from '../words.ts';
import { counts } from './counting.ts';

export const home: Words['home'] = {
  title: '主页',
  yours: '你的网关',
  oneProblem: '出现了问题',
  problems: (troubled, all) =>
    `${counts.number(all)} 个网关中有 ${counts.number(troubled)} 个出现问题`,
  allRun: '一切运行正常',
  noneRuns: '没有网关在运行',
  oneMoment: '请稍候…',
  someRun: (well, all) => `${counts.number(all)} 个网关中有 ${counts.number(well)} 个在运行`,
  troubled: '有问题',
  untroubled: '没有问题',
  rest: '其他网关',
  actions: (name) => `${name} 的操作`,
  action: (verb, name) => `${verb}：${name}`,
  logs: '日志',
};

export const broken: Words['broken'] = {
  title: '无法使用的配置',
  open: '打开文件',
  after: '保存后立即生效。',
  inForce: '在正确保存之前，文件此前的内容仍然有效。',
};

export const details: Words['details'] = {
  waitingForAnswer: (time) => `等待应答，已 ${time}`,
  up: (time) => `已运行 ${time}`,
  healthy: (time) => `已正常运行 ${time}`,
  timeToFinish: (time) => `还有 ${time}完成`,
  outOfTime: '已超时，正在强制结束',
  nextStart: (time) => `${time}后再次启动`,
  startingNow: '正在启动',
  released: (time) => `已 ${time}，直到新版本就位`,
  watched: (time) => `已监视 ${time}`,
  justStarted: '刚刚启动',
  port: (port) => `端口 ${port}`,
  restartsToday: (count) => (count === 0 ? '今天没有重启' : `今天重启 ${counts.number(count)} 次`),
  lastRan: (when) => `上次运行：${when}`,
  neverStarted: '尚未启动过',
  attempt: (attempt) => `第 ${attempt} 次尝试`,
};

export const explanations: Words['explanations'] = {
  restartsWhenDone: (tasks) => `${counts.number(tasks)} 个任务完成后重启。`,
  waitsUntilDone: (tasks) => `正在等待 ${counts.number(tasks)} 个任务完成。`,
  forFiles: '为替换文件而停止。',
  startsAgain: '结束后立即重新启动。',
  attempt: (attempt) => `这是第 ${attempt} 次尝试。`,
  notStarted: '尚未启动过。',
  remote: (address) => `它在另一台计算机上运行，通过 ${address} 查询。`,
  takesOrders: (owner) => `由 ${owner} 管理。启动、停止和重启会转交给它。`,
  leftAlone: (owner) => `由 ${owner} 运行，Holdfast 不干预。它结束后由 Holdfast 启动。`,
};

export const gateway: Words['gateway'] = {
  demo: '（随 Holdfast 提供）',
  views: (name) => `${name} 的视图`,
  tabs: { status: '概览', logs: '日志', history: '历史', profile: '设置' },
  control: (name) => `控制 ${name}`,
  endNow: '立即结束',
  restartWhenIdle: '空闲时重启',
  restartsWhenIdle: '将在空闲时重启',
  changed: '设置已更改',
  changedMore: '下次启动时生效。',
};

export const profile: Words['profile'] = {
  edit: '编辑',
  editOf: (name) => `编辑 ${name}`,
  rename: '重命名',
  duplicate: '复制一份',
  duplicated: (name) => `这是 ${name} 的副本。在你启动之前它不会运行。`,
  of: (name) => `${name} 的配置`,
  how: '运行方式',
  unreadable: '目前无法读取其配置。',
  when: 'Holdfast 启动和更新时',
  onUpdate: 'Holdfast 更新时',
  command: '命令',
  folder: '文件夹',
  address: '地址',
  program: '程序',
  shipped: '随 Holdfast 提供',
  port: '端口',
  variables: '环境变量',
  autostart: '随 Holdfast 后台服务启动',
  autostartHint: '关闭时：仅在你要求时启动。',
  openFolder: '打开配置文件夹',
};

export const removal: Words['removal'] = {
  title: '从 Holdfast 移除',
  updating: '正在更新。更新后才能移除。',
  external: (name) => `Holdfast 不再托管它。${name} 本身保持原样。`,
  running: '它正在运行，会先停止。其日志和数据保留在磁盘上。',
  stopped: '其配置将被移除。其日志和数据保留在磁盘上。',
  removed: (name) => `已移除 ${name}。`,
  stoppedAndRemoved: (name) => `已停止并移除 ${name}。`,
};

export const facts: Words['facts'] = {
  title: '详细信息',
  runBy: '运行者',
  restarts: '重启次数',
  noRestarts: '无',
  lastStop: '上次结束',
  noStop: '未见过',
  started: '启动时间',
  checked: '检查结果',
  logFile: '日志文件',
  showLogFile: '显示日志文件',
  proofs: {
    verified: '它以启动时所给的秘密标记及其构建号应答。',
    healthy: '健康检查通过。',
    alive: '进程在运行；没有健康检查。',
  },
};

export const trouble: Words['trouble'] = {
  title: '问题所在',
  printed: '最后的输出',
  otherPort: '使用其他端口',
  itsSettings: '网关设置',
};

export const ownReport: Words['ownReport'] = {
  title: '网关自述',
  state: '状态',
  busy: '正在处理',
  nothing: '无',
  tasks: (count) => `${counts.number(count)} 个任务`,
  because: '原因',
  parts: '各部分',
};

export const usage: Words['usage'] = {
  title: '内存与处理器',
  memory: '内存',
  cpu: '处理器',
  measuring: '正在测量…',
  range: (least, most) => `${least} 至 ${most}`,
  line: (what, now, range) => `${what}，自查看以来，最多两分钟：当前 ${now}，${range}`,
  note: (processes) =>
    `${counts.number(processes)} 个进程。仅在显示此窗口时测量；100% 为一个处理器。`,
};

export const offers: Words['offers'] = {
  pinned: (name, version, failed) =>
    `${name} 运行之前的版本 ${version}，因为到 ${failed} 的更新失败。`,
  unseen: (name) => `Holdfast 还看不出 ${name} 是否正常。`,
  watchPort: '监视此端口',
  useCheck: '使用此检查',
  listens: (port) => `它监听端口 ${port}。从下次启动起，Holdfast 可以等待该端口就绪。`,
  answers: (port, path) =>
    `它监听端口 ${port}，并在 ${path} 应答。从下次启动起，Holdfast 可以在那里查询，并在它卡住时重启。`,
};

export const versions: Words['versions'] = {
  title: '版本',
  available: (name, version) => `${name} ${version} 可用。`,
  installedNow: (version) => `已安装版本 ${version}。`,
  stops: '更新时会停止网关。',
  undoable: '如果新版本失败，将恢复旧版本。',
  notUndoable: '其配置没有说明如何恢复旧版本。',
  updated: (name, from, to) =>
    `${name} 已${from === null ? '' : `从 ${from} `}更新${to === null ? '' : `到 ${to}`}。`,
  updating: (name, from, to) =>
    `正在${from === null ? '' : `从 ${from} `}更新 ${name}${to === null ? '' : ` 到 ${to}`}…`,
  keep: '保留',
  goBack: '恢复旧版本',
  check: '立即检查',
  installed: '已安装',
  newest: '最新',
  asked: (when) => `查询于${when}`,
  when: '安装新版本',
  lastUpdate: '上次更新',
  byItself: '，自动',
  away: (time) => `；中断 ${time}`,
  clients: (how) => `；客户端：${how}`,
  updaterSays: '更新程序的结果',
  wasUpdated: (name) => `${name} 已更新。`,
};

export const history: Words['history'] = {
  day: '过去 24 小时',
  dayOf: (name) => `${name}，过去 24 小时`,
  nothing: '尚未发生任何事情。',
  damaged: (count) => `有 ${counts.number(count)} 条记录无法读取。`,
  steps: '各步用时',
  step: { output: '首次输出', open: '端口打开', answer: '首次应答', ready: '就绪' },
  thisStart: '本次启动',
  usualStart: '通常',
  unseen: '未见',
  slowest: (step: string, time: string): string => `最慢的一步：${step}，${time}。`,
  older: '显示更早的',
  problem: '问题：',
  piece: (from, to, state, time) => `${from} 至 ${to}，${state}，${time}`,
  pieceBecause: (piece, reason) => `${piece}：${reason}`,
  pieceAlone: (piece) => `${piece}。`,
};
