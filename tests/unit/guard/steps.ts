import { declareControllers, initialCluster } from "../../../core/etcd/topology";
import { renderNodeBundle } from "../../../core/node/nodeBundle";
import { type PhaseValues, renderPhase } from "../../../core/node/phases";
import { type PreviewStep, type ResourceState, UNKNOWN_VALUE } from "../../../guard/preview";

const TYPES = {
  vm: "gcp:compute/instance:Instance",
  disk: "gcp:compute/disk:Disk",
  address: "gcp:compute/address:Address",
  vpc: "gcp:compute/network:Network",
  subnet: "gcp:compute/subnetwork:Subnetwork",
  firewall: "gcp:compute/firewall:Firewall",
  key: "tls:index/privateKey:PrivateKey",
  ca: "tls:index/selfSignedCert:SelfSignedCert",
  leaf: "tls:index/locallySignedCert:LocallySignedCert",
  command: "command:remote:Command",
  stash: "pulumi:index:Stash",
  bucket: "gcp:storage/bucket:Bucket",
  iam: "gcp:projects/iAMMember:IAMMember",
  request: "tls:index/certRequest:CertRequest",
  local: "command:local:Command",
  provider: "pulumi:providers:gcp",
  foreign: "pulumi:providers:evil",
  stack: "pulumi:pulumi:Stack",
} as const;

type Kind = keyof typeof TYPES;

/** A URN as the engine writes it, with one component between. */
export function urn(kind: Kind, name: string): string {
  const parent = kind === "stack" ? "" : "etcd-on-gce:index:EtcdCluster$";
  return `urn:pulumi:dev::etcd-on-gce::${parent}${TYPES[kind]}::${name}`;
}

/** States and diffs of a step; inputs on both sides make the states. */
export interface StepParts {
  readonly old?: Record<string, unknown>;
  readonly new?: Record<string, unknown>;
  readonly diff?: Record<string, string>;
  readonly reasons?: string[];
  readonly protect?: boolean;
  /** CA generation that signs, before and after. */
  readonly signer?: readonly [number, number];
  readonly state?: Partial<ResourceState>;
}

/** One step in the shape of the engine's PreviewStep. */
export function step(op: string, kind: Kind, name: string, parts: StepParts = {}): PreviewStep {
  const had = op !== "create" && op !== "import";
  const has = op !== "delete";
  const state = (inputs: Record<string, unknown> | undefined, signer: number | undefined): ResourceState => ({
    custom: kind !== "stack",
    inputs: inputs ?? {},
    ...(parts.protect ? { protect: true } : {}),
    ...(signer ? { propertyDependencies: { caCertPem: [urn("ca", `etcd-pki-ca-${signer}`)] } } : {}),
    ...parts.state,
  });
  return {
    op,
    urn: urn(kind, name),
    ...(had ? { oldState: state(parts.old, parts.signer?.[0]) } : {}),
    ...(has ? { newState: state(parts.new, parts.signer?.[1]) } : {}),
    ...(parts.diff ? { diffReasons: Object.keys(parts.diff) } : {}),
    ...(parts.reasons ? { replaceReasons: parts.reasons } : {}),
    detailedDiff: parts.diff
      ? Object.fromEntries(Object.entries(parts.diff).map(([path, kind]) => [path, { kind }]))
      : null,
  };
}

/** What a preview of a stack with `count` members starts with: the stack's step and its old outputs. */
export function stack(count: number, version = "3.4.27", op = "same"): PreviewStep {
  const members = declareControllers(count, ["us-west1-a"]).map((c) => ({ name: c.name }));
  const outputs = { etcdVersion: version, members, certificateExpiry: { "ca-1": "2030-01-01T00:00:00Z" } };
  return {
    op,
    urn: urn("stack", "etcd-on-gce-dev"),
    oldState: { custom: false, outputs },
    ...(op === "delete" ? {} : { newState: { custom: false } }),
    detailedDiff: null,
  };
}

/** A whole preview. */
export function preview(steps: readonly PreviewStep[], config: Record<string, string> = {}): unknown {
  const counts: Record<string, number> = {};
  for (const { op } of steps) counts[op] = (counts[op] ?? 0) + 1;
  const declared = { "etcd-on-gce:etcdVersion": "3.4.27", ...config };
  return { config: declared, steps, diagnostics: [], duration: 1_000_000, changeSummary: counts };
}

/** A converge command as the program writes it. */
export function converge(
  index: number,
  options: Partial<PhaseValues<"converge">> = {},
  count = 3,
): Record<string, unknown> {
  const controllers = declareControllers(count, ["us-west1-a"]);
  const create = renderPhase("converge", {
    name: `controller-${index}`,
    ip: `10.240.0.${10 + index}`,
    version: "3.4.27",
    members: initialCluster(controllers),
    config: "1111111111111111",
    pki: "2222222222222222",
    instance: "3333333333333333333",
    vm: "4444444444444444",
    next: "none",
    ...options,
  });
  return { create, update: create, connection: "[secret]" };
}

/** An install step that brings these files and options. */
export function installs(index: number, before: Record<string, string>, after: Record<string, string>) {
  const stdin = ({
    url = "https://example.com/etcd/v3.4.27/etcd.tar.gz",
    ...files
  }: Record<string, string>) =>
    renderNodeBundle(
      Object.entries(files).map(([path, content]) => ({ path, mode: "0644", content })),
      renderPhase("install", {
        name: `controller-${index}`,
        ip: `10.240.0.${10 + index}`,
        disk: "etcd-data",
        size: "50",
        version: "3.4.27",
        url,
        sha256: "0".repeat(64),
        instance: "3333333333333333333",
      }),
    );
  return step("update", "command", `member-${index}-install`, {
    old: { create: "sudo bash -s", stdin: stdin(before) },
    new: { create: "sudo bash -s", stdin: stdin(after) },
    diff: { stdin: "update" },
  });
}

/** A converge step whose options change. */
export function converges(
  index: number,
  before: Partial<PhaseValues<"converge">>,
  after: Partial<PhaseValues<"converge">>,
) {
  return step("update", "command", `member-${index}-converge`, {
    old: converge(index, before),
    new: converge(index, after),
    diff: { create: "update", update: "update" },
  });
}

/** A converge step that only `up` will know. */
export function convergesUnknown(index: number, before: Partial<PhaseValues<"converge">> = {}): PreviewStep {
  return step("update", "command", `member-${index}-converge`, {
    old: converge(index, before),
    new: { create: UNKNOWN_VALUE, update: UNKNOWN_VALUE, connection: "[secret]" },
    diff: { create: "update", update: "update" },
  });
}

/** The firewall rule for SSH. */
export function sshRule(op: string, ranges: unknown, more: Record<string, unknown> = {}): PreviewStep {
  const inputs = {
    direction: "INGRESS",
    allows: [{ protocol: "tcp", ports: ["22"] }],
    sourceRanges: ranges,
    ...more,
  };
  return step(op, "firewall", "etcd-network-ssh", { old: {}, new: inputs });
}

/** Every resource of one member, all with the same operation. */
export function wholeMember(op: string, index: number, protect = false): PreviewStep[] {
  const parts = { protect, old: {}, new: {} };
  const phase = { old: converge(index), new: converge(index) };
  return [
    step(op, "address", `controller-${index}-address`, { old: {}, new: {} }),
    step(op, "disk", `controller-${index}-data`, parts),
    step(op, "vm", `controller-${index}`, parts),
    step(op, "leaf", `etcd-pki-controller-${index}`, { signer: [1, 1] }),
    step(op, "command", `member-${index}-install`),
    step(op, "command", `member-${index}-bootstrap`),
    step(op, "command", `member-${index}-converge`, phase),
  ];
}
