import { generateKeyPairSync } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import execa from "execa";
import { utils } from "ssh2";
import type { Access } from "../../../ssh/access";
import { withSsh } from "../../../ssh/client";

const { private: privateKey, public: publicKey } = utils.generateKeyPairSync("ed25519");
const ACCESS: Access = {
  way: "direct",
  privateKey,
  knownHosts: "controller-0 ssh-ed25519 AAAA\n",
  target: "etcd-deploy@10.240.0.10",
  options: { HostKeyAlias: "controller-0" },
};
const optionOf = (argv: readonly string[], name: string) =>
  argv.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";

test("the key is an agent's and in no file, and nothing is left", async () => {
  const directory = await withSsh(ACCESS, [], async (argv) => {
    const socket = optionOf(argv, "IdentityAgent");
    const { stdout } = await execa("ssh-add", ["-L"], { env: { SSH_AUTH_SOCK: socket } });
    expect(stdout).toContain(publicKey.trim());
    expect(readdirSync(dirname(socket)).sort()).toEqual(["agent", "known_hosts"]);
    expect(readFileSync(join(dirname(socket), "known_hosts"), "utf8")).toBe(ACCESS.knownHosts);
    expect(argv.join(" ")).not.toContain("PRIVATE KEY");
    return dirname(socket);
  });
  expect(existsSync(directory)).toBe(false);
});

test("only a pinned host key will do, whatever the person's own settings say", async () => {
  const argv = await withSsh(ACCESS, [], async (words) => words);
  expect(argv.slice(0, 3)).toEqual(["ssh", "-F", "/dev/null"]);
  expect(argv.at(-1)).toBe("etcd-deploy@10.240.0.10");
  expect(optionOf(argv, "StrictHostKeyChecking")).toBe("yes");
  expect(optionOf(argv, "GlobalKnownHostsFile")).toBe("/dev/null");
  expect(optionOf(argv, "HostKeyAlias")).toBe("controller-0");
});

test("a bastion is logged in to with the same key, and shows its own", async () => {
  const argv = await withSsh(
    { ...ACCESS, bastion: { target: "jump@198.51.100.4", port: 2222 } },
    [],
    async (w) => w,
  );
  const jump = optionOf(argv, "ProxyCommand");
  expect(jump).toContain("-o HostKeyAlias=bastion -o Port=2222 -W %h:%p jump@198.51.100.4");
  expect(jump).toContain(`-o IdentityAgent=${optionOf(argv, "IdentityAgent")}`);
});

test("no word of the bastion's is the shell's", async () => {
  const target = "$(touch x)@198.51.100.4";
  const argv = await withSsh({ ...ACCESS, bastion: { target, port: 22 } }, [], async (w) => w);
  expect(optionOf(argv, "ProxyCommand")).toContain(` '${target}'`);
});

test("a key that no agent takes ends it, and nothing is left", async () => {
  const { privateKey: wrong } = generateKeyPairSync("rsa", {
    modulusLength: 1024,
    privateKeyEncoding: { type: "pkcs8", format: "der" },
    publicKeyEncoding: { type: "spki", format: "der" },
  });
  const use = jest.fn();
  await expect(withSsh({ ...ACCESS, privateKey: wrong.toString("hex") }, [], use)).rejects.toThrow("ssh-add");
  expect(use).not.toHaveBeenCalled();
});
