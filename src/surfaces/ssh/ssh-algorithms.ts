// Which cryptography is offered over SSH, as ssh-audit recommends: no SHA-1, no CBC, no NIST curves in the key exchange,
// authenticated ciphers first, and compression never.
import type { Algorithms } from 'ssh2';

export const ALGORITHMS: Algorithms = {
  // Group 16 is for clients restricted to FIPS. Larger groups would let strangers burn this process's time. The two
  // names of one curve stand in ssh2's own order: Dropbear hangs in the handshake when its first guess is right.
  kex: ['curve25519-sha256@libssh.org', 'curve25519-sha256', 'diffie-hellman-group16-sha512'],
  // No ECDSA: ssh-audit fails it, and whoever knows ECDSA knows Ed25519 or RSA as well.
  serverHostKey: ['ssh-ed25519', 'rsa-sha2-512', 'rsa-sha2-256'],
  cipher: [
    'aes256-gcm@openssh.com',
    'aes128-gcm@openssh.com',
    'chacha20-poly1305@openssh.com',
    'aes256-ctr',
    'aes192-ctr',
    'aes128-ctr',
  ],
  // Dropbear knows neither of these: it takes chacha20-poly1305, which needs none.
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com'],
  compress: ['none'],
};
