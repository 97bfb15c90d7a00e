import type * as pulumi from "@pulumi/pulumi";
import { EtcdCluster } from "./components/etcdCluster";
import { lastOutputs } from "./components/ownStack";
import { readStackSettings } from "./components/stackSettings";

const settings = readStackSettings();
const cluster = new EtcdCluster("etcd", { settings, lastVmMarks: lastOutputs().getOutput("vmMarks") });

const outputs: Record<string, pulumi.Output<unknown> | unknown> = cluster.outputs();
module.exports = outputs;
