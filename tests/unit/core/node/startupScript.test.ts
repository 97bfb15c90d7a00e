import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderStartupScript } from "../../../../core/node/startupScript";

const KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA+/=\n-----END OPENSSH PRIVATE KEY-----\n";
const OTHER = KEY.replace("AAAA", "BBBB");

test("the script, in full", () => {
  expect(renderStartupScript(KEY)).toBe(`#!/bin/bash
set -euo pipefail
umask 077
key=/etc/ssh/pinned_host_ed25519_key
cat >"$key.new" <<'END_OF_KEY'
-----BEGIN OPENSSH PRIVATE KEY-----
AAAA+/=
-----END OPENSSH PRIVATE KEY-----
END_OF_KEY
conf=/etc/ssh/sshd_config.d/10-pinned-host-key.conf
mkdir -p "$(dirname "$conf")"
printf 'HostKey %s\\nClientAliveInterval 15\\n' "$key" >"$key.conf"
if ! cmp -s "$key.new" "$key" || ! cmp -s "$key.conf" "$conf"; then
  mv -f "$key.new" "$key"
  install -m 0644 "$key.conf" "$conf"
  # sshd may have given up by now: on a new VM it starts before the guest agent has made its usual keys.
  for unit in ssh.service sshd.service; do
    systemctl reset-failed "$unit" || true
    systemctl restart "$unit" && break
  done
fi
rm -f "$key.new" "$key.conf"
`);
});

describe("run by bash at each boot", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "startup-script-"));
    mkdirSync(join(dir, "bin"));
    mkdirSync(join(dir, "ssh"));
    // reset-failed fails, as it does for a unit that systemd does not know yet.
    writeFileSync(join(dir, "bin/systemctl"), `#!/bin/sh\necho "$@" >>${dir}/calls\n[ "$1" = restart ]\n`);
    chmodSync(join(dir, "bin/systemctl"), 0o755);
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  function boot(key: string): string {
    rmSync(join(dir, "calls"), { force: true });
    writeFileSync(join(dir, "calls"), "");
    const script = renderStartupScript(key).replaceAll("/etc/ssh/", `${dir}/ssh/`);
    const env = { ...process.env, PATH: `${dir}/bin:${process.env.PATH}` };
    const output = execFileSync("bash", ["-s"], { input: script, encoding: "utf8", env });
    expect(output).toBe("");
    return readFileSync(join(dir, "calls"), "utf8");
  }
  test("where sshd's unit has its other name, that is restarted", () => {
    writeFileSync(
      join(dir, "bin/systemctl"),
      `#!/bin/sh\necho "$@" >>${dir}/calls\n[ "$*" = "restart sshd.service" ]\n`,
    );
    expect(boot(KEY)).toMatch(/restart ssh.service\nreset-failed sshd.service\nrestart sshd.service\n$/);
  });

  test("a configuration of an earlier release is recreated", () => {
    boot(KEY);
    writeFileSync(conf(), `HostKey ${keyFile()}\n`);
    expect(boot(KEY)).toBe(RESTARTED);
    expect(boot(KEY)).toBe("");
  });

  const RESTARTED = "reset-failed ssh.service\nrestart ssh.service\n";
  const keyFile = () => join(dir, "ssh/pinned_host_ed25519_key");
  const conf = () => join(dir, "ssh/sshd_config.d/10-pinned-host-key.conf");

  test("the first installs the key, for root alone, and restarts sshd", () => {
    expect(boot(KEY)).toBe(RESTARTED);
    expect(readFileSync(keyFile(), "utf8")).toBe(KEY);
    expect((statSync(keyFile()).mode & 0o777).toString(8)).toBe("600");
    expect(readFileSync(conf(), "utf8")).toBe(`HostKey ${keyFile()}\nClientAliveInterval 15\n`);
    expect((statSync(conf()).mode & 0o777).toString(8)).toBe("644");
    expect(readdirSync(join(dir, "ssh")).sort()).toEqual(["pinned_host_ed25519_key", "sshd_config.d"]);
  });

  test("a later one with the same key restarts nothing and leaves no copy of the key", () => {
    boot(KEY);
    expect(boot(KEY)).toBe("");
    expect(readdirSync(join(dir, "ssh")).sort()).toEqual(["pinned_host_ed25519_key", "sshd_config.d"]);
  });

  test("a changed key is installed and sshd restarted", () => {
    boot(KEY);
    expect(boot(OTHER)).toBe(RESTARTED);
    expect(readFileSync(keyFile(), "utf8")).toBe(OTHER);
  });

  test("a run that was cut off before the configuration is made up for", () => {
    boot(KEY);
    rmSync(conf());
    expect(boot(KEY)).toBe(RESTARTED);
    expect(readFileSync(conf(), "utf8")).toBe(`HostKey ${keyFile()}\nClientAliveInterval 15\n`);
  });
});
