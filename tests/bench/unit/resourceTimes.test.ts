import { ResourceTimes } from "../resourceTimes";

const urn = (name: string) => `urn:pulumi:lab::etcd-on-gce::etcd-on-gce:index:EtcdCluster$a:b:C::${name}`;
const begins = (name: string) =>
  JSON.stringify({ resourcePreEvent: { metadata: { urn: urn(name), type: "a:b:C" } } });
const ends = (name: string) =>
  JSON.stringify({ resOutputsEvent: { metadata: { urn: urn(name), type: "a:b:C" } } });
const state = (...resources: object[]) => JSON.stringify({ deployment: { resources } });

test("a step is what was made, with its time and what it waits for", () => {
  const times = new ResourceTimes();
  times.take(begins("vm"), 1000);
  times.take("no event", 1500);
  times.take(ends("vm"), 4000);
  times.take(begins("install"), 4000);
  times.take(ends("install"), 4500);
  times.take(begins("cluster"), 0);
  times.take(ends("cluster"), 9000);
  const steps = times.steps(
    state(
      { urn: urn("cluster"), custom: false },
      { urn: urn("vm"), custom: true },
      { urn: urn("install"), custom: true, dependencies: [urn("vm")] },
      { urn: urn("kept"), custom: true, dependencies: [] },
    ),
  );
  expect(steps).toEqual([
    { name: "vm", after: [], durationMs: 3000 },
    { name: "install", after: ["vm"], durationMs: 500 },
  ]);
});
