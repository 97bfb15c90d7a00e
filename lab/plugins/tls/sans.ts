import { isIP } from "node:net";
import * as x509 from "@peculiar/x509";

/** Subject alternative names as the provider's inputs give them. */
export interface SanInputs {
  readonly dnsNames?: readonly string[] | null;
  readonly ipAddresses?: readonly string[] | null;
  readonly uris?: readonly string[] | null;
}

/** The extension for the names, or none. */
export function sanExtensions({ dnsNames, ipAddresses, uris }: SanInputs): x509.Extension[] {
  for (const ip of ipAddresses ?? []) {
    if (isIP(ip) === 0) throw new Error(`Invalid IP address: Failed to parse "${ip}"`);
  }
  const names: x509.JsonGeneralName[] = [
    ...(dnsNames ?? []).map((value) => ({ type: "dns" as const, value })),
    ...(ipAddresses ?? []).map((value) => ({ type: "ip" as const, value })),
    ...(uris ?? []).map((value) => ({ type: "url" as const, value })),
  ];
  return names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : [];
}
