import { createHash, generateKeyPairSync, type KeyObject } from "node:crypto";
import * as sshpk from "sshpk";
import { type PropertyMap, plain, type ResourceHandler, Secret } from "../../framework";
import { checkInputs, diffInputs, type Schema } from "../schema";

const SCHEMA: Schema = {
  algorithm: { type: "string", required: true, oneOf: ["RSA", "ECDSA", "ED25519"] },
  ecdsaCurve: { type: "string", oneOf: ["P224", "P256", "P384", "P521"] },
  rsaBits: { type: "number" },
};

const CURVES: Readonly<Record<string, string>> = {
  P224: "secp224r1",
  P256: "prime256v1",
  P384: "secp384r1",
  P521: "secp521r1",
};

/** Computed again when the key is replaced, as the provider lists them in a diff. */
const COMPUTED = [
  "id",
  "privateKeyOpenssh",
  "privateKeyPem",
  "privateKeyPemPkcs8",
  "publicKeyFingerprintMd5",
  "publicKeyFingerprintSha256",
  "publicKeyOpenssh",
  "publicKeyPem",
];

export const privateKey: ResourceHandler = {
  type: "tls:index/privateKey:PrivateKey",
  check: async ({ news }) => checkInputs(SCHEMA, news),
  diff: async ({ oldInputs, news }) => {
    const diff = diffInputs(SCHEMA, oldInputs, news);
    return diff.replaces.length === 0 ? diff : { ...diff, diffs: [...diff.diffs, ...COMPUTED].sort() };
  },
  create: async ({ news }, { preview }) => {
    if (preview) return { id: "", outputs: news };
    const outputs = generate(news);
    return { id: outputs.id as string, outputs };
  },
  update: async ({ olds, news }) => ({ outputs: { ...olds, ...news } }),
  delete: async () => undefined,
};

function generate(news: PropertyMap): PropertyMap {
  const algorithm = plain<string>(news.algorithm);
  const ecdsaCurve = plain<string | undefined>(news.ecdsaCurve) ?? "P224";
  const rsaBits = plain<number | undefined>(news.rsaBits) ?? 2048;
  const { privateKey: key, publicKey } = generatePair(algorithm, ecdsaCurve, rsaBits);
  const pkcs8 = key.export({ type: "pkcs8", format: "pem" }) as string;
  const publicKeyPem = publicKey.export({ type: "spki", format: "pem" }) as string;
  return {
    ...news,
    algorithm,
    ecdsaCurve,
    rsaBits,
    id: createHash("sha1")
      .update(publicKey.export({ type: "spki", format: "der" }))
      .digest("hex"),
    privateKeyPem: new Secret(traditionalPem(key, algorithm, pkcs8)),
    privateKeyPemPkcs8: new Secret(pkcs8),
    publicKeyPem,
    // OpenSSH has no P-224: the provider leaves these empty then.
    ...(algorithm === "ECDSA" && ecdsaCurve === "P224" ? NO_SSH : sshForms(pkcs8)),
  };
}

const NO_SSH: PropertyMap = {
  privateKeyOpenssh: new Secret(""),
  publicKeyOpenssh: "",
  publicKeyFingerprintMd5: "",
  publicKeyFingerprintSha256: "",
};

function generatePair(
  algorithm: string,
  curve: string,
  rsaBits: number,
): { privateKey: KeyObject; publicKey: KeyObject } {
  switch (algorithm) {
    case "RSA":
      return generateKeyPairSync("rsa", { modulusLength: rsaBits });
    case "ECDSA":
      return generateKeyPairSync("ec", { namedCurve: CURVES[curve] ?? curve });
    case "ED25519":
      return generateKeyPairSync("ed25519");
    default:
      throw new Error(`Invalid Key Algorithm: Key Algorithm "${algorithm}" is not supported`);
  }
}

/** SEC1 for ECDSA, PKCS#1 for RSA, PKCS#8 for ED25519, as Go's x509 writes them. */
function traditionalPem(key: KeyObject, algorithm: string, pkcs8: string): string {
  if (algorithm === "ECDSA") return key.export({ type: "sec1", format: "pem" }) as string;
  if (algorithm === "RSA") return key.export({ type: "pkcs1", format: "pem" }) as string;
  return pkcs8;
}

function sshForms(pkcs8: string): PropertyMap {
  const key = sshpk.parsePrivateKey(pkcs8, "pkcs8");
  // The provider's keys carry no comment.
  key.comment = "";
  const publicKey = key.toPublic();
  publicKey.comment = "";
  return {
    privateKeyOpenssh: new Secret(key.toString("openssh")),
    publicKeyOpenssh: `${publicKey.toString("ssh").trim()}\n`,
    publicKeyFingerprintMd5: publicKey.fingerprint("md5").toString("hex").replace(/^MD5:/, ""),
    publicKeyFingerprintSha256: publicKey.fingerprint("sha256").toString("base64"),
  };
}
