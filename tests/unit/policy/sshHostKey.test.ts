import { UNKNOWN } from "../../../policy/declared";
import { dialsAHost, unpinnedHostKeys } from "../../../policy/sshHostKey";

const pinned = { host: "10.240.0.10", hostKey: "ssh-ed25519 AAAA" };
const problem = (property: string) =>
  `${property}.hostKey: got none; give the host's public key, or whoever answers there gets the keys`;

test.each([
  ["a pinned host", { connection: pinned }, []],
  ["a pinned host by way of a pinned proxy", { connection: { ...pinned, proxy: pinned } }, []],
  ["a host without a key", { connection: { host: "h" } }, [problem("connection")]],
  ["an empty key", { connection: { host: "h", hostKey: "" } }, [problem("connection")]],
  [
    "a proxy without a key",
    { connection: { ...pinned, proxy: { host: "h" } } },
    [problem("connection.proxy")],
  ],
  ["a connection that only up will know", { connection: UNKNOWN }, []],
  ["a host key that only up will know", { connection: { host: "h", hostKey: UNKNOWN } }, []],
  ["no connection at all", {}, [problem("connection")]],
])("%s", (_what, props, problems) => {
  expect(unpinnedHostKeys(props)).toEqual(problems);
});

test("copied files also need a connection, and what runs here does not", () => {
  const types = ["remote:Command", "remote:CopyFile", "remote:CopyToRemote", "local:Command"];
  expect(types.map((type) => dialsAHost(`command:${type}`))).toEqual([true, true, true, false]);
});
