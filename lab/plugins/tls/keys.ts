import { createPrivateKey, createPublicKey, type KeyObject, webcrypto } from "node:crypto";

/** What the provider calls a key's algorithm. */
export type Algorithm = "RSA" | "ECDSA" | "ED25519";

const NODE_TYPE: Readonly<Record<string, Algorithm>> = { rsa: "RSA", ec: "ECDSA", ed25519: "ED25519" };
const CURVES: Readonly<Record<string, string>> = {
  prime256v1: "P-256",
  secp384r1: "P-384",
  secp521r1: "P-521",
};

/** Parses a private key PEM, in SEC1, PKCS#1 or PKCS#8; the error texts are the provider's. */
export function parsePrivateKey(pem: string): KeyObject {
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) {
    throw new Error(
      `Failed to parse private key PEM: failed to decode PEM block: decoded bytes 0, undecoded ${pem.length}`,
    );
  }
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new Error(`Failed to parse private key PEM: ${(error as Error).message}`);
  }
}

export function algorithmOf(key: KeyObject): Algorithm {
  const algorithm = NODE_TYPE[key.asymmetricKeyType ?? ""];
  if (!algorithm) throw new Error(`Unsupported private key type ${key.asymmetricKeyType}`);
  return algorithm;
}

/** A node key as WebCrypto keys, which the X.509 library signs with. */
export async function toCryptoKeyPair(key: KeyObject): Promise<webcrypto.CryptoKeyPair> {
  const params = cryptoParams(key);
  const { subtle } = webcrypto;
  const pkcs8 = key.export({ type: "pkcs8", format: "der" });
  const spki = createPublicKey(key).export({ type: "spki", format: "der" });
  return {
    privateKey: await subtle.importKey("pkcs8", pkcs8, params, true, ["sign"]),
    publicKey: await subtle.importKey("spki", spki, params, true, ["verify"]),
  };
}

/** How a key signs certificates; SHA-256, as Go does for these keys up to P-256. */
export function signingAlgorithm(key: KeyObject): { name: string; hash?: string } {
  const { name } = cryptoParams(key);
  return name === "Ed25519" ? { name } : { name, hash: hashFor(key) };
}

function hashFor(key: KeyObject): string {
  const curve = CURVES[key.asymmetricKeyDetails?.namedCurve ?? ""];
  return curve === "P-384" ? "SHA-384" : curve === "P-521" ? "SHA-512" : "SHA-256";
}

function cryptoParams(key: KeyObject): { name: string; hash?: string; namedCurve?: string } {
  switch (algorithmOf(key)) {
    case "RSA":
      return { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
    case "ED25519":
      return { name: "Ed25519" };
    case "ECDSA": {
      const namedCurve = CURVES[key.asymmetricKeyDetails?.namedCurve ?? ""];
      if (!namedCurve)
        throw new Error(
          `the stand-in signs with P-256, P-384 and P-521, not ${key.asymmetricKeyDetails?.namedCurve}`,
        );
      return { name: "ECDSA", namedCurve };
    }
  }
}
