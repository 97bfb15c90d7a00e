import { mkdtempSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import execa from "execa";
import { z } from "zod";
import { type Lab, type Ran, UP } from "./lab";

const ROOT = resolve(__dirname, "../../..");
const PROJECT = join(ROOT, "examples/control-plane");

const IN_LAB = ["--net=/run/netns/etcd-lab", "--"];

const Outputs = z.object({ apiServers: z.array(z.string()), adminKubeconfig: z.string() });

/** What {@link ApiClient} met with. */
const Summary = z.object({
  created: z.number(),
  failedOver: z.number(),
  refusedByAll: z.array(z.string()),
  longestGapMs: z.number(),
  listed: z.number(),
  missing: z.array(z.string()),
});

/** The stack of examples/control-plane in a lab. */
export class ControlPlane {
  constructor(private readonly lab: Lab) {}

  /** Builds kube-apiserver, unless that is done, and sets its checksum. */
  async build(): Promise<void> {
    // It takes longer than a test may: the time limit is the caller's.
    const { stdout } = await execa(join(ROOT, "lab/bin/lab"), ["build", "kube-apiserver"], { cwd: ROOT });
    const sha256 = /sha256 (\w{64})/.exec(stdout)?.[1] ?? "";
    await this.set({ kubeApiserverSha256: sha256 });
  }

  async set(settings: Record<string, string>): Promise<void> {
    for (const [name, value] of Object.entries(settings)) {
      await this.lab.must("pulumi", "-C", PROJECT, "config", "set", `control-plane:${name}`, "--", value);
    }
  }

  up(): Promise<Ran> {
    return this.lab.run(...UP, "-C", PROJECT);
  }

  async mustUp(): Promise<string> {
    const { status, output } = await this.up();
    if (status !== 0) throw new Error(output);
    return output;
  }

  async outputs(): Promise<z.infer<typeof Outputs>> {
    const ask = ["pulumi", "-C", PROJECT, "stack", "output", "--json", "--show-secrets"];
    const { stdout } = await this.lab.quietly(...ask);
    return Outputs.parse(JSON.parse(stdout));
  }
}

/** A continuous client of the API, with the control plane's outputs alone. */
export class ApiClient {
  private constructor(
    private readonly controlPlane: ControlPlane,
    private readonly dir: string,
    private readonly server: string,
    private readonly process: execa.ExecaChildProcess,
  ) {}

  static async start(lab: Lab, controlPlane: ControlPlane): Promise<ApiClient> {
    const dir = mkdtempSync(join(lab.dir, "api-client-"));
    const { apiServers } = await refresh(controlPlane, dir);
    const argv = ["--import", "tsx", join(__dirname, "apiClient.ts"), dir, ...apiServers];
    const child = execa("nsenter", [...IN_LAB, "node", ...argv], { cwd: ROOT, stdin: "pipe", reject: false });
    return new ApiClient(controlPlane, dir, apiServers[0] ?? "", child);
  }

  /** Creates an object, as the administrator. */
  async create(path: string, object: unknown): Promise<void> {
    const pem = (name: string) => join(this.dir, `${name}.pem`);
    const tls = ["--cacert", pem("ca"), "--cert", pem("admin"), "--key", pem("admin-key")];
    const json = ["--header", "Content-Type: application/json", "--data", JSON.stringify(object)];
    await execa("nsenter", [...IN_LAB, "curl", "-fsS", ...tls, ...json, `${this.server}${path}`]);
  }

  /** Hands the client the present CA and certificate. */
  async refresh(): Promise<void> {
    await refresh(this.controlPlane, this.dir);
  }

  /** Ends the client and tells what it met with. @throws Error with what it printed when it has failed. */
  async stop(): Promise<z.infer<typeof Summary>> {
    this.process.stdin?.end();
    const { exitCode, stdout, stderr } = await this.process;
    if (exitCode !== 0) throw new Error(`the API client ended with ${exitCode}:\n${stderr}`);
    return Summary.parse(JSON.parse(stdout));
  }
}

async function refresh(controlPlane: ControlPlane, dir: string): Promise<z.infer<typeof Outputs>> {
  const outputs = await controlPlane.outputs();
  const pem = (key: string) =>
    Buffer.from(new RegExp(`${key}: (\\S+)`).exec(outputs.adminKubeconfig)?.[1] ?? "", "base64");
  const files = {
    "ca.pem": "certificate-authority-data",
    "admin.pem": "client-certificate-data",
    "admin-key.pem": "client-key-data",
  };
  for (const [file, key] of Object.entries(files)) writeFileSync(join(dir, file), pem(key), { mode: 0o600 });
  return outputs;
}
