import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';

/** What a device answers with; a test may have it answer something else. */
type Answer = {
  challenge: string;
  origin?: string;
  rpId?: string;
  /** Whether the device asked for a finger, a face or a PIN. */
  isVerified?: boolean;
  counter?: number;
  userHandle?: string;
};

export const ORIGIN = 'http://localhost:3000';

export type Device = ReturnType<typeof aDevice>;

/** A device that keeps one passkey (ES256), and answers as WebAuthn's JSON has it. */
export function aDevice() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = randomBytes(32);
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  // COSE: kty EC2, alg ES256, crv P-256, x, y.
  const coseKey = Buffer.concat([
    Buffer.from('a5010203262001215820', 'hex'),
    Buffer.from(x, 'base64url'),
    Buffer.from('225820', 'hex'),
    Buffer.from(y, 'base64url'),
  ]);
  let kept = '';

  /** The options are what /account/passkeys/challenge gave. */
  const create = (options: { challenge: string; user: { id: string } }, answer: Partial<Answer> = {}) => {
    const { clientDataJSON, authData } = said('webauthn.create', { ...options, ...answer }, 0x40);
    kept = options.user.id;
    const length = Buffer.from([0, id.length]);
    const full = Buffer.concat([authData, Buffer.alloc(16), length, id, coseKey]);
    // CBOR: {"fmt": "none", "attStmt": {}, "authData": bytes}
    const attestationObject = Buffer.concat([
      Buffer.from('a363666d74646e6f6e656761747453746d74a0686175746844617461', 'hex'),
      Buffer.from([0x58, full.length]),
      full,
    ]).toString('base64url');
    return credential({ clientDataJSON, attestationObject, transports: ['internal'] });
  };

  /** The options are what /sign-in/passkey/challenge gave. */
  const get = (answer: Answer) => {
    const { clientDataJSON, authData } = said('webauthn.get', answer, 0);
    const hash = createHash('sha256').update(Buffer.from(clientDataJSON, 'base64url')).digest();
    const signature = createSign('sha256')
      .update(Buffer.concat([authData, hash]))
      .sign(privateKey);
    return credential({
      clientDataJSON,
      authenticatorData: authData.toString('base64url'),
      signature: signature.toString('base64url'),
      userHandle: answer.userHandle ?? kept,
    });
  };

  const credential = (response: Record<string, unknown>) => {
    const name = id.toString('base64url');
    return { id: name, rawId: name, type: 'public-key', response, clientExtensionResults: {} };
  };

  return { id: id.toString('base64url'), create, get };
}

function said(type: string, answer: Answer, flags: number) {
  const { challenge, origin = ORIGIN, rpId = 'localhost', isVerified = true, counter = 0 } = answer;
  const clientDataJSON = Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  const count = Buffer.alloc(4);
  count.writeUInt32BE(counter);
  const authData = Buffer.concat([
    createHash('sha256').update(rpId).digest(),
    Buffer.from([flags | 0x01 | (isVerified ? 0x04 : 0)]),
    count,
  ]);
  return { clientDataJSON: clientDataJSON.toString('base64url'), authData };
}
