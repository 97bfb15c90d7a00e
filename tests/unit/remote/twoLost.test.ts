import { actions } from "./harness/actions";
import { declaredMembers, SEED, setCluster, takeDown } from "./harness/cluster";
import { asTemplate, type TestNode } from "./harness/node";
import { bootstrap, converge, expectSuccess, OTHERS, runningNode } from "./harness/phases";
import { type Certificates, makeAuthority } from "./harness/pki";

// Two of five members have lost their data: this one, and controller-4.

const MORE = [
  { id: "c3", name: "controller-3", ip: "10.240.0.13" },
  { id: "c4", name: "controller-4", ip: "10.240.0.14" },
] as const;
const FIVE = { members: declaredMembers(5) };

let lost: TestNode;
let node: TestNode;
let certificates: Certificates;

beforeAll(() => {
  certificates = makeAuthority().issue();
  lost = asTemplate(runningNode(certificates));
  lost.write("/fake/etcd-state", "inactive\n");
  lost.remove("/var/lib/etcd/member");
});

beforeEach(() => {
  node = lost.copy();
  setCluster(node, [...SEED, ...MORE]);
});

const run = (listening: readonly string[]) =>
  expectSuccess(bootstrap(node, certificates, { ...FIVE, mode: "update" }, listening));

test("this one takes itself out, and joins once the other one has as well", () => {
  takeDown(node, MORE[1].ip);
  run([...OTHERS, MORE[0].ip]);
  expect(actions(node)).toEqual([`member remove ${SEED[0].id}`]);
  expect(converge(node, FIVE, [...OTHERS, MORE[0].ip]).code).toBe(1);
  setCluster(node, [SEED[1], SEED[2], MORE[0]]);
  expectSuccess(converge(node, FIVE, [...OTHERS, MORE[0].ip]));
  expect(actions(node)).toContain("member promote aaaabbbbccccdddd");
});

test("one alone is left to converge, which saves a snapshot first", () => {
  run([...OTHERS, ...MORE.map(({ ip }) => ip)]);
  expect(actions(node)).toEqual([]);
});

test("no one leaves when those that stay would be without a majority", () => {
  for (const ip of [SEED[2].ip, MORE[1].ip]) takeDown(node, ip);
  run([SEED[1].ip, MORE[0].ip]);
  expect(actions(node)).toEqual([]);
});
