// SSH public keys: real ones of every type from ssh-keygen, and broken, weak, wrong and hostile ones.
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { parseNewSshKey, parsePublicKey } from '../../../src/features/auth/ssh-keys.input.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'och-keys-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

let made = 0;
function keygen(...options: string[]): { publicKey: string; privateKey: string; fingerprint: string } {
  const file = join(directory, `key-${made++}`);
  execFileSync('ssh-keygen', ['-q', '-N', '', '-C', 'ada@laptop', '-f', file, ...options]);
  const fingerprint = fingerprintOf(file);
  const [publicKey, privateKey] = [`${file}.pub`, file].map((path) => readFileSync(path, 'utf8'));
  return { publicKey: publicKey ?? '', privateKey: privateKey ?? '', fingerprint };
}

function fingerprintOf(file: string): string {
  return execFileSync('ssh-keygen', ['-l', '-f', `${file}.pub`], { encoding: 'utf8' }).split(' ')[1] ?? '';
}

function refusal(key: string): string {
  try {
    parseNewSshKey({ title: '', key });
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid') return error.fields?.key ?? '';
    throw error;
  }
  return 'accepted';
}

const string = (bytes: Buffer | string) => {
  const body = Buffer.from(bytes);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  return Buffer.concat([head, body]);
};
const line = (type: string, ...fields: (Buffer | string)[]) =>
  `${type} ${Buffer.concat([string(type), ...fields.map(string)]).toString('base64')}`;
const fieldsOf = (text: string) => {
  const blob = Buffer.from(text.split(' ')[1] ?? '', 'base64');
  const fields: Buffer[] = [];
  for (let at = 0; at < blob.length; ) {
    const end = at + 4 + blob.readUInt32BE(at);
    fields.push(blob.subarray(at + 4, end));
    at = end;
  }
  return fields;
};

describe('keys from ssh-keygen', () => {
  it.each([
    ['ssh-ed25519', ['-t', 'ed25519']],
    ['ecdsa-sha2-nistp256', ['-t', 'ecdsa', '-b', '256']],
    ['ecdsa-sha2-nistp384', ['-t', 'ecdsa', '-b', '384']],
    ['ecdsa-sha2-nistp521', ['-t', 'ecdsa', '-b', '521']],
    ['ssh-rsa', ['-t', 'rsa', '-b', '2048']],
    ['ssh-rsa', ['-t', 'rsa', '-b', '3072']],
    ['ssh-rsa', ['-t', 'rsa', '-b', '4096']],
  ])('%s is accepted with the fingerprint that OpenSSH prints (%j)', (type, options) => {
    const { publicKey, fingerprint } = keygen(...options);
    const { title, key } = parseNewSshKey({ title: '', key: publicKey });
    expect(key).toMatchObject({ type, fingerprint });
    expect(title).toBe('ada@laptop');
    expect(publicKey.startsWith(key.text)).toBe(true);
  });

  it.each(['sk-ssh-ed25519@openssh.com', 'sk-ecdsa-sha2-nistp256@openssh.com'])(
    '%s is accepted as OpenSSH reads it',
    (type) => {
      const curve = type.includes('ed25519');
      const plain = keygen(...(curve ? ['-t', 'ed25519'] : ['-t', 'ecdsa', '-b', '256']));
      const text = line(type, ...fieldsOf(plain.publicKey).slice(1), 'ssh:');
      const file = join(directory, `sk-${made++}`);
      execFileSync('tee', [`${file}.pub`], { input: `${text} my token\n` });
      expect(parsePublicKey(`${text} my token`)).toMatchObject({ type, fingerprint: fingerprintOf(file) });
      expect(refusal(line(type, ...fieldsOf(plain.publicKey).slice(1), 'https://evil'))).toContain('damaged');
      expect(refusal(line(type, ...fieldsOf(plain.publicKey).slice(1)))).toContain('damaged');
    },
  );

  it('takes a key with Windows line ends and space around it', () => {
    const { publicKey, fingerprint } = keygen('-t', 'ed25519');
    expect(parsePublicKey(`\r\n  ${publicKey.trim()}\r\n`).fingerprint).toBe(fingerprint);
  });
});

describe('keys that are refused', () => {
  it('RSA under 2048 bits, with its size', () => {
    expect(refusal(keygen('-t', 'rsa', '-b', '1024').publicKey)).toContain('1024 bits');
    expect(refusal(keygen('-t', 'rsa', '-b', '2047').publicKey)).toContain('2047 bits');
  });

  it('DSA', () => expect(refusal(keygen('-t', 'dsa').publicKey)).toContain('DSA keys are too weak'));

  it('private keys of every form, without echoing them', () => {
    for (const options of [
      ['-t', 'ed25519'],
      ['-t', 'rsa', '-b', '2048', '-m', 'PEM'],
      ['-t', 'ecdsa', '-m', 'PKCS8'],
    ]) {
      const { privateKey } = keygen(...options);
      expect(refusal(privateKey)).toContain('This is a private key');
      expect(refusal(privateKey)).not.toContain(privateKey.split('\n')[1]);
    }
    expect(refusal('PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none')).toContain('private key');
  });

  it('other formats, with what to do', () => {
    const { publicKey } = keygen('-t', 'ed25519');
    const file = join(directory, 'rfc.pub');
    execFileSync('tee', [file], { input: publicKey });
    const rfc4716 = execFileSync('ssh-keygen', ['-e', '-f', file], { encoding: 'utf8' });
    expect(refusal(rfc4716)).toContain('ssh-keygen -i');
    const pem = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();
    expect(refusal(pem)).toContain('not an OpenSSH public key');
    expect(refusal(`command="rm -rf /" ${publicKey}`)).toContain('Leave out what stands before ssh-ed25519');
    expect(refusal(`${publicKey}${publicKey}`)).toContain('one key');
    expect(refusal('')).toContain('Paste a public key');
    expect(refusal('hello')).toContain('not a public key');
    expect(refusal('hello world again')).toContain('not supported');
  });

  it('certificates', () => {
    const user = join(directory, 'signed');
    const ca = join(directory, 'ca');
    for (const file of [user, ca]) execFileSync('ssh-keygen', ['-q', '-N', '', '-t', 'ed25519', '-f', file]);
    execFileSync('ssh-keygen', ['-q', '-s', ca, '-I', 'ada', '-n', 'ada', `${user}.pub`]);
    expect(refusal(readFileSync(`${user}-cert.pub`, 'utf8'))).toContain('certificate');
  });

  it('truncated, lengthened, mislabelled and malformed contents', () => {
    const { publicKey } = keygen('-t', 'ed25519');
    const [type = '', base64 = ''] = publicKey.split(' ');
    const blob = Buffer.from(base64, 'base64');
    for (let length = 0; length < blob.length; length++) {
      expect(refusal(`${type} ${blob.subarray(0, length).toString('base64')}`)).not.toBe('accepted');
    }
    const more = Buffer.concat([blob, Buffer.alloc(1)]).toString('base64');
    expect(refusal(`${type} ${more}`)).toContain('damaged');
    expect(refusal(`ssh-rsa ${base64}`)).toContain('damaged');
    expect(refusal(`${type} ${base64.slice(0, -1)}`)).toContain('damaged');
    expect(refusal(`${type} ${base64}==`)).not.toBe('accepted');
    expect(refusal(line('ssh-ed25519', Buffer.alloc(31)))).toContain('damaged');
    const huge = Buffer.concat([string('ssh-ed25519'), Buffer.from('ffffffff', 'hex'), Buffer.alloc(32)]);
    expect(refusal(`ssh-ed25519 ${huge.toString('base64')}`)).toContain('damaged');
  });

  it('points that are not on their curve', () => {
    const fields = fieldsOf(keygen('-t', 'ecdsa', '-b', '256').publicKey);
    const [type = Buffer.alloc(0), curve = '', point = Buffer.alloc(65)] = fields;
    const off = Buffer.from(point);
    off.writeUInt8((off.at(-1) ?? 0) ^ 1, off.length - 1);
    expect(refusal(line(type.toString(), curve, off))).toContain('damaged');
    expect(refusal(line(type.toString(), 'nistp384', point))).toContain('damaged');
    const compressed = Buffer.concat([Buffer.from([2]), point.subarray(1, 33)]);
    expect(refusal(line(type.toString(), curve, compressed))).toContain('damaged');
  });

  it('RSA numbers that are negative, padded, even, or of exponent one', () => {
    const [, exponent = Buffer.alloc(0), modulus = Buffer.alloc(0)] = fieldsOf(
      keygen('-t', 'rsa', '-b', '2048').publicKey,
    );
    const even = Buffer.from(modulus);
    even.writeUInt8((even.at(-1) ?? 0) & 0xfe, even.length - 1);
    for (const numbers of [
      [exponent, modulus.subarray(1)],
      [exponent, Buffer.concat([Buffer.alloc(1), modulus])],
      [exponent, even],
      [Buffer.from([1]), modulus],
      [Buffer.alloc(0), modulus],
      [exponent, Buffer.alloc(0)],
    ]) {
      expect(refusal(line('ssh-rsa', ...numbers))).not.toBe('accepted');
    }
    expect(refusal(line('ssh-rsa', exponent, modulus))).toBe('accepted');
  });

  it('what is far too long', () => expect(refusal(`ssh-rsa ${'A'.repeat(20_000)}`)).toContain('too long'));
});

describe('titles', () => {
  it('default to the comment, are bounded and hold no control characters', () => {
    const { publicKey } = keygen('-t', 'ed25519');
    expect(parseNewSshKey({ title: ' laptop ', key: publicKey }).title).toBe('laptop');
    const bare = publicKey.split(' ').slice(0, 2).join(' ');
    expect(parseNewSshKey({ title: '', key: bare }).title).toBe('SSH key');
    expect(() => parseNewSshKey({ title: 'x'.repeat(101), key: publicKey })).toThrow('at most 100');
    expect(() => parseNewSshKey({ title: 'a\u0007b', key: publicKey })).toThrow('control');
    expect(parsePublicKey(`${bare} a\u202Eb`).comment).toBe('ab');
  });
});
