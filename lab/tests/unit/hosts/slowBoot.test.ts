import type { HostBackend, HostSpec } from "../../../hosts/backend";
import { SlowBoot } from "../../../hosts/slowBoot";

const HOST: HostSpec = {
  name: "controller-0",
  ip: "10.240.0.10",
  bootDiskId: "boot",
  release: "bookworm",
  network: "projects/p1/global/networks/kthw",
  attachedDisks: [{ id: "disk-1", deviceName: "etcd-data" }],
  tags: [],
};

const calls: string[] = [];
let isRunning: boolean;
let bootMs: number;
let hosts: SlowBoot;

beforeEach(() => {
  jest.useFakeTimers();
  calls.length = 0;
  isRunning = false;
  bootMs = 27_000;
  const inner = new Proxy({} as HostBackend, {
    get:
      (_, call: keyof HostBackend) =>
      async (...args: unknown[]) => {
        if (call === "isRunning") return isRunning;
        return calls.push([call, ...args.map((arg) => JSON.stringify(arg))].join(" "));
      },
  });
  hosts = new SlowBoot(inner, () => bootMs);
});
afterEach(() => jest.useRealTimers());

test("a host comes up in its time, behind the firewall of then", async () => {
  await hosts.start(HOST);
  await hosts.applyFirewall([], [HOST]);
  expect(calls).toEqual([`applyFirewall [] ${JSON.stringify([HOST])}`]);
  await jest.advanceTimersByTimeAsync(26_999);
  expect(calls.length).toBe(1);
  await jest.advanceTimersByTimeAsync(1);
  expect(calls.slice(1)).toEqual([`start ${JSON.stringify(HOST)}`, calls[0]]);
});

test("without latency, and when it runs already, a start is passed on at once", async () => {
  bootMs = 0;
  await hosts.start(HOST);
  bootMs = 27_000;
  isRunning = true;
  await hosts.start(HOST);
  expect(calls).toEqual([`start ${JSON.stringify(HOST)}`, `start ${JSON.stringify(HOST)}`]);
});

test.each(["stop", "destroy"] as const)("a host that is booting does not come up after %s", async (call) => {
  await hosts.start(HOST);
  await hosts[call]("controller-0");
  await jest.advanceTimersByTimeAsync(60_000);
  expect(calls).toEqual([`${call} "controller-0"`]);
});

test("a host that is booting comes up with the disks that it has by then", async () => {
  await hosts.start(HOST);
  await hosts.attachDisk("controller-0", { id: "disk-2", deviceName: "other" });
  await hosts.detachDisk("controller-0", "etcd-data");
  await hosts.reset("controller-0");
  await jest.advanceTimersByTimeAsync(27_000);
  const attachedDisks = [{ id: "disk-2", deviceName: "other" }];
  expect(calls[0]).toBe(`start ${JSON.stringify({ ...HOST, attachedDisks })}`);
  await hosts.detachDisk("controller-0", "other");
  await hosts.reset("controller-0");
  expect(calls.slice(2)).toEqual(['detachDisk "controller-0" "other"', 'reset "controller-0"']);
});
