import { EtcdCluster } from "./components/etcdCluster";
import { stackSettings } from "./components/stackSettings";

export = new EtcdCluster("etcd", stackSettings()).outputs();
