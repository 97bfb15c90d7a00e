import { randomBytes, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { type DiffResult, equal, type PropertyMap, plain } from "../framework";
import { diffInputs, type Schema } from "./schema";
import { ALLOWED_USES, usageExtensions } from "./uses";

const HOUR_MS = 3_600_000;

/** Inputs that both kinds of certificates have. */
export const CERTIFICATE_SCHEMA: Schema = {
  allowedUses: { type: "list", required: true, oneOf: ALLOWED_USES },
  validityPeriodHours: { type: "number", required: true, atLeast: 0 },
  earlyRenewalHours: { type: "number", inPlace: true, atLeast: 0 },
  isCaCertificate: { type: "boolean" },
  setSubjectKeyId: { type: "boolean" },
  maxPathLength: { type: "number" },
};

/** What a certificate is issued from. */
export interface Issue {
  readonly subject: x509.JsonName | string;
  readonly issuer: x509.JsonName | string;
  readonly publicKey: webcrypto.CryptoKey;
  readonly signingKey: webcrypto.CryptoKey;
  readonly signingAlgorithm: { name: string; hash?: string };
  readonly validityPeriodHours: number;
  readonly allowedUses: readonly string[];
  readonly isCa: boolean;
  readonly setSubjectKeyId: boolean;
  readonly extensions: readonly x509.Extension[];
}

/** Issues a certificate; its id is the serial number in decimal, as the provider has it. */
export async function issue(from: Issue): Promise<{ id: string; outputs: PropertyMap }> {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  const notBefore = new Date();
  const notAfter = new Date(notBefore.getTime() + from.validityPeriodHours * HOUR_MS);
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: serial.toString("hex"),
      subject: from.subject,
      issuer: from.issuer,
      notBefore,
      notAfter,
      publicKey: from.publicKey as CryptoKey,
      signingKey: from.signingKey as CryptoKey,
      signingAlgorithm: from.signingAlgorithm as EcdsaParams,
      extensions: [
        ...usageExtensions(from.allowedUses),
        new x509.BasicConstraintsExtension(from.isCa, undefined, true),
        ...(from.setSubjectKeyId
          ? [
              await x509.SubjectKeyIdentifierExtension.create(
                from.publicKey as CryptoKey,
                false,
                webcrypto as unknown as Crypto,
              ),
            ]
          : []),
        ...from.extensions,
      ],
    },
    webcrypto as unknown as Crypto,
  );
  return {
    id: BigInt(`0x${serial.toString("hex")}`).toString(),
    outputs: {
      certPem: `${certificate.toString("pem").trim()}\n`,
      validityStartTime: notBefore.toISOString(),
      validityEndTime: notAfter.toISOString(),
      readyForRenewal: false,
    },
  };
}

/** Adds what time does to a certificate: within its early-renewal window it is replaced by a plain update. */
export function diffCertificate(
  schema: Schema,
  oldInputs: PropertyMap,
  olds: PropertyMap,
  news: PropertyMap,
): DiffResult {
  const diff = diffInputs(schema, oldInputs, news);
  if (!isReadyForRenewal(oldInputs, olds, news)) return diff;
  return {
    changes: "SOME",
    diffs: [...diff.diffs, "readyForRenewal"].sort(),
    replaces: diff.replaces.length > 0 ? diff.replaces : ["readyForRenewal"],
    deleteBeforeReplace: false,
    detailed: {},
  };
}

function isReadyForRenewal(oldInputs: PropertyMap, olds: PropertyMap, news: PropertyMap): boolean {
  const early = plain<number | undefined>(news.earlyRenewalHours) ?? 0;
  if (!equal(oldInputs.validityPeriodHours, news.validityPeriodHours)) {
    return early > plain<number>(news.validityPeriodHours);
  }
  const end = Date.parse(plain<string>(olds.validityEndTime));
  return Date.now() >= end - early * HOUR_MS;
}
