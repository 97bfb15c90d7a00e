import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import {
  inNetns,
  inNetnsSameMounts,
  netnsExists,
  removeNetnsNames,
  writeNetnsNames,
} from "../../../commands/shared/netns";

// /etc/netns and /run/netns are the machine's, so nothing is really touched.
jest.mock("node:fs", () => ({
  existsSync: jest.fn(),
  mkdirSync: jest.fn(),
  rmSync: jest.fn(),
  writeFileSync: jest.fn(),
}));
const exists = jest.mocked(existsSync);
beforeEach(() => jest.resetAllMocks());

test("the lab is up while its namespace is there", () => {
  exists.mockImplementation((path) => path === "/run/netns/etcd-lab");
  expect(netnsExists()).toBe(true);
  exists.mockReturnValue(false);
  expect(netnsExists()).toBe(false);
});

test("a program in the namespace is the same process, with or without mounts of its own", () => {
  exists.mockReturnValue(true);
  expect(inNetns(["pulumi", "up"])).toEqual(["ip", "netns", "exec", "etcd-lab", "pulumi", "up"]);
  expect(inNetnsSameMounts(["curl", "x"])).toEqual([
    "nsenter",
    "--net=/run/netns/etcd-lab",
    "--",
    "curl",
    "x",
  ]);
});

test("without the lab a program says what to do", () => {
  exists.mockReturnValue(false);
  expect(() => inNetns(["pulumi"])).toThrow("the lab is not up; run `lab/bin/lab boot` (or `npm start`)");
});

test("Google's names answer at once inside, and only the lab's folder is written and removed", () => {
  writeNetnsNames();
  removeNetnsNames();
  expect(jest.mocked(mkdirSync).mock.calls).toEqual([["/etc/netns/etcd-lab", { recursive: true }]]);
  expect(jest.mocked(writeFileSync).mock.calls).toEqual([
    [
      "/etc/netns/etcd-lab/hosts",
      "127.0.0.1 localhost openidconnect.googleapis.com oauth2.googleapis.com www.googleapis.com compute.googleapis.com iam.googleapis.com\n",
    ],
    ["/etc/netns/etcd-lab/resolv.conf", "nameserver 127.0.0.1\noptions attempts:1 timeout:1\n"],
  ]);
  expect(jest.mocked(rmSync).mock.calls).toEqual([["/etc/netns/etcd-lab", { recursive: true, force: true }]]);
});
