import type { Words } from '../words.ts';
import { counts } from './counting.ts';

export const gatewayPhases: Words['gatewayPhases'] = {
  checking: '正在确认能否更新。尚未停止任何东西。',
  rehearsing: '正在旁边试运行新版本。尚未停止任何东西。',
  stopping: '正在停止网关。',
  copying: '正在制作副本，以便恢复旧版本。',
  installing: '正在安装新版本。',
  proving: '网关已启动，等待其应答。',
  soaking: '新版本已运行，须保持正常一段时间。',
  confirming: '新版本已运行。如果不保留，将恢复旧版本。',
  'rolling-back': '出了问题。正在恢复旧版本。',
};

export const phases: Words['phases'] = {
  armed: '正在旁边试运行新版本。尚未改动任何东西。',
  releasing: '正在停止需要替换文件的网关。',
  released: '文件已释放。正在安装新版本。',
  'handed-over': 'Holdfast 将关闭，稍后重新打开。',
  replacing: '正在启动新网关。',
  proving: '网关正常。Holdfast 将关闭，稍后重新打开。',
  'starting-app': '正在打开新的 Holdfast。',
  soaking: '新版本已运行。一切保持正常一段时间后，更新即告完成。',
  confirming: gatewayPhases.confirming,
  'rolling-back': '出了问题。正在撤销更新。',
};

export const gatewayOutcomes: Words['gatewayOutcomes'] = {
  back: '已安装',
  committed: '已安装',
  'put-back': '已撤销',
  failed: '失败',
};

export const ownReceipts: Words['ownReceipts'] = {
  unchanged: '没有改动任何东西',
  failed: '没有成功',
  because: (what, reason) => `${what}：${reason}`,
  worked: '成功',
  workedFrom: (before, after) => `成功（${before} → ${after}）`,
};

export const updateWhens: Words['updateWhens'] = {
  ask: '由我决定',
  idle: '自动，在它空闲时',
  night: '自动，在夜间空闲时',
  never: '从不，也不检查',
};

export const updateWaits: Words['updateWaits'] = {
  quiet: '网关空闲一段时间后将安装',
  night: '将在夜间网关空闲时安装',
  later: '上次更新没有成功；明天会再试',
};

export const policies: Words['policies'] = {
  keep: '不受影响',
  swap: '中断约一秒',
  release: '期间停止',
};

export const policyMeanings: Words['policyMeanings'] = {
  keep: '在整个更新期间继续运行',
  swap: '继续运行到新版本就绪，然后瞬间替换',
  release: '在替换文件期间停止，然后重新启动',
  stopped: '保持停止',
};

export const outcomes: Words['outcomes'] = {
  back: '正在检查…',
  committed: '完成',
  'put-back': '已撤销',
  failed: '失败',
};

export const results: Words['results'] = {
  kept: '保持运行',
  replaced: '已更新',
  restored: '恢复旧版本',
  'stopped-by-user': '保持停止',
  down: '未运行',
};

export const receipts: Words['receipts'] = {
  someGateways: '网关',
  noneRefused: (wait) => `没有被拒绝，最多等待 ${wait}`,
  refused: (time) => `被拒绝最长 ${time}`,
  oldAgain: (names) => `${counts.list(names)} 运行旧版本`,
  newAnswers: '新版本有应答',
  healthyAgain: '恢复正常',
  runningAgain: '恢复运行',
  undone: '更新已撤销，一切照旧运行',
  failed: '更新失败',
  failedWithout: (names) => `更新失败，${counts.list(names)} 未运行`,
  updated: '已更新',
  nothingStopped: '已更新，没有停止任何东西',
  backAfter: (time) => `${time}后恢复`,
  proved: (what, proof) => `${what}，${proof}`,
  notDoneYet: (step) => `${step}。一切保持正常一段时间后即告完成。`,
  doneAfter: (step, time) => `${step}。完成：一切保持正常 ${time}。`,
  done: (step) => `${step}。完成：一切保持正常。`,
  stayed: (from, to) => `Holdfast 仍为 ${from}；未保留 ${to}。`,
  didNotWork: (step) => `${step} 没有成功。`,
};

export const steps: Words['steps'] = {
  prepared: '计划已写好',
  armed: '后台服务就绪',
  rehearsing: '正在试运行…的新版本',
  rehearsed: '…的新版本有应答',
  'rehearsal-failed': '…的新版本未能提供服务',
  releasing: '正在停止…',
  'gateway-stopped': '…已停止',
  released: '文件已释放',
  'handed-over': '后台服务已接管',
  installing: '正在安装',
  installed: '已安装',
  'app-gone': 'Holdfast 已关闭',
  'files-compared': '新文件已检查',
  'state-copied': '… 的数据已备份',
  'state-put-back': '… 的数据已还原',
  'state-lost': '… 的数据无法还原',
  'command-started': '…的更新命令已开始',
  'command-done': '…的更新命令已结束',
  swapping: '正在替换…',
  proved: '…正常',
  'not-proved': '…异常',
  'app-launching': '正在打开 Holdfast',
  'app-launched': 'Holdfast 已启动',
  'app-started': 'Holdfast 已打开',
  back: '一切已恢复',
  soaked: '一切保持正常',
  'version-kept': '已选择保留新版本',
  'app-left': 'Holdfast 被关闭',
  'app-lost': 'Holdfast 意外结束',
  'soak-problem': '出了问题',
  'putting-back': '正在撤销更新',
  'files-restored': '旧文件已恢复',
  'new-app-ended': '新的 Holdfast 已关闭',
  'old-app-failed': '旧的 Holdfast 未能打开',
  resumed: '…照常启动',
  committed: '完成',
  'put-back': '已撤销',
  failed: '失败',
};
