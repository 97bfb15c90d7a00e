import { newNode } from "./harness/node";

/** Sources the pieces and runs `script`; what a probe answers depends on the endpoint. */
const run = (script: string) => {
  const node = newNode();
  node.write(
    "/tmp/probe.sh",
    `set -euo pipefail
source /usr/local/lib/etcd-node/lib.sh
source /usr/local/lib/etcd-node/answers.sh
source /usr/local/lib/etcd-node/cluster.sh
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
  return node.run(["bash", "/tmp/probe.sh"]);
};

test("each answer is kept with its exit status; one that was killed has not succeeded", () => {
  const { stdout } = run(`
ask_each probe fails silent lines half dies
for name in fails silent lines half dies; do echo "$name: \${ENDED[$name]} \${SAID[$name]@Q}"; done`);
  expect(stdout).toBe("fails: 3 'why'\nsilent: 0 ''\nlines: 0 $'one\\n2'\nhalf: 0 'half'\ndies: killed ''\n");
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
  expect(stdout).toBe("killed killed killed\n");
});
