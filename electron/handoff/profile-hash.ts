/** Names a profile's content, so that a plan can say which one it was made for. */
import { createHash } from 'node:crypto';
import type { Profile } from '../contract/profile.ts';

/** sha256 (hex) over the profile with its keys sorted: the same however it was written down. */
export function profileHash(profile: Profile): string {
  return createHash('sha256').update(canonical(profile)).digest('hex');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`);
  return `{${entries.join(',')}}`;
}
