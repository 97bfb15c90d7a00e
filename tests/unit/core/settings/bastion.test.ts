import { parseSettings } from "../../../../core/settings";
import { problemsOf } from "./problemsOf";

const HOST_KEY = `ssh-ed25519 ${"A".repeat(68)}`;
const GOOD = { host: "bastion.example", user: "ops", hostKey: HOST_KEY };
const KEY_FIX = "write the bastion's public key, `ssh-ed25519 AAAA…`";
const NEEDS = 'bastion: got nothing; sshReach "bastion" needs a map with host, user and hostKey';

const withBastion = (bastion: unknown) => ({ sshReach: "bastion", bastion: JSON.stringify(bastion) });

test.each([
  [{ ...GOOD, host: undefined }, "bastion.host: got nothing; write a host name or an IP address"],
  [{ ...GOOD, host: "" }, 'bastion.host: got ""; write a host name or an IP address'],
  [
    { ...GOOD, host: "-oProxyCommand=x" },
    'bastion.host: got "-oProxyCommand=x"; write a host name or an IP address',
  ],
  [
    { ...GOOD, user: "$(touch x)" },
    'bastion.user: got "$(touch x)"; write a user name of letters, digits, `_`, `.` and `-`',
  ],
  [{ ...GOOD, host: 5 }, "bastion.host: got 5; write a host name or an IP address"],
  [
    { ...GOOD, user: undefined },
    "bastion.user: got nothing; write a user name of letters, digits, `_`, `.` and `-`",
  ],
  [{ ...GOOD, user: null }, "bastion.user: got null; write a user name of letters, digits, `_`, `.` and `-`"],
  [{ ...GOOD, hostKey: undefined }, `bastion.hostKey: got nothing; ${KEY_FIX}`],
  [{ ...GOOD, hostKey: 5 }, `bastion.hostKey: got 5; ${KEY_FIX}`],
  [{ ...GOOD, hostKey: "A".repeat(68) }, `bastion.hostKey: got "${"A".repeat(68)}"; ${KEY_FIX}`],
  [
    { ...GOOD, hostKey: HOST_KEY.slice(0, -1) },
    `bastion.hostKey: got "${HOST_KEY.slice(0, -1)}"; ${KEY_FIX}`,
  ],
  [{ ...GOOD, hostKey: `${HOST_KEY}A` }, `bastion.hostKey: got "${HOST_KEY}A"; ${KEY_FIX}`],
  [{ ...GOOD, hostKey: `${HOST_KEY}\n` }, `bastion.hostKey: got "${HOST_KEY}\\n"; ${KEY_FIX}`],
  [{ ...GOOD, hostKey: "ssh-rsa AAAA" }, `bastion.hostKey: got "ssh-rsa AAAA"; ${KEY_FIX}`],
  ...[0, -1, 65536, 22.5, "22"].map((port): [object, string] => [
    { ...GOOD, port },
    `bastion.port: got ${JSON.stringify(port)}; write a port from 1 to 65535`,
  ]),
  // What somebody took for a setting may be the secret itself.
  [
    { ...GOOD, hostKey: "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA" },
    `bastion.hostKey: got a private key; ${KEY_FIX}`,
  ],
  [{ ...GOOD, hostkey: "x" }, "bastion.hostkey: got a value; use host, user, hostKey, port"],
])("%j is refused", (bastion, line) => {
  expect(problemsOf(withBastion(bastion))).toEqual([line]);
});

test("all that is wrong with it is said at once", () => {
  expect(problemsOf(withBastion({ port: 0, key: 1 }))).toEqual([
    "bastion.host: got nothing; write a host name or an IP address",
    "bastion.user: got nothing; write a user name of letters, digits, `_`, `.` and `-`",
    `bastion.hostKey: got nothing; ${KEY_FIX}`,
    "bastion.port: got 0; write a port from 1 to 65535",
    "bastion.key: got a value; use host, user, hostKey, port",
  ]);
});

test("reach by bastion needs one", () => {
  expect(problemsOf({ sshReach: "bastion" })).toEqual([NEEDS]);
  expect(problemsOf(withBastion({}))).toEqual([NEEDS]);
});

test.each(["", "x", "[]", "null", '"host"', "{"])("it is no map as %j", (bastion) => {
  expect(problemsOf({ bastion })).toEqual([
    `bastion: got ${JSON.stringify(bastion)}; write a map with host, user, hostKey and port`,
  ]);
});

test("one that would not be used is refused", () => {
  expect(problemsOf({ bastion: '{"host":"b"}' })).toEqual([
    'bastion: got {"host":"b"}; it is used with sshReach "bastion" only; remove it or change sshReach',
  ]);
});

test.each([GOOD, { ...GOOD, port: 1 }, { ...GOOD, port: 65535 }, { ...GOOD, hostKey: `${HOST_KEY} ops@b` }])(
  "%j is good and read as it is",
  (bastion) => {
    expect(parseSettings(withBastion(bastion)).settings.bastion).toEqual(bastion);
  },
);
