import type { Words } from '../words.ts';

export const presets: Words['presets'] = {
  remote: {
    name: 'Ein entferntes Gateway',
    about:
      'Die Adresse eines Gateways auf einem anderen Rechner. Holdfast zeigt, ob es in Ordnung ist.',
    fields: {
      name: { label: 'Name', placeholder: 'Gateway in der Firma' },
      url: {
        label: 'Adresse',
        hint: 'Jede Antwort unter 400 bedeutet, dass es in Ordnung ist.',
      },
    },
  },
  'llama-server': {
    name: 'llama.cpp',
    about: 'Der llama-server von llama.cpp, mit einem Modell.',
    fields: {
      name: { label: 'Name', placeholder: 'Mein Modell' },
      model: { label: 'Modell' },
      port: { label: 'Port' },
    },
  },
};
