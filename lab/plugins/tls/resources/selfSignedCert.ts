import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { plain, type ResourceHandler } from "../../framework";
import {
  CERTIFICATE_SCHEMA,
  type CertificateInputs,
  diffCertificate,
  hasSubjectKeyId,
  issue,
  readCertificate,
} from "../certificate";
import { algorithmOf, parsePrivateKey, signingAlgorithm, toCryptoKeyPair } from "../keys";
import { type SanInputs, sanExtensions } from "../sans";
import { checkInputs, type Schema } from "../schema";
import { toName } from "../subject";

const SCHEMA: Schema = {
  ...CERTIFICATE_SCHEMA,
  privateKeyPem: { type: "string", required: true, secret: true },
  subject: { type: "object" },
  dnsNames: { type: "list" },
  ipAddresses: { type: "list" },
  uris: { type: "list" },
  setAuthorityKeyId: { type: "boolean" },
};

interface Inputs extends SanInputs, CertificateInputs {
  readonly privateKeyPem: string;
  readonly subject?: Record<string, string>;
  readonly setAuthorityKeyId?: boolean;
}

export const selfSignedCert: ResourceHandler = {
  type: "tls:index/selfSignedCert:SelfSignedCert",
  check: async ({ news }) => checkInputs(SCHEMA, news),
  diff: async ({ oldInputs, olds, news }) => diffCertificate(SCHEMA, oldInputs, olds, news),
  create: async ({ news }, { preview }) => {
    if (preview) return { id: "", outputs: news };
    const inputs = plain<Inputs>(news);
    const name = toName(inputs.subject);
    if (inputs.isCaCertificate && name.length === 0) {
      throw new Error(
        "Invalid Certificate Subject: Must contain at least one Distinguished Name when creating Certificate Authority (CA)",
      );
    }
    if (inputs.setAuthorityKeyId && !hasSubjectKeyId(inputs)) {
      throw new Error("Invalid Certificate Authority: Could not determine Authority Key Identifier");
    }
    const key = parsePrivateKey(inputs.privateKeyPem);
    const { publicKey, privateKey } = await toCryptoKeyPair(key);
    const authority = inputs.setAuthorityKeyId
      ? [
          await x509.AuthorityKeyIdentifierExtension.create(
            publicKey as CryptoKey,
            false,
            webcrypto as unknown as Crypto,
          ),
        ]
      : [];
    const { id, outputs } = await issue({
      subject: name,
      issuer: name,
      publicKey,
      signingKey: privateKey,
      signingAlgorithm: signingAlgorithm(key),
      inputs,
      extensions: [...authority, ...sanExtensions(inputs)],
    });
    const defaults = {
      earlyRenewalHours: 0,
      isCaCertificate: false,
      setSubjectKeyId: false,
      setAuthorityKeyId: false,
    };
    return { id, outputs: { ...defaults, ...news, ...outputs, id, keyAlgorithm: algorithmOf(key) } };
  },
  read: readCertificate,
  update: async ({ olds, news }) => ({ outputs: { ...olds, earlyRenewalHours: 0, ...news } }),
  delete: async () => undefined,
};
