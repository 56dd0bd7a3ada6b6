/**
 * The keys that sign releases. `root` and `targets` are to lie offline: whoever has enough of them decides
 * what Holdfast is. `snapshot` and `timestamp` only say which of the signed things is the newest, so they
 * may lie where releases are published.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Key, Signature } from '@tufjs/models';

export const roles = ['root', 'targets', 'snapshot', 'timestamp'] as const;
export type RoleName = (typeof roles)[number];

/** How many keys a role has, and how many of them have to sign. */
export const scheme: Readonly<Record<RoleName, { keys: number; threshold: number }>> = {
  root: { keys: 3, threshold: 2 },
  targets: { keys: 2, threshold: 2 },
  snapshot: { keys: 1, threshold: 1 },
  timestamp: { keys: 1, threshold: 1 },
};

export interface SigningKey {
  readonly role: RoleName;
  readonly key: Key;
  sign(data: Buffer): Signature;
}

/** A key pair as the metadata names it: by the sha256 of its public half (TUF 1.0, 4.2). */
export function signingKey(role: RoleName, privateKey: KeyObject): SigningKey {
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  const hex = Buffer.from(x, 'base64url').toString('hex');
  // Canonical JSON: the names are in order, and no value needs escaping.
  const canonical = JSON.stringify({
    keytype: 'ed25519',
    keyval: { public: hex },
    scheme: 'ed25519',
  });
  const keyID = createHash('sha256').update(canonical).digest('hex');
  const key = new Key({ keyID, keyType: 'ed25519', scheme: 'ed25519', keyVal: { public: hex } });
  return {
    role,
    key,
    sign: (data) => new Signature({ keyID, sig: sign(null, data, privateKey).toString('hex') }),
  };
}

/** Makes new keys, `<role>-<number>.pem` each, readable by their user alone. Existing files stay. */
export function makeKeys(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const role of roles) {
    for (let number = 1; number <= scheme[role].keys; number += 1) {
      const { privateKey } = generateKeyPairSync('ed25519');
      const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
      writeFileSync(path.join(folder, `${role}-${number}.pem`), pem, { mode: 0o600, flag: 'wx' });
    }
  }
}

/** The keys that lie in `folder`; those of other roles may lie elsewhere. */
export function readKeys(folder: string): SigningKey[] {
  return readdirSync(folder).flatMap((name) => {
    const role = roles.find((one) => name.startsWith(`${one}-`) && name.endsWith('.pem'));
    if (!role) return [];
    return [signingKey(role, createPrivateKey(readFileSync(path.join(folder, name))))];
  });
}
