/** Ids of profiles, made from what people call their gateways; and how a hidden value of a profile is written. */

const longest = 40;

/** `My gateway` → `my-gateway`; a name in which nothing can be kept, such as 方舟, → `gateway`. */
export function profileIdFor(name: string): string {
  const id = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, longest)
    .replace(/-+$/, '');
  return id === '' ? 'gateway' : id;
}

/** `id`, or with the first number that makes it differ from all that are taken: `gateway-2`. */
export function freeId(id: string, taken: ReadonlySet<string>): string {
  let free = id;
  for (let n = 2; taken.has(free); n += 1) {
    const end = `-${n}`;
    free = `${id.slice(0, longest - end.length).replace(/-+$/, '')}${end}`;
  }
  return free;
}

/** Stands for the value of a variable where the value itself is not shown; sent back, it means that value. */
export const hiddenValue = '••••••••';
