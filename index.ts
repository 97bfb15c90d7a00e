import type * as pulumi from "@pulumi/pulumi";
import { EtcdCluster } from "./components/etcdCluster";
import { lastOutputs, lastUp } from "./components/ownStack";
import { readStackSettings } from "./components/stackSettings";

const settings = readStackSettings();
const last = lastOutputs();
const cluster = new EtcdCluster("etcd", {
  settings,
  lastVmMarks: last.getOutput("vmMarks"),
  lastUp: lastUp(last),
});

const outputs: Record<string, pulumi.Output<unknown> | unknown> = cluster.outputs();
module.exports = outputs;
