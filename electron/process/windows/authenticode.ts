/**
 * Authenticode: who signed a program, as Windows itself judges it (WinVerifyTrust). Certificates that have been
 * withdrawn are not asked for, since nothing here may wait for a network: releases have signatures of their own for
 * that. Sizes and layouts are those of wintrust.h on 64 bits.
 */
import { native } from '../on-demand.ts';

/** WINTRUST_ACTION_GENERIC_VERIFY_V2: 00AAC56B-CD44-11d0-8CC2-00C04FC295EE. */
const genericVerify = Buffer.from('6bc5aa0044cdd0118cc200c04fc295ee', 'hex');
const noDialog = 2;
const ofFile = 1;
const verify = 1;
const close = 2;
/** WTD_REVOCATION_CHECK_NONE, WTD_CACHE_ONLY_URL_RETRIEVAL, WTD_DISABLE_MD2_MD4. */
const flags = 0x10 | 0x1000 | 0x2000;
/** CERT_NAME_ATTR_TYPE, with szOID_COMMON_NAME as its parameter. */
const oneAttribute = 3;
const commonName = Buffer.from('2.5.4.3\0', 'latin1');
const nameLength = 1024;

/** What users may meet, from winerror.h. */
const reasons: Readonly<Record<number, string>> = {
  2148204800: 'it is not signed',
  2148098064: 'it was changed after it was signed',
  2148204809: 'this computer does not trust who signed it',
  2148204801: 'the certificate of its signature has expired',
  2148204812: 'the certificate of its signature was withdrawn',
};

interface Trust {
  verify(window: number, action: Buffer, data: Record<string, unknown>): number;
  stateData(state: unknown): unknown;
  signer(data: unknown, index: number, counter: number, which: number): unknown;
  certificate(signer: unknown, index: number): unknown;
  name(cert: unknown, type: number, flag: number, which: Buffer, out: Buffer, room: number): number;
}

let calls: Trust | undefined;

function trust(): Trust {
  if (calls) return calls;
  const koffi = native();
  koffi.struct('HF_WINTRUST_FILE_INFO', {
    size: 'uint32_t',
    file: 'const char16_t *',
    handle: 'void *',
    subject: 'void *',
  });
  koffi.struct('HF_WINTRUST_DATA', {
    size: 'uint32_t',
    policyData: 'void *',
    sipData: 'void *',
    dialog: 'uint32_t',
    revocation: 'uint32_t',
    choice: 'uint32_t',
    file: 'HF_WINTRUST_FILE_INFO *',
    action: 'uint32_t',
    state: 'void *',
    url: 'void *',
    flags: 'uint32_t',
    context: 'uint32_t',
    settings: 'void *',
  });
  const wintrust = koffi.load('wintrust.dll');
  calls = {
    verify: wintrust.func(
      'uint32_t __stdcall WinVerifyTrust(intptr_t w, void *a, _Inout_ HF_WINTRUST_DATA *d)',
    ),
    stateData: wintrust.func('void * __stdcall WTHelperProvDataFromStateData(void *s)'),
    signer: wintrust.func(
      'void * __stdcall WTHelperGetProvSignerFromChain(void *d, uint32_t i, int c, uint32_t n)',
    ),
    certificate: wintrust.func(
      'void * __stdcall WTHelperGetProvCertFromChain(void *s, uint32_t i)',
    ),
    name: koffi
      .load('crypt32.dll')
      .func(
        'uint32_t __stdcall CertGetNameStringW(void *c, uint32_t t, uint32_t f, void *p, void *o, uint32_t n)',
      ),
  };
  return calls;
}

/**
 * The name (CN) in the certificate that `file` is signed with. Throws a sentence when it is not
 * signed, was changed since, or is signed by one whom this computer does not trust.
 */
export function publisherOf(file: string): string {
  const data: Record<string, unknown> = {
    size: 88,
    policyData: null,
    sipData: null,
    dialog: noDialog,
    revocation: 0,
    choice: ofFile,
    file: { size: 32, file, handle: null, subject: null },
    action: verify,
    state: null,
    url: null,
    flags,
    context: 0,
    settings: null,
  };
  const code = trust().verify(0, genericVerify, data);
  try {
    if (code === 0) return nameOf(data.state);
    const why = reasons[code] ?? `error 0x${code.toString(16)}`;
    throw new Error(`The signature of ${file} does not hold: ${why}.`);
  } finally {
    data.action = close;
    trust().verify(0, genericVerify, data);
  }
}

function nameOf(state: unknown): string {
  const { stateData, signer, certificate, name } = trust();
  const provided = certificate(signer(stateData(state), 0, 0, 0), 0);
  // CRYPT_PROVIDER_CERT: its size, then the certificate.
  const cert: unknown = native().decode(provided, 8, 'void *');
  const out = Buffer.alloc(2 * nameLength);
  const length = name(cert, oneAttribute, 0, commonName, out, nameLength);
  return out.toString('utf16le', 0, 2 * (length - 1));
}
