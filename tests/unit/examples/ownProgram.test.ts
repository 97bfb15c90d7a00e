import * as pulumi from "@pulumi/pulumi";
import { CONTRACT_OUTPUTS } from "../../../core/contract/outputs";
import { graphOf } from "../components/mocks";

test("the example makes a cluster of its own settings and exports what its next run reads", async () => {
  const graph = await graphOf(() => {
    pulumi.runtime.setAllConfig({ "etcd-on-gce:team": "platform" });
    return require("../../../examples/own-program/index");
  });
  expect(graph.byType(":Instance")).toHaveLength(3);
  expect(graph.one("controller-2").inputs.labels).toMatchObject({ team: "platform" });
  expect(graph.one("member-0-converge").inputs.create).toContain("--version 3.5.33 \\\n");
  expect(Object.keys(graph.exported as object)).toEqual([
    ...CONTRACT_OUTPUTS,
    "vmFingerprints",
    "dataDisks",
    "externalAddresses",
  ]);
  expect(graph.warnings).toEqual([]);
});
