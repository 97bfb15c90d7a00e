import { parseIpv4 } from "../cidr";
import { choice, flag, integer, list } from "./kinds";

const DNS_NAME = /^(\*\.)?[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/i;

/** Certificate lifetimes, CA generations and names. etcd 3.4.10 (Go 1.12) knows no Ed25519 certificates. */
export const CERTIFICATES = {
  certKeyAlgorithm: choice(["ECDSA", "RSA"], "use ECDSA (P-256) or RSA (2048 bits)", {
    default: "ECDSA",
    description:
      "Key algorithm of certificates and of CA generations created from now on, ECDSA (P-256) or RSA (2048 bits).",
    effect: "leaves",
  }),
  certValidityHours: integer({
    default: 8760,
    description: "Lifetime of each leaf certificate in hours.",
    effect: "leaves",
    range: [1, 87600],
  }),
  certEarlyRenewalHours: integer({
    default: 720,
    description: "`pulumi up` renews a leaf certificate that expires within this many hours.",
    effect: "leaves",
    check: (hours, report, { certValidityHours }) => {
      const last = Math.max(certValidityHours - 1, 0);
      if (hours < 0 || hours > last)
        report(hours, `use 0 to ${last}, less than certValidityHours, or every up would renew`);
    },
  }),
  caValidityHours: integer({
    default: 87600,
    description: "Lifetime in hours of CA generations created from now on, at least certValidityHours.",
    effect: "nextCa",
    range: [1, 262800],
    check: (hours, report, { certValidityHours }) => {
      if (hours < certValidityHours) report(hours, `use certValidityHours (${certValidityHours}) or more`);
    },
  }),
  caTrusted: list("number", {
    default: [1],
    description: "CA generations that members and clients trust; two while rotating.",
    effect: "rotation",
    check: (trusted, report) => {
      if (trusted.length === 0 || trusted.length > 2)
        report(trusted, "trust one CA generation, or two while rotating");
      if (!trusted.every((n) => Number.isInteger(n) && n >= 1) || new Set(trusted).size !== trusted.length)
        report(trusted, "write different whole numbers from 1");
    },
  }),
  caActive: integer({
    default: 1,
    description: "CA generation that signs the leaf certificates.",
    effect: "rotation",
    check: (active, report, { caTrusted }) => {
      if (!caTrusted.includes(active))
        report(active, `use one of the trusted generations (caTrusted: ${JSON.stringify(caTrusted)})`);
    },
  }),
  peerMembersOnly: flag({
    default: false,
    description:
      "Peers accept members' certificates alone, and not each of this CA's; an existing cluster needs an up with this program before it is set.",
    effect: "restart",
  }),
  exportCaKey: flag({
    default: false,
    description:
      "Export the active CA's private key as a secret output. Whoever signs by this CA makes clients that are root in etcd.",
    effect: "output",
  }),
  exportSshAccess: flag({
    default: false,
    description:
      "Export the SSH connection to each controller, with the deploy key, as a secret output; for a control plane on the controllers.",
    effect: "output",
  }),
  extraSans: list("string", {
    default: [],
    description: "More DNS names and IPv4 addresses for the kubernetes certificate.",
    effect: "clients",
    each: (san, report) => {
      if (parseIpv4(san) === undefined && (!DNS_NAME.test(san) || /^[\d.]+$/.test(san)))
        report(san, "write DNS names and IPv4 addresses");
    },
  }),
};
