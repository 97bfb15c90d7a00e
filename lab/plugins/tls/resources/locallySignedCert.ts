import { createPublicKey, webcrypto, X509Certificate } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { plain, type ResourceHandler } from "../../framework";
import {
  CERTIFICATE_SCHEMA,
  type CertificateInputs,
  diffCertificate,
  issue,
  readCertificate,
} from "../certificate";
import { algorithmOf, parsePrivateKey, signingAlgorithm, toCryptoKeyPair } from "../keys";
import { checkInputs, type Schema } from "../schema";

const SCHEMA: Schema = {
  ...CERTIFICATE_SCHEMA,
  certRequestPem: { type: "string", required: true },
  caCertPem: { type: "string", required: true },
  caPrivateKeyPem: { type: "string", required: true, secret: true },
};

interface Inputs extends CertificateInputs {
  readonly certRequestPem: string;
  readonly caCertPem: string;
  readonly caPrivateKeyPem: string;
}

export const locallySignedCert: ResourceHandler = {
  type: "tls:index/locallySignedCert:LocallySignedCert",
  check: async ({ news }) => checkInputs(SCHEMA, news),
  diff: async ({ oldInputs, olds, news }) => diffCertificate(SCHEMA, oldInputs, olds, news),
  create: async ({ news }, { preview }) => {
    if (preview) return { id: "", outputs: news };
    const inputs = plain<Inputs>(news);
    const request = parseRequest(inputs.certRequestPem);
    const caKey = parsePrivateKey(inputs.caPrivateKeyPem);
    const ca = new X509Certificate(inputs.caCertPem);
    if (!ca.publicKey.equals(createPublicKey(caKey))) {
      throw new Error(
        "Failed to create certificate: x509: provided PrivateKey doesn't match parent's PublicKey",
      );
    }
    const issuer = new x509.X509Certificate(inputs.caCertPem);
    const { privateKey } = await toCryptoKeyPair(caKey);
    const { id, outputs } = await issue({
      subject: request.subjectName.toJSON(),
      issuer: issuer.subjectName.toJSON(),
      publicKey: (await request.publicKey.export(webcrypto as unknown as Crypto)) as webcrypto.CryptoKey,
      signingKey: privateKey,
      signingAlgorithm: signingAlgorithm(caKey),
      inputs,
      extensions: [...authorityKeyId(issuer), ...requestedNames(request)],
    });
    const defaults = { earlyRenewalHours: 0, isCaCertificate: false, setSubjectKeyId: false };
    return { id, outputs: { ...defaults, ...news, ...outputs, id, caKeyAlgorithm: algorithmOf(caKey) } };
  },
  read: readCertificate,
  update: async ({ olds, news }) => ({ outputs: { ...olds, earlyRenewalHours: 0, ...news } }),
  delete: async () => undefined,
};

function parseRequest(pem: string): x509.Pkcs10CertificateRequest {
  if (!pem.includes("-----BEGIN CERTIFICATE REQUEST-----")) {
    throw new Error(
      'Failed to parse certificate request PEM: failed to decode PEM of expected type "CERTIFICATE REQUEST" from bytes',
    );
  }
  return new x509.Pkcs10CertificateRequest(pem);
}

/** As Go does: the issuer's subject key identifier, where it has one. */
function authorityKeyId(issuer: x509.X509Certificate): x509.Extension[] {
  const id = issuer.getExtension(x509.SubjectKeyIdentifierExtension);
  return id ? [new x509.AuthorityKeyIdentifierExtension(id.keyId)] : [];
}

function requestedNames(request: x509.Pkcs10CertificateRequest): x509.Extension[] {
  return request.extensions.filter((extension) => extension.type === "2.5.29.17");
}
