import * as pulumi from "@pulumi/pulumi";
import { EtcdCluster } from "../../components/etcdCluster";

const config = new pulumi.Config();

/** A cluster in your own program: what is not given here has its default. */
const cluster = new EtcdCluster("etcd", {
  labels: { team: config.require("team") },
  etcdVersion: config.get("etcdVersion") ?? "3.5.33",
  etcdDownloadBaseUrl: config.get("mirror"),
  etcdSha256: config.get("sha256"),
});

export = cluster.outputs();
