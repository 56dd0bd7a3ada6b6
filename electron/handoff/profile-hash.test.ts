import { expect, it } from 'vitest';
import { defaultProfile } from '../gateway/default-profile.ts';
import { profileHash } from './profile-hash.ts';

it('is of the content, not of its order', () => {
  const profile = defaultProfile(1);
  const turned = Object.fromEntries(Object.entries(profile).reverse());
  expect(profileHash({ ...turned, ...profile })).toBe(profileHash(profile));
  expect(profileHash({ ...profile, port: 2 })).not.toBe(profileHash(profile));
  expect(profileHash(profile)).toMatch(/^[a-f0-9]{64}$/);
});
