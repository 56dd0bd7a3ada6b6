import type { Words } from '../words.ts';

export const common: Words['common'] = {
  add: '添加',
  cancel: '取消',
  close: '关闭',
  copy: '复制',
  details: '详情',
  technicalDetails: '技术细节',
  dismiss: '忽略',
  open: '打开',
  remove: '移除',
  save: '保存',
  showInLog: '在日志中显示',
  tryAgain: '重试',
  undo: '撤销',
  update: '更新',
  copied: '已复制。',
  noClipboard: '剪贴板不可用。',
  unknown: '尚不清楚',
  noReason: '没有成功，应用也没有给出原因。',
  sentences: (all) => all.filter((one) => one !== '').join(''),
};
