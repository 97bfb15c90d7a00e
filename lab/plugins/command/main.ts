import { servePlugin } from "../framework";
import { remoteCommand } from "./remoteCommand";

void servePlugin({
  name: "command",
  version: "1.2.1",
  configure: async () => undefined,
  resources: [remoteCommand],
});
