import { failure, ID, LabApi, LINK, notFound, operation, prepare, TIME } from "./labApi";

let lab: LabApi;
beforeEach(async () => {
  lab = new LabApi();
  await prepare(lab);
});
afterEach(() => lab.close());

const PATH = "global/firewalls/kthw-etcd";
const RULE = {
  name: "kthw-etcd",
  network: "projects/p1/global/networks/kthw",
  allowed: [{ IPProtocol: "TCP", ports: ["2379", "2380"] }],
  sourceTags: ["controller"],
  targetTags: ["controller"],
};
const STORED = {
  ...RULE,
  kind: "compute#firewall",
  id: ID,
  creationTimestamp: TIME,
  selfLink: `${LINK}/${PATH}`,
  network: `${LINK}/global/networks/kthw`,
  direction: "INGRESS",
  priority: 1000,
  disabled: false,
  logConfig: { enable: false },
};
/** The rule as the hosts get it. */
const ENFORCED = {
  name: "kthw-etcd",
  network: "projects/p1/global/networks/kthw",
  priority: 1000,
  direction: "INGRESS",
  action: "allow",
  disabled: false,
  sourceRanges: [],
  sourceTags: ["controller"],
  targetTags: ["controller"],
  protocols: [{ protocol: "tcp", ports: ["2379", "2380"] }],
};
/** What the official provider sends with every update, whatever was set. */
const UNSET = {
  denied: [],
  destinationRanges: [],
  sourceRanges: [],
  sourceServiceAccounts: [],
  targetServiceAccounts: [],
};

test("a rule is inserted, read and deleted, and in force meanwhile", async () => {
  const inserted = await lab.mutate("POST", "global/firewalls", RULE);
  expect(inserted).toEqual(operation("insert", "global", "firewalls/kthw-etcd"));
  expect(await lab.get(PATH)).toEqual(STORED);
  expect(lab.firewall).toEqual([[ENFORCED], []]);
  const deleted = await lab.mutate("DELETE", PATH);
  expect(deleted).toEqual(operation("delete", "global", "firewalls/kthw-etcd"));
  expect(await lab.call("GET", PATH)).toEqual(notFound(PATH));
  expect(lab.firewall).toEqual([[], []]);
});

test("a rule without a source is for everybody", async () => {
  const { sourceTags: _tags, ...open } = RULE;
  await lab.mutate("POST", "global/firewalls", open);
  expect(await lab.get(PATH)).toEqual({ ...STORED, sourceTags: undefined, sourceRanges: ["0.0.0.0/0"] });
});

test("a deny rule is one for the hosts as well", async () => {
  const { allowed, ...rest } = RULE;
  await lab.mutate("POST", "global/firewalls", { ...rest, denied: allowed, allowed: [], priority: 65534 });
  expect(await lab.get(PATH)).toEqual({ ...STORED, allowed: undefined, denied: allowed, priority: 65534 });
  expect(lab.firewall).toEqual([[{ ...ENFORCED, action: "deny", priority: 65534 }], []]);
});

test("the official provider's update is taken: empty lists, and the network by its short name", async () => {
  await lab.mutate("POST", "global/firewalls", RULE);
  const update = {
    ...UNSET,
    allowed: [{ IPProtocol: "tcp" }],
    disabled: true,
    logConfig: { enable: false },
    network: RULE.network,
    priority: 900,
    sourceTags: [],
    targetTags: ["controller"],
    sourceRanges: ["10.240.0.0/24"],
  };
  expect(await lab.mutate("PATCH", PATH, update)).toEqual(
    operation("patch", "global", "firewalls/kthw-etcd"),
  );
  expect(await lab.get(PATH)).toEqual({
    ...STORED,
    allowed: [{ IPProtocol: "tcp" }],
    disabled: true,
    priority: 900,
    sourceTags: undefined,
    sourceRanges: ["10.240.0.0/24"],
  });
  expect(lab.firewall).toEqual([
    [
      {
        ...ENFORCED,
        disabled: true,
        priority: 900,
        sourceTags: [],
        sourceRanges: ["10.240.0.0/24"],
        protocols: [{ protocol: "tcp", ports: [] }],
      },
    ],
    [],
  ]);
});

test("an unset field is not there, rather than empty", async () => {
  await lab.mutate("POST", "global/firewalls", { ...RULE, ...UNSET, description: null });
  const stored = await lab.get(PATH);
  expect(Object.keys(stored).sort()).toEqual(Object.keys(STORED).sort());
});

test("the network and the direction cannot be changed", async () => {
  await lab.mutate("POST", "global/firewalls", RULE);
  for (const [field, value] of [
    ["network", "projects/p1/global/networks/other"],
    ["direction", "EGRESS"],
  ] as const) {
    expect(await lab.call("PATCH", PATH, { [field]: value })).toEqual(
      failure(
        400,
        "invalid",
        `Invalid value for field 'resource.${field}': '${value}'. The field cannot be changed.`,
      ),
    );
  }
});

test.each([
  ["both", { denied: [{ IPProtocol: "all" }] }],
  ["none", { allowed: [] }],
])("%s of allowed and denied is refused, in a PATCH too", async (_, body) => {
  const refusal = failure(
    400,
    "invalid",
    "Exactly one of 'allowed' and 'denied' must be specified for a firewall rule.",
  );
  expect(await lab.call("POST", "global/firewalls", { ...RULE, ...body })).toEqual(refusal);
  await lab.mutate("POST", "global/firewalls", RULE);
  expect(await lab.call("PATCH", PATH, body)).toEqual(refusal);
  expect(await lab.get(PATH)).toEqual(STORED);
});

test.each([
  ["egress rules", { direction: "EGRESS", sourceTags: [] }],
  ["sourceServiceAccounts", { sourceServiceAccounts: ["a@p1.iam.gserviceaccount.com"] }],
  ["targetServiceAccounts", { targetServiceAccounts: ["a@p1.iam.gserviceaccount.com"] }],
])("%s, which the hosts cannot enforce, are answered with 501", async (what, body) => {
  expect(await lab.call("POST", "global/firewalls", { ...RULE, ...body })).toEqual(
    failure(501, "notImplemented", `the lab does not implement ${what} of global/firewalls`),
  );
  expect(await lab.call("GET", PATH)).toEqual(notFound(PATH));
});

test.each(["ten", "10.0.0.1/8", "10.0.0.0/33", "300.0.0.1"])("the range %s is refused", async (range) => {
  const sourceRanges = ["10.0.0.0/8", range];
  expect(await lab.call("POST", "global/firewalls", { ...RULE, sourceRanges })).toEqual(
    failure(
      400,
      "invalid",
      `Invalid value for field 'resource.sourceRanges[1]': '${range}'. Must be a CIDR address range.`,
    ),
  );
});

test("IPv6 ranges are kept, and nothing comes from them", async () => {
  const sourceRanges = ["10.0.0.0/8", "192.0.2.1", "::/0"];
  await lab.mutate("POST", "global/firewalls", { ...RULE, sourceRanges });
  expect(await lab.get(PATH)).toEqual({ ...STORED, sourceRanges });
  expect(lab.firewall).toEqual([[{ ...ENFORCED, sourceRanges: ["10.0.0.0/8", "192.0.2.1"] }], []]);
});

test("a network that is not there is refused", async () => {
  const network = "projects/p1/global/networks/other";
  expect(await lab.call("POST", "global/firewalls", { ...RULE, network })).toEqual(
    notFound("global/networks/other"),
  );
});

test("a rule that cannot be put in force does not exist", async () => {
  lab.broken.add("applyFirewall");
  expect(await lab.call("POST", "global/firewalls", RULE)).toEqual(
    failure(500, "internalError", "applyFirewall is broken"),
  );
  expect(await lab.call("GET", PATH)).toEqual(notFound(PATH));
});
