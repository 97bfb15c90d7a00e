import { EtcdCluster } from "./components/etcdCluster";
import { stackSettings } from "./components/stackSettings";
import { withoutUnreadStacks } from "./components/unreadStacks";

export = withoutUnreadStacks(() => new EtcdCluster("etcd", stackSettings()).outputs());
