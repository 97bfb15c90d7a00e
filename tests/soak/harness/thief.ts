import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import execa from "execa";
import { readToolchain } from "../../../lab/commands/shared/toolchain";
import { addressOf } from "../../e2e/harness/cluster";
import type { Lab } from "../../e2e/harness/lab";

/** What somebody does with keys that are not theirs. */

/** A certificate and its key, PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** Whether a certificate and its key open a port of controller-0, from controller-1. */
export async function opensEtcd(lab: Lab, pair: Pair, path = "2379/health"): Promise<boolean> {
  const file = (name: string, text: string) =>
    `echo ${Buffer.from(text).toString("base64")} | base64 -d >/tmp/${name}.pem`;
  const curl =
    "curl -sS --http1.1 --max-time 5 --cacert /etc/etcd/ca.pem --cert /tmp/cert.pem --key /tmp/key.pem";
  const ask = `${curl} -o /dev/null https://${addressOf("controller-0")}:${path} 2>/dev/null && echo yes || echo no`;
  const script = [file("cert", pair.cert), file("key", pair.key), ask, "rm /tmp/cert.pem /tmp/key.pem"];
  return (await lab.onHost("controller-1", "sh", "-c", script.join("; "))).trim() === "yes";
}

/** What ssh says to a key, with the host keys that the lab last read from the state. */
export async function logIn(lab: Lab, key: string, host: string): Promise<string> {
  const file = join(lab.dir, "ssh/stolen");
  writeFileSync(file, key.endsWith("\n") ? key : `${key}\n`, { mode: 0o600 });
  const known = `UserKnownHostsFile=${join(lab.dir, "ssh/known_hosts")}`;
  const options = ["IdentitiesOnly=yes", "IdentityAgent=none", "BatchMode=yes", known];
  const argv = ["-F", "/dev/null", "-i", file, ...options.flatMap((option) => ["-o", option])];
  const ssh = ["--net=/run/netns/etcd-lab", "--", "ssh", ...argv, `etcd-deploy@${addressOf(host)}`];
  return (await execa("nsenter", [...ssh, "echo", "in"], { reject: false, all: true })).all ?? "";
}

/** A client's certificate signed by a CA's key. @param dir is made. */
export function forgedBy(dir: string, ca: Pair): Pair {
  mkdirSync(dir);
  writeFileSync(join(dir, "ca.pem"), ca.cert);
  writeFileSync(join(dir, "ca.key"), ca.key);
  writeFileSync(join(dir, "ext"), "extendedKeyUsage=clientAuth\n");
  const openssl = (line: string) => execFileSync("openssl", line.split(" "), { cwd: dir, stdio: "pipe" });
  openssl("req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key -out csr -subj /CN=thief");
  openssl("x509 -req -in csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile ext -days 2 -out cert");
  return { cert: readFileSync(join(dir, "cert"), "utf8"), key: readFileSync(join(dir, "key"), "utf8") };
}

/** The engine on a state of its own in `dir`, by a passphrase. */
export function enginesOwn(dir: string) {
  return (passphrase: string, args: readonly string[], input = "") =>
    execa(join(readToolchain().engineDir, "pulumi"), [...args], {
      cwd: dir,
      reject: false,
      all: true,
      input,
      env: {
        PULUMI_BACKEND_URL: `file://${dir}/state`,
        PULUMI_CONFIG_PASSPHRASE: passphrase,
        PULUMI_CONFIG_PASSPHRASE_FILE: "",
        PULUMI_SKIP_UPDATE_CHECK: "true",
      },
    });
}
