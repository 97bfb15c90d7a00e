import { startPlugins } from "./components/plugins";
import { stackSettings } from "./components/stackSettings";
import { leaveOutUnreadMessages, leaveOutUnreadStacks } from "./components/unread";

leaveOutUnreadStacks();
leaveOutUnreadMessages();

export = async () => {
  const settings = stackSettings();
  await startPlugins();
  // Read while the plugins start: Pulumi's SDK as a whole takes a third of a second.
  const { EtcdCluster } = await import("./components/etcdCluster");
  return new EtcdCluster("etcd", settings).outputs();
};
