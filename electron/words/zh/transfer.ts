/** 文件中的网关与自定顺序。 */
import { counts } from './counting.ts';

export const transfer = {
  export: '导出…',
  exportAll: '全部导出…',
  exportTitle: '导出网关',
  exported: (count: number, file: string): string =>
    `已将 ${counts.number(count)} 个网关保存到 ${file}。其中包含变量的值，请勿外传。`,
  import: '从文件导入…',
  importTitle: '导入网关',
  imported: (names: string): string => `已添加：${names}。由你启动后才会运行。`,
  moveHint: '拖动，或按 Alt 加 ↑ 或 ↓，调整在列表中的位置。',
};
