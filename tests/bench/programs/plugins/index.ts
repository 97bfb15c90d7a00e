import { Provider as CommandProvider } from "@pulumi/command/provider";
import { Provider as GcpProvider } from "@pulumi/gcp/provider";
import { Provider as TlsProvider } from "@pulumi/tls/provider";

// A provider alone is enough for the engine to start its plugin. Google's is given what the lab's stacks set.
new CommandProvider("command");
new TlsProvider("tls");
new GcpProvider("gcp", {
  project: "etcd-lab",
  accessToken: "/dev/null/lab",
  computeCustomEndpoint: "http://127.0.0.1:8700/compute/v1/",
});
