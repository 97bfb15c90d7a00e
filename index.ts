import { EtcdCluster } from "./components/etcdCluster";
import { stackSettings } from "./components/stackSettings";
import { leaveOutUnreadStacks } from "./components/unreadStacks";

leaveOutUnreadStacks();

export = new EtcdCluster("etcd", stackSettings()).outputs();
