import { parseMemberList } from "./memberList";

/** Version of the outputs' contract: raised when an output is removed or changes its meaning. */
export const CONTRACT_VERSION = 1;

/** One member, as the control-plane stack sees it. */
export interface MemberOutput {
  readonly id: string;
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  readonly isLearner: boolean;
}

/** The stack's outputs: everything that a control-plane stack needs, and nothing else. */
export interface ClusterOutputs {
  readonly contractVersion: number;
  /** As `etcdctl member list` prints it. */
  readonly memberList: string;
  readonly members: readonly MemberOutput[];
  /** Client URLs, in order of the controllers. */
  readonly endpoints: readonly string[];
  readonly clusterToken: string;
  readonly etcdVersion: string;
  /** Every trusted CA certificate, PEM, concatenated. */
  readonly caCertPem: string;
  /** What API servers serve. etcd also takes it from clients. */
  readonly kubernetesCertPem: string;
  /** Secret. */
  readonly kubernetesKeyPem: string;
  /** What API servers show etcd: it serves nothing, and no peer takes it. */
  readonly etcdClientCertPem: string;
  /** Secret. */
  readonly etcdClientKeyPem: string;
  /** RFC 3339 times, by certificate: `ca-1`, `kubernetes`, `controller-0`… */
  readonly certificateExpiry: Readonly<Record<string, string>>;
  readonly networkSelfLink: string;
  readonly subnetSelfLink: string;
}

/** How one controller is reached by SSH, in the shape of a remote Command's `connection`. */
export interface SshAccess {
  /** `controller-0`… */
  readonly name: string;
  readonly connection: SshEndpoint & { readonly proxy?: SshEndpoint };
}

/** How to connect to a controller by SSH. */
export interface SshEndpoint {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly privateKey: string;
  /** In OpenSSH's form, `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
}

/** Outputs besides the contract. */
export interface OtherOutputs {
  /** For the stack's own next `up`: what each controller's VM was made of when its member last converged. */
  readonly vmFingerprints: Readonly<Record<string, string>>;
  /** For the stack's own next `up`, which deletes no data unless it is said so. */
  readonly dataDisks: Readonly<
    Record<string, { zone: string; type: string; sizeGb: number; kmsKey: string }>
  >;
  /** Reserved public addresses in order of the controllers; none unless `sshReach` is external. */
  readonly externalAddresses: readonly string[];
  /** The active CA's key, only with `exportCaKey`. Secret. */
  readonly caKeyPem?: string;
  /** In order of the controllers, only with `exportSshAccess`. Secret. */
  readonly sshAccess?: readonly SshAccess[];
}

/** The `members` output of a member list text; the status is left out, since a listed member can restart. */
export function memberOutputs(memberList: string): MemberOutput[] {
  return parseMemberList(memberList).map(({ status: _status, ...member }) => member);
}

const SHAPES: Readonly<Record<keyof ClusterOutputs, (value: unknown) => boolean>> = {
  contractVersion: (v) => v === CONTRACT_VERSION,
  memberList: isText,
  members: (v) => Array.isArray(v) && v.length > 0 && v.every(isMember),
  endpoints: (v) => isUrlList(v) && v.length > 0,
  clusterToken: isText,
  etcdVersion: isText,
  caCertPem: (v) => isPem(v, /^CERTIFICATE$/),
  kubernetesCertPem: (v) => isPem(v, /^CERTIFICATE$/),
  kubernetesKeyPem: (v) => isPem(v, /^((EC|RSA) )?PRIVATE KEY$/),
  etcdClientCertPem: (v) => isPem(v, /^CERTIFICATE$/),
  etcdClientKeyPem: (v) => isPem(v, /^((EC|RSA) )?PRIVATE KEY$/),
  certificateExpiry: (v) => isObject(v) && Object.keys(v).length > 0 && Object.values(v).every(isTime),
  networkSelfLink: isText,
  subnetSelfLink: isText,
};

/** The names of the contract's outputs. */
export const CONTRACT_OUTPUTS: readonly string[] = Object.keys(SHAPES);

/** @throws Error unless a stack's `contractVersion` is this reader's. */
export function requireContractVersion(version: unknown): void {
  if (version === CONTRACT_VERSION) return;
  throw new Error(
    `contractVersion: got ${JSON.stringify(version)}; this reader knows ${CONTRACT_VERSION}. ` +
      "Use the reader of the same release as the etcd stack, or run `pulumi up` on the etcd stack.",
  );
}

/**
 * Checks outputs read from another stack.
 *
 * @throws Error naming every output that is missing or not of this contract, never an output's value:
 *   one of them is a private key.
 */
export function validateOutputs(raw: Readonly<Record<string, unknown>>): ClusterOutputs {
  requireContractVersion(raw.contractVersion);
  const bad = Object.entries(SHAPES).filter(([name, isGood]) => !isGood(raw[name]));
  if (bad.length > 0) {
    const names = bad.map(([name]) => `${name} (${raw[name] === undefined ? "missing" : "wrong shape"})`);
    throw notUsable(names.join(", "));
  }
  return raw as unknown as ClusterOutputs;
}

/**
 * The controllers' SSH access, of outputs read from another stack.
 *
 * @throws Error when the etcd stack does not export it, never with a value: it holds a private key.
 */
export function validateSshAccess(raw: Readonly<Record<string, unknown>>): SshAccess[] {
  const { sshAccess } = raw;
  if (sshAccess === undefined) {
    throw new Error(
      "etcd stack outputs have no sshAccess; set exportSshAccess to true on the etcd stack and run `pulumi up` there",
    );
  }
  if (!Array.isArray(sshAccess) || sshAccess.length === 0 || !sshAccess.every(isSshAccess)) {
    throw notUsable("sshAccess (wrong shape)");
  }
  return sshAccess;
}

function notUsable(what: string): Error {
  return new Error(
    `etcd stack outputs not usable: ${what}; run \`pulumi up\` on the etcd stack and read it again`,
  );
}

function isSshAccess(value: unknown): value is SshAccess {
  if (!isObject(value) || !isText(value.name) || !isSshEndpoint(value.connection)) return false;
  const { proxy } = value.connection;
  return proxy === undefined || isSshEndpoint(proxy);
}

function isSshEndpoint(value: unknown): value is Record<string, unknown> {
  if (!isObject(value) || typeof value.port !== "number") return false;
  return ["host", "user", "privateKey", "hostKey"].every((field) => isText(value[field]));
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

function isPem(value: unknown, label: RegExp): boolean {
  return typeof value === "string" && label.test(/^-----BEGIN ([A-Z ]+)-----\n/.exec(value)?.[1] ?? "");
}

/** RFC 3339, as the tls provider writes it. */
function isTime(value: unknown): boolean {
  return typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value));
}

function isUrlList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((url) => typeof url === "string" && /^https:\/\/\S+$/.test(url));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isMember(value: unknown): boolean {
  return (
    isObject(value) &&
    isText(value.id) &&
    typeof value.name === "string" &&
    isUrlList(value.peerUrls) &&
    isUrlList(value.clientUrls) &&
    typeof value.isLearner === "boolean"
  );
}
