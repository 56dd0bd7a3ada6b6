import type { Words } from '../words.ts';

export const welcome: Words['welcome'] = {
  view: '欢迎',
  title: '欢迎使用 Holdfast',
  lead: 'Holdfast 让网关保持运行：例如 Hermes、OpenClaw 或 Ollama 等服务器。它负责启动，在崩溃时重启，并在更新中保持服务。',
  looking: '正在此计算机上查找网关…',
  noneTitle: '在此计算机上没有找到',
  noneFound: (names) =>
    `Holdfast 查找了 ${names}。其他任何服务器都可以通过其命令，或通过其在另一台计算机上的地址添加。`,
  notAsked: '无法查明此计算机上有什么',
  lookAgain: '再次查找',
  continueNow: '显示我的网关',
  addAnother: '添加其他网关',
  addOwn: '添加网关',
  undo: '这里的一切都可以撤回：每个网关的设置中都有“移除”，开关也可以随时关闭。',
  comfort: '随时可做',
  terminal: '在终端中',
  terminalHint: '命令“holdfast”可以显示和执行同样的内容。以下操作把它加入 PATH，只需一次：',
  terminalHintWindows: '命令“holdfast”可以显示和执行同样的内容。请把此文件夹加入 PATH，只需一次：',
  onPath: '把“holdfast”加入 PATH',
  onPathHint: '此命令可以显示和执行同样的内容。之后打开的终端即可找到它。',
  demoHint: '只想先看看？',
};

export const adding: Words['adding'] = {
  title: '添加网关',
  found: '在此计算机上找到',
  notKnown: '无法得知可以添加什么',
  looking: '正在查找…',
  command: '任意命令',
  commandHint: '用命令启动的服务器。Holdfast 让它保持运行。',
  more: '更多',
  moreHint: '每个网关是配置文件夹中的一个文件。放入其中的内容会立即显示在这里。',
  demo: '添加演示网关（随 Holdfast 提供）',
  nothingTyped: (field) => `${field}：尚未输入。`,
};

export const offered: Words['offered'] = {
  add: '托管',
  notRunning: '未运行',
  runsUnder: (owner) => `正在运行，由 ${owner} 管理`,
  runsIn: (terminal) => `正在运行，位于 ${terminal}`,
  startedBy: (program) => `正在运行，由 ${program} 启动`,
  added: (name) => `Holdfast 现在托管 ${name}。`,
  startsIfNeeded: '如果它没有运行，Holdfast 会启动它，并让它保持运行。',
  starts: 'Holdfast 会启动它，并让它保持运行。',
  watches: (owner) => `它保持原位，不会重启：由 ${owner} 运行，Holdfast 监视。`,
  startsAfterwards: '它保持原位，不会重启。它结束后，Holdfast 会再次启动它。',
};

export const form: Words['form'] = {
  unchanged: '尚未更改任何内容。',
  addAnyway: '仍然添加',
  saveAnyway: '仍然保存',
  name: '名称',
  namePlaceholder: '我的网关',
  nameHint: '任意名称，任意文字。',
  address: '地址',
  line: '程序和参数',
  lineHint: '与在终端中输入的一样。',
  shell: '通过 shell 运行（/bin/sh）',
  shellHint: '这样 |、>、$NAME 等就像在终端中一样有效。',
  folder: '文件夹',
  folderPlaceholder: '你的主文件夹',
  port: '端口',
  portHint: '当此端口接受连接时，即视为就绪。',
  health: '健康检查地址',
  healthHint: '在其端口上查询。如果不再应答，将重启。',
  policy: 'Holdfast 更新时',
  optional: '（可选）',
  choose: '选择…',
  chooseProgram: '选择程序…',
  chooseFolder: '选择文件夹…',
};

export const variables: Words['variables'] = {
  title: '环境变量',
  add: '添加变量',
  show: '显示值',
  hide: '隐藏值',
  stored: '已保存的值留在配置文件中，不在这里显示。',
  numbered: (number) => `变量 ${number}`,
  nameOf: (number) => `变量 ${number} 的名称`,
  namePlaceholder: '名称',
  valueOf: (name) => `${name} 的值`,
  valuePlaceholder: '值',
  storedPlaceholder: '已保存；输入以替换',
  remove: (name) => `移除 ${name}`,
};

export const trial: Words['trial'] = {
  title: '测试',
  start: '测试',
  running: '正在测试 10 秒…',
  printedNothing: '没有输出。',
};

export const findings: Words['findings'] = {
  noName: '请输入名称。',
  longName: (most) => `名称最多 ${most} 个字符。`,
  sameName: '另一个网关也使用此名称。',
  noProgram: '请输入启动它的程序。',
  openQuote: (quote) => `引号 ${quote} 没有闭合。`,
  needsShell: (sign) => `“${sign}”需要 shell。没有 shell，程序会原样收到它。`,
  folder: '请输入文件夹的完整路径，例如 ~/gateway。',
  noAddress: '请输入其地址。',
  address: '地址以 http:// 或 https:// 开头。',
  noPort: '演示网关需要一个端口。',
  port: (typed) => `“${typed}”不是端口：端口是 1 到 65535 的数字。`,
  health: '健康检查地址以 / 开头且没有空格，例如 /healthz。',
  healthNeedsPort: '健康检查地址需要端口。请先输入端口。',
  nameless: '有一个值没有变量名。请为它命名，或移除该行。',
  oddVariable: (name) =>
    `“${name}”不能作为变量名：只能使用 a 到 z 的字母、数字和 _，且不能以数字开头。`,
  twice: (name) => `${name} 出现了两次。`,
};
