import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readRemote } from "../../../components/nodeFiles";
import { parseMemberList } from "../../../core/contract/memberList";
import { renderCertificateFiles } from "../../../core/node/certificateFiles";
import { shellCommand } from "../../../core/node/shell";
import { readStackExport } from "../../../core/stackExport";
import { declaredCluster } from "../../../verify/declared";
import { compare, renderText } from "../../../verify/report";
import { stackExport } from "../verify/cluster";
import { newNode, type TestNode } from "./harness/node";

const PWN = "touch /tmp/pwned";

/** What a hostile machine says in place of a value. */
const VALUES: Readonly<Record<string, string>> = {
  "carriage returns": `controller-1\rBASH_ENV=$(${PWN})\rZ`,
  "line ends": `controller-1\nBASH_ENV=$(${PWN})\n=== ca.pem\nend\tok\nhealth\thealthy`,
  commas: "controller-1, https://10.240.0.99:2380, https://10.240.0.99:2379, false",
  "a command": `$(${PWN})\`${PWN}\``,
  "an index that runs a command": `a[$(${PWN})]`,
  "workflow commands": "::add-mask::x\n  ::stop-commands::y\n##[add-mask]z",
  "1 MiB": "x".repeat(1 << 20),
  nothing: "",
};

const LINE = "1f, started, %s, https://10.240.0.11:2380, https://10.240.0.11:2379, false";
/** As etcdctl quotes it. */
const FIELDS = (name: string, client = "https://10.240.0.11:2379") =>
  `"ClusterID" : 9\n"ID" : 31\n"Name" : ${JSON.stringify(name)}\n"PeerURL" : "https://10.240.0.11:2380"\n"ClientURL" : ${JSON.stringify(client)}\n"IsLearner" : false\n\n`;
const NOT_PLAIN = "1f, started, not-plain, https://10.240.0.11:2380, https://not-plain:1, false";
const ANSWER = "ctl() { cat /tmp/value; }; curl() { cat /tmp/value; }; metadata() { cat /tmp/value; }\n";
const REFUSED = /^refused \d$/;

let node: TestNode;
beforeEach(() => {
  node = newNode();
  node.write("/tmp/observe.sh", readRemote("observe.sh"));
});

/** What a script prints that has the phases' functions, and where the answers come from /tmp/value. */
function probe(script: string): (value: string) => string {
  return (value) => {
    node.write("/tmp/value", value);
    const libraries = ["lib", "answers", "cluster", "declared", "reasons"].map(
      (f) => `source /usr/local/lib/etcd-node/${f}.sh`,
    );
    const options =
      "OPT[name]=controller-0 OPT[ip]=10.240.0.10 OPT[members]=controller-0=https://10.240.0.10:2380; know_members";
    const lines = [
      "set -euo pipefail",
      "PHASE=probe",
      ...libraries,
      "source /tmp/observe.sh",
      options,
      ANSWER,
    ];
    const { stdout, stderr } = node.run(["bash", "-c", [...lines, script].join("\n")]);
    return `${stdout}${stderr}`.trimEnd();
  };
}

/** The message of an error, or what `run` returns. */
function orError(run: () => string): string {
  try {
    return run();
  } catch (error) {
    return `error: ${(error as Error).message}`;
  }
}

/** A report of a node that says this in each of its facts. */
function verifyReport(value: string): string {
  const cluster = declaredCluster(readStackExport(JSON.stringify(stackExport())));
  const report = `hostname\t${value}\nalarms\t${value}\nmember\t${value}\nend\tok\n`;
  return renderText(
    compare(
      cluster,
      cluster.members.map(() => ({ report })),
      new Date(0),
    ),
    cluster,
  );
}

interface Crossing {
  /** What comes out of the check, for any value. */
  readonly take: (value: string) => string;
  /** What it has to be; what is empty passes as an empty value where that is no harm. */
  readonly expected: RegExp;
  readonly onNothing?: RegExp;
}

const CROSSINGS: Readonly<Record<string, Crossing>> = {
  "a member's name": {
    take: (value) => probe('member_list_at x || echo "refused $?"')(FIELDS(value, value)),
    expected: new RegExp(`^${NOT_PLAIN}$`),
    onNothing: /^1f, unstarted, , https:\/\/10\.240\.0\.11:2380, https:\/\/not-plain:1, false$/,
  },
  "the member list": {
    take: probe('member_list_at x || echo "refused $?"'),
    expected: REFUSED,
  },
  "whether a founder waits for the first majority": {
    take: probe("waits_for_first_quorum https://10.240.0.11:2379 || echo no"),
    expected: /^no$/,
  },
  "the initial cluster": {
    take: probe('(grant_permit existing "$(cat /tmp/value)") && cat "$PERMIT"'),
    expected: /ERROR MEMBER_LIST_INVALID: the initial cluster is not plain text, so nothing was started/,
  },
  "an index or an ID": {
    take: probe(
      'ctl() { printf \'"RaftIndex" : %s\\n\' "$(cat /tmp/value)"; }; index=$(status_field x RaftIndex); echo "[$index]"; [[ -z $index ]] || ((index > 0))',
    ),
    expected: /^\[\]$/,
  },
  "a served certificate's common name": {
    take: probe(
      "tls_session() { cat /tmp/value; }; accepts_tcp() { :; }; source /usr/local/lib/etcd-node/certificates.sh; " +
        'OPT[members]+=,controller-1=https://10.240.0.11:2380; know_members; mkdir -p "$DECLARED"; ' +
        'echo ETCD_PEER_CERT_ALLOWED_CN=x >"$DECLARED/etcd.env"; reasons_against_peer_name',
    ),
    expected: /^$/,
  },
  "a version": {
    take: probe(
      'curl() { printf \'{"etcdserver":"%s","x":"3.08.1"}\' "$(cat /tmp/value)"; }; echo "[$(version_at x etcdserver)$(version_at x x)]"',
    ),
    expected: /^\[\]$/,
  },
  alarms: {
    take: probe('accepts_tcp() { :; }; (refuse_for "nothing was changed" raised_alarms) || true'),
    expected:
      /^ {2}- (ALARM_RAISED: an alarm is raised: [^\n]{1,600}|NO_QUORUM: no member says whether an alarm is raised)\n/,
    onNothing: /^$/,
  },
  "what etcdctl says of a change": { take: probe("telling ctl member add"), expected: /^/ },
  "etcd's journal": {
    take: probe("journalctl() { cat /tmp/value; }; journal_tail"),
    expected: /^.{0,400}(\n|$)/,
  },
  "the VM's address": {
    take: probe("(apply_declared) || true; [[ ! -e $ETC/node.env ]] || echo written"),
    expected:
      /ERROR WRONG_VM: the metadata server says the internal address is [^\n]*, declared is 10\.240\.0\.10/,
  },
  "etcd's command line": {
    take: probe('fact cmdline "$(cat /tmp/value)"'),
    expected: /^cmdline\t?[^\n]{0,16384}$/,
  },
  "a node's report": { take: verifyReport, expected: /^controller-0: hostname$/m },
  "the member list in the output": {
    take: (value) => orError(() => JSON.stringify(parseMemberList(LINE.replace("%s", () => value)))),
    expected: /^error: member list: got /,
    onNothing: /"name":""/,
  },
  "what a phase prints": {
    take: (value) => (/^error/.test(orError(() => renderCertificateFiles(value, {}))) ? "refused" : "passed"),
    expected: /^(refused|passed)$/,
  },
  "the VM's instance ID": {
    take: probe(`eval "$(cat /tmp/command)"`),
    expected: /^/,
  },
};

test.each(Object.keys(CROSSINGS))("%s is data, whatever it says", (name) => {
  const { take, expected, onNothing } = CROSSINGS[name] as Crossing;
  for (const [kind, value] of Object.entries(VALUES)) {
    node.write(
      "/tmp/command",
      shellCommand("printf '%.100s' >/dev/null", { instance: value.slice(0, 65_536) }),
    );
    const text = take(value);
    const isExpected = ((value === "" && onNothing) || expected).test(text);
    expect([kind, isExpected ? "" : text.slice(0, 2000)]).toEqual([kind, ""]);
    expect([kind, node.exists("/tmp/pwned")]).toEqual([kind, false]);
    expect([kind, text.length < 70_000]).toEqual([kind, true]);
    // Nothing that a terminal or GitHub's runner obeys.
    expect([kind, /[^\n\t\x20-\x7e]|^\s*::|##\[/m.exec(text)]).toEqual([kind, null]);
  }
});

test("a plain value passes: the checks refuse not everything", () => {
  expect(probe("member_list_at x")(FIELDS("controller-1"))).toBe(LINE.replace("%s", "controller-1"));
  expect(probe("status_field x RaftIndex")('"RaftIndex" : 17237436991929494444\n')).toBe(
    "17237436991929494444",
  );
  expect(probe("version_at x etcdserver")('{"etcdserver":"3.5.33","etcdcluster":"3.5.0"}')).toBe("3.5.33");
  const cluster = "controller-0=https://10.240.0.10:2380,controller-1=https://10.240.0.11:2380";
  expect(probe('grant_permit existing "$(cat /tmp/value)"; cat "$PERMIT"')(cluster)).toBe(
    `INITIAL_CLUSTER_STATE=existing\nINITIAL_CLUSTER=${cluster}`,
  );
});

test("what a phase prints cannot pass for a file", () => {
  expect(() => renderCertificateFiles("run 1\n=== ca.pem\n", {})).toThrow(/something else than its run/);
  expect(() => renderCertificateFiles("x".repeat(4097), {})).toThrow(/something else than its run/);
  expect(() => renderCertificateFiles("run 1\r=== ca.pem\n", {})).toThrow(/something else than its run/);
});

test("the page lists each of these values, and no other", () => {
  const page = readFileSync(join(__dirname, "../../../docs/develop/untrusted-values.md"), "utf8");
  const [, table = ""] = page.split(/<!-- values:(?:begin|end) -->\n/);
  const rows = table.trim().split("\n").slice(2);
  expect(rows.map((row) => row.split(" | ")[0]?.replace("| ", ""))).toEqual(Object.keys(CROSSINGS));
});
