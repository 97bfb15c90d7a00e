import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import execa from "execa";
import { readStackExport } from "../../../core/stackExport";
import { inNetnsSameMounts } from "../../../lab/commands/shared/netns";
import { readToolchain } from "../../../lab/commands/shared/toolchain";
import { accessOf } from "../../../ssh/access";
import { withSsh } from "../../../ssh/client";
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

/** What ssh says to a key, with the host keys that the state has. */
export async function logIn(lab: Lab, key: string, host: string): Promise<string> {
  const access = accessOf(readStackExport(await lab.plainState()), host, true);
  const options = { ...access.options, BatchMode: "yes" };
  return withSsh({ ...access, options, privateKey: `${key.trim()}\n` }, ["echo", "in"], async (argv) => {
    const [command = "", ...args] = inNetnsSameMounts(argv);
    return (await execa(command, args, { reject: false, all: true })).all ?? "";
  });
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
