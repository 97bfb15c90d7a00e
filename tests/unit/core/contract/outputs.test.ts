import {
  type ClusterOutputs,
  CONTRACT_VERSION,
  memberOutputs,
  validateOutputs,
  validateSshAccess,
} from "../../../../core/contract/outputs";

const MEMBER = {
  id: "f98dc20bce6225a0",
  name: "controller-0",
  peerUrls: ["https://10.240.0.10:2380"],
  clientUrls: ["https://10.240.0.10:2379"],
  isLearner: false,
};

const CERT = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const KEY = "-----BEGIN EC PRIVATE KEY-----\nTOP-SECRET\n-----END EC PRIVATE KEY-----\n";

const GOOD = {
  contractVersion: 1,
  memberList:
    "f98dc20bce6225a0, started, controller-0, https://10.240.0.10:2380, https://10.240.0.10:2379, false\n",
  members: [MEMBER],
  endpoints: ["https://10.240.0.10:2379"],
  clusterToken: "etcd-cluster-0",
  etcdVersion: "3.4.10",
  caCertPem: CERT + CERT,
  kubernetesCertPem: CERT,
  kubernetesKeyPem: KEY,
  etcdClientCertPem: CERT,
  etcdClientKeyPem: KEY,
  certificateExpiry: { "ca-1": "2036-01-01T00:00:00Z", kubernetes: "2027-01-01T12:00:00.123456789+01:00" },
  networkSelfLink: "https://www.googleapis.com/compute/v1/projects/p/global/networks/n",
  subnetSelfLink: "https://www.googleapis.com/compute/v1/projects/p/regions/r/subnetworks/s",
} satisfies ClusterOutputs;

const NAMES = Object.keys(GOOD).filter((name) => name !== "contractVersion");

const notUsable = (what: string) =>
  new Error(`etcd stack outputs not usable: ${what}; run \`pulumi up\` on the etcd stack and read it again`);

test("good outputs pass as they are, more outputs do not matter", () => {
  expect(validateOutputs({ ...GOOD, caKeyPem: KEY })).toEqual({ ...GOOD, caKeyPem: KEY });
});

test.each(["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"])("a key may be a %s", (label) => {
  const kubernetesKeyPem = `-----BEGIN ${label}-----\nx\n-----END ${label}-----\n`;
  expect(validateOutputs({ ...GOOD, kubernetesKeyPem }).kubernetesKeyPem).toBe(kubernetesKeyPem);
});

test("this contract is version 1", () => {
  expect(CONTRACT_VERSION).toBe(1);
});

test.each([
  [0, "0"],
  [2, "2"],
  ["1", '"1"'],
  [null, "null"],
  [undefined, "undefined"],
])("contract version %j is refused before anything else", (contractVersion, shown) => {
  expect(() => validateOutputs({ contractVersion, memberList: 5 })).toThrow(
    new Error(
      `contractVersion: got ${shown}; this reader knows 1. ` +
        "Use the reader of the same release as the etcd stack, or run `pulumi up` on the etcd stack.",
    ),
  );
});

test.each(NAMES)("%s missing is named", (name) => {
  expect(() => validateOutputs({ ...GOOD, [name]: undefined })).toThrow(notUsable(`${name} (missing)`));
});

const WRONG: [name: string, value: unknown][] = [
  ...NAMES.flatMap((name): [string, unknown][] => [5, null, "", [], {}].map((value) => [name, value])),
  ["members", [MEMBER, "x"]],
  ["members", [MEMBER, null]],
  ["members", [{ ...MEMBER, id: "" }]],
  ["members", [{ ...MEMBER, name: undefined }]],
  ["members", [{ ...MEMBER, peerUrls: "https://a:2380" }]],
  ["members", [{ ...MEMBER, peerUrls: [5] }]],
  ["members", [{ ...MEMBER, clientUrls: undefined }]],
  ["members", [{ ...MEMBER, isLearner: "false" }]],
  ["endpoints", ["https://10.240.0.10:2379", "http://10.240.0.11:2379"]],
  ["endpoints", ["10.240.0.10:2379"]],
  ["endpoints", ["https://a:2379,https:// b:2379"]],
  ["endpoints", [["https://10.240.0.10:2379"]]],
  ["caCertPem", KEY],
  ["kubernetesCertPem", KEY],
  ["kubernetesKeyPem", CERT],
  ["kubernetesKeyPem", "x-----BEGIN EC PRIVATE KEY-----\n"],
  ["certificateExpiry", { kubernetes: "soon" }],
  ["certificateExpiry", { kubernetes: 5 }],
  ["certificateExpiry", { kubernetes: "2027-13-01T00:00:00Z" }],
  ["certificateExpiry", ["2027-01-01T00:00:00Z"]],
];

test.each(WRONG)("%s as %j is of the wrong shape", (name, value) => {
  expect(() => validateOutputs({ ...GOOD, [name]: value })).toThrow(notUsable(`${name} (wrong shape)`));
});

test("all that is wrong is named at once, without any value", () => {
  const bad = { ...GOOD, endpoints: [], kubernetesKeyPem: `x${KEY}`, memberList: undefined };
  expect(() => validateOutputs(bad)).toThrow(
    notUsable("memberList (missing), endpoints (wrong shape), kubernetesKeyPem (wrong shape)"),
  );
});

test("member objects leave the status out", () => {
  expect(memberOutputs(GOOD.memberList)).toEqual([MEMBER]);
});

test("members of a fresh list pass the contract", () => {
  const members = memberOutputs("1f, unstarted, , https://10.240.0.13:2380, , true");
  expect(members).toEqual([
    { id: "1f", name: "", peerUrls: ["https://10.240.0.13:2380"], clientUrls: [], isLearner: true },
  ]);
  expect(validateOutputs({ ...GOOD, members }).members).toBe(members);
});

describe("SSH access", () => {
  const endpoint = {
    host: "10.240.0.10",
    port: 22,
    user: "etcd-deploy",
    privateKey: KEY,
    hostKey: "ssh-ed25519 AAAA",
  };
  const access = (connection: unknown) => ({ sshAccess: [{ name: "controller-0", connection }] });

  test.each([
    ["without a proxy", endpoint],
    ["by way of a proxy", { ...endpoint, proxy: endpoint }],
  ])("passes %s", (_way, connection) => {
    expect(validateSshAccess(access(connection))).toEqual(access(connection).sshAccess);
  });

  test("that is not exported is named with its setting", () => {
    expect(() => validateSshAccess(GOOD)).toThrow(
      new Error(
        "etcd stack outputs have no sshAccess; set exportSshAccess to true on the etcd stack and run `pulumi up` there",
      ),
    );
  });

  test.each([
    ["no list", { sshAccess: {} }],
    ["an empty list", { sshAccess: [] }],
    ["no connection", { sshAccess: [{ name: "controller-0" }] }],
    ["no host key", access({ ...endpoint, hostKey: "" })],
    ["a port as text", access({ ...endpoint, port: "22" })],
    ["a broken proxy", access({ ...endpoint, proxy: { ...endpoint, user: undefined } })],
  ])("of a wrong shape is refused without its values: %s", (_what, raw) => {
    expect(() => validateSshAccess(raw)).toThrow(
      new Error(
        "etcd stack outputs not usable: sshAccess (wrong shape); run `pulumi up` on the etcd stack and read it again",
      ),
    );
  });
});
