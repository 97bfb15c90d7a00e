import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Disks } from "../../../hosts/disks";
import { attempt, run } from "../../../hosts/run";

// The loop devices are the kernel's; here losetup is a table.
const devices = new Map<string, string>();
jest.mock("../../../hosts/run", () => ({ run: jest.fn(), attempt: jest.fn() }));

const losetup = async (_program: string, args: readonly string[]) => {
  const last = args.at(-1) ?? "";
  if (args[0] === "--find") devices.set(last, "/dev/loop7");
  if (args[0] === "--detach") for (const [file, device] of devices) if (device === last) devices.delete(file);
  if (args[0] === "--list") return devices.has(last) ? `${devices.get(last)}\n` : "";
  return args[0] === "--find" ? `${devices.get(last) ?? ""}\n` : "";
};

let directory: string;
let disks: Disks;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "disks-"));
  disks = new Disks(directory);
  devices.clear();
  jest.mocked(run).mockReset().mockImplementation(losetup);
  jest
    .mocked(attempt)
    .mockReset()
    .mockImplementation(async (program, args) => (await losetup(program, args)) !== undefined);
});
afterEach(() => rmSync(directory, { recursive: true }));

const GB = 1024 ** 3;
const file = () => join(directory, "disks", "disk-1.img");
/** Calls that change something. */
const changes = () =>
  [...jest.mocked(run).mock.calls, ...jest.mocked(attempt).mock.calls]
    .map(([program, args]) => [program, ...args].join(" "))
    .filter((call) => !call.includes("--list"));

test("a disk has its size and takes no room, for root only", () => {
  disks.create({ id: "disk-1", sizeGb: 3 });
  expect(statSync(file())).toMatchObject({ size: 3 * GB, blocks: 0 });
  expect(statSync(file()).mode & 0o777).toBe(0o600);
});

test("a disk that is there is not made again", () => {
  disks.create({ id: "disk-1", sizeGb: 1 });
  expect(() => disks.create({ id: "disk-1", sizeGb: 2 })).toThrow("EEXIST");
  expect(statSync(file()).size).toBe(GB);
});

test("a disk is attached once, however often it is asked for", async () => {
  disks.create({ id: "disk-1", sizeGb: 1 });
  expect(await disks.attach("disk-1")).toBe("/dev/loop7");
  expect(await disks.attach("disk-1")).toBe("/dev/loop7");
  expect(changes()).toEqual([`losetup --find --show ${file()}`]);
});

test("a disk that is not there cannot be attached or grown", async () => {
  await expect(disks.attach("disk-1")).rejects.toThrow("there is no disk disk-1");
  await expect(disks.resize({ id: "disk-1", sizeGb: 2 })).rejects.toThrow("ENOENT");
  expect(changes()).toEqual([]);
});

test("a disk grows under its host", async () => {
  disks.create({ id: "disk-1", sizeGb: 1 });
  await disks.resize({ id: "disk-1", sizeGb: 2 });
  expect(changes()).toEqual([]);
  await disks.attach("disk-1");
  await disks.resize({ id: "disk-1", sizeGb: 4 });
  expect(statSync(file()).size).toBe(4 * GB);
  expect(changes().at(-1)).toBe("losetup --set-capacity /dev/loop7");
});

test("a detached disk that is still in use keeps its device", async () => {
  disks.create({ id: "disk-1", sizeGb: 1 });
  devices.set(file(), "/dev/loop3");
  jest.mocked(attempt).mockResolvedValue(true);
  await disks.detach("disk-1");
  expect(await disks.attach("disk-1")).toBe("/dev/loop3");
});

test("a disk that was pulled out of a host gets another device, whatever the host still does with the old one", async () => {
  disks.create({ id: "disk-1", sizeGb: 1 });
  devices.set(file(), "/dev/loop3");
  jest.mocked(attempt).mockResolvedValue(true);
  await disks.pull("disk-1");
  expect(changes()).toEqual(["losetup --detach /dev/loop3"]);
  expect(await disks.device("disk-1")).toBeUndefined();
  expect(await disks.attach("disk-1")).toBe("/dev/loop7");
  expect(await new Disks(directory).device("disk-1")).toBe("/dev/loop7");
  await disks.delete("disk-1");
  expect(readdirSync(join(directory, "disks"))).toEqual([]);
});

test("a device of the same name as the one that was pulled out is a new one", async () => {
  disks.create({ id: "disk-1", sizeGb: 1 });
  await disks.attach("disk-1");
  await disks.pull("disk-1");
  expect(await disks.attach("disk-1")).toBe("/dev/loop7");
  expect(await disks.device("disk-1")).toBe("/dev/loop7");
});

test("a deleted disk leaves neither device nor file, and may be deleted twice", async () => {
  disks.create({ id: "disk-1", sizeGb: 1 });
  await disks.attach("disk-1");
  await disks.delete("disk-1");
  expect(changes().at(-1)).toBe("losetup --detach /dev/loop7");
  expect(existsSync(file())).toBe(false);
  await disks.delete("disk-1");
  expect(devices.size).toBe(0);
});
