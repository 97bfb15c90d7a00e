import { Cluster, controllers } from "../e2e/harness/cluster";
import { Lab } from "../e2e/harness/lab";
import { expectNobodyMarked } from "../e2e/harness/membership";
import { restore, takeSnapshot, upAfterRestore } from "../e2e/harness/restorePage";

/**
 * The documented upgrade and the way back, of clusters that no one writes to. 3.4 leaves its index behind where no key is written
 * after the last change of the membership; under load all of this is green whatever the program does.
 */

/** Up, and back by etcd's own downgrade. */
const LADDER = ["3.5.33", "3.6.14", "3.7.3", "3.6.14", "3.5.33"];

interface Before {
  readonly what: string;
  readonly from: string;
  readonly count: number;
  readonly change: (lab: Lab) => Promise<unknown>;
}

const nothing = async () => undefined;
const grow = (to: number) => (lab: Lab) => lab.mustUp({ controllerCount: String(to) });

/** Takes a member's data and lets it join again, under a new ID. */
async function rejoin(lab: Lab): Promise<void> {
  await lab.must("wipe", "controller-1");
  await lab.mustUp({}, "--replace", "**::member-1-converge");
}

/** Goes back to a snapshot in which no key was ever written. */
async function restored(lab: Lab): Promise<void> {
  await upAfterRestore(lab, await restore(lab, controllers(3), await takeSnapshot(lab), "3.4"));
}

const BEFORE: readonly Before[] = [
  { what: "empty", from: "3.4.10", count: 3, change: nothing },
  { what: "one write", from: "3.4.10", count: 3, change: (lab) => lab.must("etcdctl", "put", "a", "b") },
  { what: "one member, empty", from: "3.4.23", count: 1, change: nothing },
  { what: "grown from one to five", from: "3.4.23", count: 1, change: grow(5) },
  { what: "shrunk from five to three", from: "3.4.23", count: 5, change: grow(3) },
  { what: "a member replaced", from: "3.4.10", count: 3, change: rejoin },
  { what: "restored by 3.4", from: "3.4.23", count: 3, change: restored },
];

describe.each(BEFORE)("$what, from $from", ({ from, count, change }) => {
  const lab = new Lab();
  const cluster = new Cluster(lab);

  beforeAll(async () => {
    await lab.boot();
    await lab.mustUp({ etcdVersion: from, controllerCount: String(count) });
    await change(lab);
  });
  afterAll(() => lab.down());

  test.each(LADDER.map((version, step) => [step + 1, version]))(
    "step %i, to %s: no one is taken for removed",
    async (_step, version) => {
      const before = await cluster.memberIds();
      await lab.mustUp({ etcdVersion: version });
      const hosts = controllers(Object.keys(before).length);
      expect(await cluster.versions(hosts)).toEqual(hosts.map(() => version));
      expect(await cluster.memberIds()).toEqual(before);
      await expectNobodyMarked(lab, hosts);
      const { stdout } = await lab.must("etcdctl", "get", "", "--prefix", "--keys-only");
      expect(stdout).not.toContain("etcd-on-gce/");
    },
  );
});
