import { newNode } from "./harness/node";

/** Sources the pieces and runs `script`; what a probe answers depends on the endpoint. */
const run = (script: string, listening: readonly string[] = []) => {
  const node = newNode();
  node.write(
    "/tmp/probe.sh",
    `set -euo pipefail
source /usr/local/lib/etcd-node/lib.sh
source /usr/local/lib/etcd-node/answers.sh
source /usr/local/lib/etcd-node/cluster.sh
source /usr/local/lib/etcd-node/reasons.sh
probe() {
  case $1 in
    fails) echo why; return 3 ;;
    silent) return 0 ;;
    lines) printf 'one\\n2\\n' ;;
    half) printf half ;;
    dies) echo 0; kill -KILL "$BASHPID" ;;
    meets-*) touch "/tmp/$1"; until [[ -e /tmp/meets-a && -e /tmp/meets-b ]]; do :; done ;;
  esac
}
${script}
`,
  );
  return node.run(["bash", "/tmp/probe.sh"], { listening });
};

test("each answer is kept with its exit status; one that was killed has not succeeded", () => {
  const { stdout } = run(`
ask_each probe fails silent lines half dies
for name in fails silent lines half dies; do echo "$name: \${ENDED[$name]} \${SAID[$name]@Q}"; done`);
  expect(stdout).toBe("fails: 3 'why'\nsilent: 0 ''\nlines: 0 $'one\\n2'\nhalf: 0 'half'\ndies: 137 ''\n");
});

test("all are asked at the same time", () => {
  const { stdout } = run(`ask_each probe meets-a meets-b; echo "\${ENDED[meets-a]} \${ENDED[meets-b]}"`);
  expect(stdout).toBe("0 0\n");
});

test("no one is asked where there is no one", () => {
  expect(run("ask_each probe; echo done").stdout).toBe("done\n");
});

test("where no process can be started, no one has succeeded", () => {
  const { stdout } = run(`ulimit -n 8; ask_each probe a b c; echo "\${ENDED[a]} \${ENDED[b]} \${ENDED[c]}"`);
  expect(stdout).toBe("137 137 137\n");
});

describe("where no process can be started, it is known", () => {
  const URLS = ["https://10.240.0.10:2380", "https://10.240.0.11:2380", "https://10.240.0.12:2380"];
  const KNOW = `OPT[name]=controller-1 OPT[members]=${URLS.map((url, i) => `controller-${i}=${url}`).join(",")}
ulimit -n 5; know_members; `;

  test("who the members are", () => {
    expect(run(`${KNOW} echo "\${EVERYBODY[*]} | \${OTHERS[*]} | $OWN_PEER_URL | $MAJORITY"`).stdout).toBe(
      "https://10.240.0.10:2379 https://10.240.0.11:2379 https://10.240.0.12:2379 | " +
        "https://10.240.0.10:2379 https://10.240.0.12:2379 | https://10.240.0.11:2380 | 2\n",
    );
  });

  test("that the only one has no others", () => {
    const alone = "OPT[name]=a OPT[members]=a=https://10.240.0.10:2380; know_members";
    expect(run(`${alone}; echo "\${#OTHERS[@]} $MAJORITY"`).stdout).toBe("0 1\n");
  });

  test("who is on a member list, with or without a name, and who has never started", () => {
    const list = URLS.map(
      (url, i) =>
        `f98dc20bce6225a${i}, started, ${i === 0 ? "" : `m${i}`}, ${url}, ${i === 2 ? "" : url}, false`,
    );
    const { stdout } = run(
      `${KNOW} others_in $'${list.join("\\n")}'; echo "\${LISTED[*]} | \${STARTED[*]} | \${NEVER_STARTED[*]}"`,
    );
    const [first, last] = ["https://10.240.0.10:2379", "https://10.240.0.12:2379"];
    expect(stdout).toBe(`${first} ${last} | ${first} | ${last}\n`);
  });
});

describe("a port", () => {
  const says = (endpoint: string) => `accepts_tcp ${endpoint} && echo open || echo closed; `;

  test("that takes a connection, and one that refuses it", () => {
    const { stdout } = run(says("https://10.240.0.11:2379") + says("https://10.240.0.11:2380"), [
      "10.240.0.11",
    ]);
    expect(stdout).toBe("open\nclosed\n");
  });

  test("that says neither is left after two seconds, by the process that asked as well", () => {
    // What listens has no room for another connection.
    const busy = `
socket(S, PF_INET, SOCK_STREAM, 0); bind(S, sockaddr_in(2381, INADDR_LOOPBACK)); listen(S, 0);
for (1 .. 3) {
  socket($c[$_], PF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0); connect($c[$_], sockaddr_in(2381, INADDR_LOOPBACK));
}
print "ready\\n"; close STDOUT; select(undef, undef, undef, 30);`;
    const { stdout } = run(
      `exec 3< <(perl -MSocket=:DEFAULT,SOCK_NONBLOCK -e '${busy}'); read -r -u 3; started=$EPOCHREALTIME
${says("https://127.0.0.1:2381")} took=$(( (\${EPOCHREALTIME/./} - \${started/./}) / 1000000 ))
while kill -0 $! 2>/dev/null; do :; done; echo "$took s, left"`,
      ["10.240.0.11"],
    );
    expect(stdout).toBe("closed\n2 s, left\n");
  });
});

describe("a check that is killed", () => {
  const KILLED = "(kill -KILL $BASHPID)";

  test.each([
    ["itself", "check() { kill -KILL $BASHPID; }"],
    ["in its last step", `check() { ${KILLED}; }`],
    ["by an error of the script", 'check() { set -u; echo "$NOT_SET"; }'],
  ])("%s, has shown nothing and ends the phase", (_how, check) => {
    const { code, stdout, stderr } = run(
      `OPT[name]=controller-0 OTHERS=(); ${check}; refuse_on check; echo went on`,
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(
      "ERROR CHECK_INTERRUPTED: a check was interrupted, nothing was changed on controller-0. Run 'pulumi up' again",
    );
  });

  test("in one of its parts, ends the phase as well", () => {
    const { stdout, stderr } = run(
      `OPT[name]=a; OTHERS=(x); raised_alarms() { ${KILLED}; }; is_healthy() { :; }; refuse_on reasons_not_to_restart; echo went on`,
    );
    expect(stdout).toBe("");
    expect(stderr).toContain("ERROR CHECK_INTERRUPTED");
  });

  test.each([
    ["an etcdctl", "is_healthy a || true"],
    ["the look for authentication", "auth_is_enabled a || true"],
    ["what is asked for a version", "reasons_against_version"],
    ["what is asked at several members at once", "ask_each get_from a b"],
    ["what could not be started", "ulimit -n 5; ask_each get_from a b"],
  ])("in %s, which finds nothing then, ends the phase as well", (_what, command) => {
    const { stdout, stderr } = run(
      `OPT[name]=a OPT[version]=3.5.33 OTHERS=() EVERYBODY=(x); source /usr/local/lib/etcd-node/authentication.sh
source /usr/local/lib/etcd-node/version.sh
ctl() { ${KILLED}; }; curl() { ${KILLED}; }; check() { ${command}; }; refuse_on check; echo went on`,
    );
    expect(stdout).toBe("");
    expect(stderr).toContain("ERROR CHECK_INTERRUPTED");
  });

  test("but not the next one", () => {
    const { stdout } = run(
      `OPT[name]=a OTHERS=(); check() { heard 9 eval '${KILLED}' || true; }; (refuse_on check) || true
check() { heard 9 true; }; refuse_on check; echo went on`,
    );
    expect(stdout).toBe("went on\n");
  });

  test("and has found something all the same, refuses for that", () => {
    const { stdout, stderr } = run(
      `OPT[name]=a OTHERS=(); check() { reason ROOM "no room"; kill -KILL $BASHPID; }; refuse_on check; echo went on`,
    );
    expect(stdout).toBe("");
    expect(stderr).toBe(
      "  - ROOM: no room\netcd-node: controller-0: probe: ERROR ROOM: refused, nothing was changed on a, for the reasons above; fix them and run 'pulumi up' again\n",
    );
  });

  test("but one that finds nothing passes", () => {
    expect(run("OPT[name]=controller-0; check() { :; }; refuse_on check; echo went on").stdout).toBe(
      "went on\n",
    );
  });

  test("leaves a port neither open nor closed", () => {
    expect(
      run("ulimit -n 5; status=0; accepts_tcp https://127.0.0.1:2379 || status=$?; echo $status").stdout,
    ).toBe("3\n");
  });

  test.each([
    ["as it looks at the port", `accepts_tcp() { return 3; }`],
    ["as it asks", `accepts_tcp() { [[ $1 == a ]]; }; member_list_at() { kill -KILL $BASHPID; }`],
    ["as etcdctl runs", `accepts_tcp() { [[ $1 == a ]]; }; ctl() { ${KILLED}; }`],
    ["as its answer is read", `accepts_tcp() { [[ $1 == a ]]; }; ctl() { :; }; awk() { ${KILLED}; }`],
  ])("%s, is not a member without a list", (_when, probes) => {
    const { stdout, stderr } = run(
      `${probes}; status=0; agreed_member_list_of a b || status=$?; echo $status`,
    );
    expect(stdout).toBe("2\n");
    expect(stderr).toContain("a could not be asked for its member list");
  });
});

test.each([
  ["", "memberID:1 alarm:NOSPACE  memberID:2 alarm:CORRUPT "],
  ["NOSPACE", "memberID:2 alarm:CORRUPT "],
  ["CORRUPT", "memberID:1 alarm:NOSPACE "],
])("of the alarms, all but %j are told", (kind, expected) => {
  const { stdout } = run(
    `alarm_lines() { printf 'memberID:1 alarm:NOSPACE \\nmemberID:2 alarm:CORRUPT '; }; raised_alarms ${kind}`,
  );
  expect(stdout).toBe(`ALARM_RAISED: an alarm is raised: ${expected}; see docs/operate/troubleshooting.md\n`);
});

test("of no alarm, nothing is told", () => {
  expect(run("alarm_lines() { :; }; raised_alarms; raised_alarms NOSPACE").stdout).toBe("");
});
