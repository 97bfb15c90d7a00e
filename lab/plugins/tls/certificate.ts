import { randomBytes, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { type DiffResult, equal, type PropertyMap, plain, type ResourceHandler } from "../framework";
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

/** {@link CERTIFICATE_SCHEMA} without secrets and unknowns. */
export interface CertificateInputs {
  readonly allowedUses: readonly string[];
  readonly validityPeriodHours: number;
  readonly earlyRenewalHours?: number;
  readonly isCaCertificate?: boolean;
  readonly setSubjectKeyId?: boolean;
  readonly maxPathLength?: number;
}

/** What a certificate is issued from. */
export interface Issue {
  readonly subject: x509.JsonName | string;
  readonly issuer: x509.JsonName | string;
  readonly publicKey: webcrypto.CryptoKey;
  readonly signingKey: webcrypto.CryptoKey;
  readonly signingAlgorithm: { name: string; hash?: string };
  readonly inputs: CertificateInputs;
  readonly extensions: readonly x509.Extension[];
}

/** Issues a certificate; its id is the serial number in decimal, as the provider has it. */
export async function issue(from: Issue): Promise<{ id: string; outputs: PropertyMap }> {
  const { allowedUses, validityPeriodHours, earlyRenewalHours = 0, isCaCertificate = false } = from.inputs;
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  const notBefore = new Date();
  const notAfter = new Date(notBefore.getTime() + validityPeriodHours * HOUR_MS);
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
        ...usageExtensions(allowedUses),
        new x509.BasicConstraintsExtension(isCaCertificate, pathLength(from.inputs), true),
        ...(hasSubjectKeyId(from.inputs)
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
      readyForRenewal: earlyRenewalHours >= validityPeriodHours,
    },
  };
}

/** A certificate authority has one in any case. */
export function hasSubjectKeyId({ isCaCertificate, setSubjectKeyId }: CertificateInputs): boolean {
  return (isCaCertificate || setSubjectKeyId) ?? false;
}

/** As Go's x509, which the provider leaves this to: 0 is no limit, and only a CA may have one. */
function pathLength({ isCaCertificate, maxPathLength }: CertificateInputs): number | undefined {
  if (maxPathLength === undefined || maxPathLength <= 0) return undefined;
  if (isCaCertificate) return maxPathLength;
  throw new Error("Failed to create certificate: x509: only CAs are allowed to specify MaxPathLen");
}

/** What a refresh makes of a certificate: it notices that the early-renewal window has begun. */
export const readCertificate: NonNullable<ResourceHandler["read"]> = async ({ id, inputs, olds }) => {
  const ready = isWithinRenewal(olds, plain<number | undefined>(olds.earlyRenewalHours) ?? 0);
  return { id, inputs, outputs: { ...olds, ...(ready ? { readyForRenewal: true } : {}) } };
};

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
    return early >= plain<number>(news.validityPeriodHours);
  }
  return isWithinRenewal(olds, early);
}

function isWithinRenewal(olds: PropertyMap, earlyRenewalHours: number): boolean {
  const end = Date.parse(plain<string>(olds.validityEndTime));
  return Date.now() >= end - earlyRenewalHours * HOUR_MS;
}
