import type { Words } from '../words.ts';

export const presets: Words['presets'] = {
  remote: {
    name: '远程网关',
    about: '另一台计算机上网关的地址。Holdfast 显示它是否正常。',
    fields: {
      name: { label: '名称', placeholder: '公司的网关' },
      url: { label: '地址', hint: '任何低于 400 的应答都表示正常。' },
    },
  },
  'llama-server': {
    name: 'llama.cpp',
    about: 'llama.cpp 的 llama-server，使用一个模型。',
    fields: {
      name: { label: '名称', placeholder: '我的模型' },
      model: { label: '模型' },
      port: { label: '端口' },
    },
  },
};
