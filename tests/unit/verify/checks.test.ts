import { readStackExport } from "../../../core/stackExport";
import { declaredCluster } from "../../../verify/declared";
import { compare } from "../../../verify/report";
import { CERTIFICATES, CONTROLLERS, healthyFacts, MEMBER_LIST, report, stackExport } from "./cluster";

const NOW = new Date();
const cluster = declaredCluster(readStackExport(JSON.stringify(stackExport())));

/** What is found when one fact of controller-1 is another one; `undefined` takes the fact away. */
function found(fact: string, value: string | undefined, memberList = MEMBER_LIST) {
  const answers = CONTROLLERS.map(({ index }) => {
    const facts = healthyFacts(index);
    if (index !== 1) return { report: report(facts) };
    if (value === undefined) facts.delete(fact);
    else facts.set(fact, value);
    return { report: report(facts, memberList) };
  });
  return compare(cluster, answers, NOW).findings;
}

test("a cluster that is as declared has no difference, be a founder's process still started as new", () => {
  expect(found("hostname", "controller-1")).toEqual([]);
  const cmdline = healthyFacts(1).get("cmdline")?.replace("-state new", "-state existing");
  expect(found("cmdline", cmdline)).toEqual([]);
});

const cmdline = healthyFacts(1).get("cmdline") ?? "";
const environ = healthyFacts(1).get("environ") ?? "";

test("the drop-in that this program puts beside the unit is none of somebody else's", () => {
  const own = "/etc/systemd/system/etcd.service.d/comeBack.conf";
  expect(found("unit.DropInPaths", own)).toEqual([]);
  expect(found("unit.DropInPaths", `${own} /run/x.conf`)).toMatchObject([{ found: "/run/x.conf" }]);
});

test("data that etcd cannot read is moved aside only where other members have it: said before the commands", () => {
  expect(found("ended", "on its data")).toMatchObject([
    {
      fix: expect.stringMatching(
        /only copy: copy it first.*restore\.md\. When .*: sudo systemctl stop etcd && sudo mv/,
      ),
    },
  ]);
});

test.each<[string, string, string | undefined, string]>([
  ["VM", "hostname", "controller-2", "hostname"],
  ["VM", "instance", "101", "instance ID"],
  ["VM", "instance", undefined, "instance ID"],
  [
    "files",
    "file /usr/local/lib/etcd-node/lib.sh",
    `${"0".repeat(64)} 0644 root:root`,
    "/usr/local/lib/etcd-node/lib.sh",
  ],
  ["files", "file /usr/local/lib/etcd-node/converge.sh", "missing", "/usr/local/lib/etcd-node/converge.sh"],
  ["files", "file /etc/etcd/etcd.env", undefined, "/etc/etcd/etcd.env"],
  ["files", "file /etc/etcd/node.env", `${"0".repeat(64)} 0644 root:root`, "/etc/etcd/node.env"],
  ["files", "file /etc/systemd/system/etcd.service", "missing", "/etc/systemd/system/etcd.service"],
  ["unit", "unit.ActiveState", "failed", "unit ActiveState"],
  ["unit", "unit.SubState", "auto-restart", "unit SubState"],
  ["unit", "unit.UnitFileState", "disabled", "unit UnitFileState"],
  ["unit", "unit.NeedDaemonReload", "yes", "unit NeedDaemonReload"],
  ["unit", "unit.FragmentPath", "/lib/systemd/system/etcd.service", "unit FragmentPath"],
  ["unit", "unit.LoadState", undefined, "unit LoadState"],
  ["unit", "unit.DropInPaths", "/etc/systemd/system/etcd.service.d/x.conf", "unit DropInPaths"],
  ["binary", "link /usr/local/bin/etcd", "/opt/etcd/v3.4.9/etcd", "/usr/local/bin/etcd"],
  ["binary", "link /usr/local/bin/etcdctl", "", "/usr/local/bin/etcdctl"],
  ["binary", "release-sha256", "b".repeat(64), "tarball's sha256"],
  ["binary", "exe", "/opt/etcd/v3.4.10/etcd (deleted)", "binary of the process"],
  ["process", "cmdline", cmdline.replace("--client-cert-auth ", ""), "flags of the process"],
  ["process", "cmdline", `${cmdline}--log-level debug`, "flags of the process"],
  ["process", "environ", `${environ} ETCD_LOG_LEVEL=debug`, "ETCD_ variables of the process"],
  ["process", "started-with", "c".repeat(64), "what the process was started with"],
  ["certificate files", "file /etc/etcd/ca.pem", "missing", "/etc/etcd/ca.pem"],
  [
    "certificate files",
    "file /etc/etcd/kubernetes.pem",
    `${"0".repeat(64)} 0644 root:root`,
    "/etc/etcd/kubernetes.pem",
  ],
  ["served certificate", "served 2379", "0".repeat(64), "certificate on port 2379"],
  ["served certificate", "served 2380", "", "certificate on port 2380"],
  ["data disk", "data-mount", "not mounted", "/var/lib/etcd on the data disk"],
  ["data disk", "data-mode", "0755 etcd:etcd", "/var/lib/etcd"],
  ["data disk", "wal", "missing", "write-ahead log"],
  ["data disk", "data-free", "4", "space on the data disk"],
  ["data disk", "data-free", "", "space on the data disk"],
  ["version", "version", "3.4.9", "etcd server"],
  ["version", "cluster-version", "3.3.0", "etcd cluster"],
  ["health", "health", "unhealthy", "endpoint health"],
  ["health", "alarms", "memberID:1 alarm:NOSPACE", "alarms"],
])("%s: %s that is %j is a difference, and the only one", (check, fact, value, what) => {
  expect(found(fact, value)).toEqual([expect.objectContaining({ where: "controller-1", check, what })]);
});

test("another VM is fixed by a phase, a metadata server that does not answer by no command", () => {
  expect(found("instance", "101")[0]).not.toHaveProperty("fix");
  expect(found("instance", "")).toMatchObject([{ fix: "see docs/operate/troubleshooting.md" }]);
});

test("a key that others may read is a difference", () => {
  const key = healthyFacts(1)
    .get("file /etc/etcd/kubernetes-key.pem")
    ?.replace("0640 root:etcd", "0644 root:etcd");
  expect(found("file /etc/etcd/kubernetes-key.pem", key)).toMatchObject([
    { what: "/etc/etcd/kubernetes-key.pem" },
  ]);
});

test("the key itself is in no finding", () => {
  const findings = found("file /etc/etcd/kubernetes-key.pem", "missing");
  expect(JSON.stringify(findings)).not.toContain(CERTIFICATES.key.split("\n")[1]);
});

test("an expired certificate is a difference, though it is the declared one", () => {
  const later = new Date(NOW.getTime() + 400 * 24 * 3_600_000);
  const answers = CONTROLLERS.map(({ index }) => ({ report: report(healthyFacts(index)) }));
  expect(compare(cluster, answers, later).findings).toMatchObject(
    CONTROLLERS.map(({ name }) => ({
      where: name,
      what: "certificate",
      found: expect.stringMatching(/^ended on /),
    })),
  );
});

test("a member list with a member more, less, or under another ID is a difference", () => {
  const lines = MEMBER_LIST.split("\n");
  const more = `${MEMBER_LIST}\naaaa, unstarted, , https://10.240.0.13:2380, , true`;
  for (const list of [more, lines.slice(1).join("\n"), MEMBER_LIST.replace("f98d", "a98d"), ""]) {
    expect(found("hostname", "controller-1", list)).toMatchObject([
      { check: "member list", where: "controller-1" },
    ]);
  }
  expect(found("hostname", "controller-1", lines.reverse().join("\n"))).toEqual([]);
});

test("a member that has given itself another name is a difference, known to the last up or not", () => {
  const renamed = MEMBER_LIST.replace("controller-2", "not-plain");
  const state = JSON.stringify(stackExport()).replaceAll(
    JSON.stringify(MEMBER_LIST),
    JSON.stringify(renamed),
  );
  const answers = CONTROLLERS.map(({ index }) => ({ report: report(healthyFacts(index), renamed) }));
  const { findings } = compare(declaredCluster(readStackExport(state)), answers, NOW);
  expect(state).toContain("not-plain");
  expect(findings).toMatchObject([0, 1, 2].map((n) => ({ check: "member list", where: `controller-${n}` })));
});

test.each([
  ["cluster-id", "1", "cluster ID"],
  ["leader", "1", "leader"],
  ["leader", "", "leader"],
])("members that tell another %s (%j) are not one cluster", (fact, value, what) => {
  expect(found(fact, value)).toMatchObject([{ where: "cluster", check: "one cluster", what }]);
});

test("no leader on any member is a difference, though they agree", () => {
  const answers = CONTROLLERS.map(({ index }) => ({
    report: report(healthyFacts(index).set("leader", "0")),
  }));
  expect(compare(cluster, answers, NOW).findings).toMatchObject([{ where: "cluster", what: "leader" }]);
});

test.each([
  ["2036-06-01T12:00:00Z", 13, []],
  ["2036-06-01T12:00:00Z", 14, ["certificate kubernetes"]],
  ["2036-06-15T12:00:00Z", 0, ["certificate kubernetes"]],
  ["2046-01-01T00:00:00Z", 0, ["certificate ca-1", "certificate kubernetes"]],
])("at %s, certificates that end within %i days: %j", (now, days, expected) => {
  const { findings } = compare(cluster, [], new Date(now), days);
  expect(findings.filter(({ check }) => check === "expiry").map(({ what }) => what)).toEqual(expected);
});
