import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isReach, renderReach } from "../../../core/node/reach";

const SCRIPT = readFileSync(join(__dirname, "../../../remote/reach.sh"), "utf8");
const KEY = "ssh-ed25519 AAAAC3pinned";

let bin: string;
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), "reach-"));
});
afterEach(() => rmSync(bin, { recursive: true }));

const command = (limit: string) =>
  renderReach({ name: "controller-0", ip: "10.240.0.10", "host-key": KEY, limit, instance: "7", vm: "f00" });

/** Runs it as sshd does, where the n-th call of `ssh-keyscan` prints the n-th of these; the last for ever. */
function reach(limit: string, ...answers: string[]) {
  for (const [n, answer] of answers.entries()) writeFileSync(join(bin, `answer-${n + 1}`), answer);
  const scan = `#!/bin/bash\necho "$@" >>${bin}/calls\nn=$(wc -l <${bin}/calls)\n((n < ${answers.length})) || n=${answers.length}\ncat ${bin}/answer-$n\n`;
  writeFileSync(join(bin, "ssh-keyscan"), scan, { mode: 0o755 });
  const env = { PATH: `${bin}:${process.env.PATH}` };
  const { status, stderr } = spawnSync("sh", ["-c", command(limit)], {
    encoding: "utf8",
    input: SCRIPT,
    env,
  });
  return { status, stderr, calls: readFileSync(join(bin, "calls"), "utf8").trim().split("\n") };
}

test("a VM with its pinned key is reached at once", () => {
  expect(reach("60", `10.240.0.10 ${KEY}\n`)).toEqual({
    status: 0,
    stderr: "",
    calls: ["-T 5 -t ed25519 10.240.0.10"],
  });
});

test("one that shows another key first, or is not there, is waited for", () => {
  const { status, calls } = reach("60", "", "10.240.0.10 ssh-ed25519 AAAAC3agents\n", `10.240.0.10 ${KEY}\n`);
  expect([status, calls.length]).toEqual([0, 3]);
});

test("past the limit the run ends, and says which VM and what was seen", () => {
  const { status, stderr } = reach("1", "10.240.0.10 ssh-ed25519 \u001b[2J\n::add-mask::AAAAC3agents\n");
  expect([status, stderr.trim().split("\n").length]).toEqual([1, 1]);
  expect(stderr).not.toContain("\u001b");
  expect(stderr).toMatch(
    /^etcd-node: bastion: reach: ERROR VM_NOT_REACHED: controller-0 does not show its pinned host key at port 22 of 10\.240\.0\.10 after 1 s; ssh-keyscan says: .*AAAAC3agents/,
  );
});

test("the guard knows the command, and nothing that only looks like it", () => {
  expect(isReach(command("600"))).toBe(true);
  expect(isReach(`${command("600")}; id`)).toBe(false);
  expect(isReach(command("600").replace("bash -s --", "bash -c id --"))).toBe(false);
  expect(isReach(command("a[$(id)]"))).toBe(false);
});
