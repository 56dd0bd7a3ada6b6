/** The forms of known kinds of gateways. */

export const presets = {
  remote: {
    name: 'A remote gateway',
    about: 'The address of a gateway on another machine. Holdfast shows whether it is well.',
    fields: {
      name: { label: 'Name', placeholder: 'Gateway at work' },
      url: { label: 'Address', hint: 'Any answer below 400 means that it is well.' },
    },
  },
  'llama-server': {
    name: 'llama.cpp',
    about: 'llama-server of llama.cpp, with one model.',
    fields: {
      name: { label: 'Name', placeholder: 'My model' },
      model: { label: 'Model' },
      port: { label: 'Port' },
    },
  },
};
