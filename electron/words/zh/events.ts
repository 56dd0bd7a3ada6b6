import type { Words } from '../words.ts';
import { counts } from './counting.ts';

export const eventStates: Words['eventStates'] = {
  up: '运行中',
  unwell: '异常',
  down: '中断',
  off: '已停止',
  unknown: '未知',
};

export const watchReasons: Words['watchReasons'] = {
  boot: '计算机已启动，Holdfast 开始托管',
  started: 'Holdfast 后台服务已启动',
  added: '从现在起由 Holdfast 托管',
  succession: '更新的后台服务已接管',
  'taken-back': '后台服务已重新接管',
  other: '由 Holdfast 托管',
};

export const unwatchReasons: Words['unwatchReasons'] = {
  succession: '后台服务已移交给更新的后台服务',
  retired: '后台服务已按要求结束',
  signal: '后台服务被系统或其他程序结束',
  idle: '后台服务已结束，因为没有要做的事',
  other: '不再有人托管',
};

export const startReasons: Words['startReasons'] = {
  boot: '已启动，因为计算机已启动',
  watcher: '已启动，因为 Holdfast 后台服务已启动',
  added: '已启动，因为刚刚添加',
  user: '已启动',
  crash: '已重新启动',
  asked: '已按其自身要求重新启动',
  hung: '已重新启动，因为不再应答',
  overdue: '已重新启动，因为未能及时就绪',
  update: '更新后已启动',
  retry: '已启动：再次尝试',
  'owner-gone': '已启动，因为不再由其他程序运行',
  'not-quit': '已重新启动，因为 Holdfast 没有退出',
  other: '已启动',
};

export const requests: Words['requests'] = {
  user: '手动',
  userThrough: {
    window: '在窗口中手动',
    tray: '在托盘中手动',
    'command-line': '在命令行手动',
    agent: '由你允许的智能体',
  },
  quit: '因退出 Holdfast 而与所有网关一起',
  update: '因更新',
  holdfast: '由 Holdfast',
};

export const exits: Words['exits'] = {
  code: (code) => `退出代码 ${code}`,
  codeUnknown: '退出代码未知',
  signal: (signal) => `被 ${signal} 结束`,
  stopped: (request) => `${request}停止`,
  restarted: (request) => `${request}重启`,
  background: '转入后台',
  ownCommand: '由其自身命令停止',
  memory: {
    known: '系统内存不足，将其结束',
    likely: '被 SIGKILL 结束，很可能是内存不足',
    possible: '被 SIGKILL 结束，可能是内存不足：自其启动以来，系统曾因此结束过进程',
  },
};

export const events: Words['events'] = {
  watching: (reason, version) => `${reason}${version ? `（Holdfast ${version}）` : ''}。`,
  unwatched: (reason) => `${reason}。`,
  started: (reason, request, attempt) =>
    `${reason}${request === null ? '' : `，${request}`}${attempt === null ? '' : `（第 ${attempt} 次尝试）`}。`,
  adopted: '它已在运行，Holdfast 未重启即接管。',
  ready: (after) => (after === null ? '已就绪。' : `${after}后就绪。`),
  endedByItself: (how) => `它自行结束：${how}。`,
  crashed: (how) => `它已崩溃：${how}。`,
  endedBySignal: (signal) => `它被 ${signal} 结束；发送者未知。`,
  ended: (how) => `它已结束：${how}。`,
  endedWithSystem: '随系统一起结束。',
  hung: '它不再应答，因此被替换。',
  overdue: '它未能及时就绪，因此被替换。',
  unwell: '状态异常。',
  recovered: '已恢复正常。',
  failed: '无法启动。',
  stopped: (request) => `已${request}停止。`,
  notWanted: '无需运行。',
  released: '因更新而保持停止。',
  external: (owner) =>
    `由${owner === undefined ? '其他程序' : ` ${owner} `}运行；Holdfast 只监视。`,
  updated: (own, from, to) =>
    `${own ? 'Holdfast 已更新' : '已更新'}${from ? `，从 ${from}` : ''}${to ? ` 到 ${to}` : ''}。`,
  notUpdated: (own, to, failed) =>
    `${own ? 'Holdfast ' : ''}${to ? `到 ${to} 的` : ''}更新${failed ? '失败' : '已撤销'}。`,
  away: (time) => `中断了 ${time}。`,
  profileChanged: (fields) => `配置已更改：${fields.join('、')}。`,
  profileRemoved: '已从 Holdfast 移除。',
  asleep: (time) => (time === null ? '计算机曾休眠。' : `计算机休眠了 ${time}。`),
  leftOut: (count, restarts) =>
    `为节省空间，省略了${count === undefined ? '一些' : ` ${count} 条`}记录${restarts > 0 ? `，其中有 ${restarts} 次重启` : ''}。`,
  unknown: (kind, facts) => `“${kind}”（另一版本的 Holdfast 的说法）${facts}。`,
  running: '运行中。',
  starting: '正在启动。',
  nobodyWatched: 'Holdfast 后台服务没有运行。',
  machineOff: '计算机已关机，或 Holdfast 后台服务没有运行。',
  notRecorded: '尚无记录。',
};

export const summaries: Words['summaries'] = {
  never: '它无需运行，或无人监视。',
  all: (up, absence, restarts) =>
    `${up} 的时间在运行，${absence === null ? '从未中断' : `最长中断 ${absence}`}，${
      restarts === 0 ? '没有重启' : `重启 ${counts.number(restarts)} 次`
    }。`,
};
