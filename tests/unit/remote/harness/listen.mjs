// Listens on port 2379 of each address given, as running etcd members do, and says when it does.
import { once } from "node:events";
import { createServer } from "node:net";

for (const address of process.argv.slice(2)) {
  await once(createServer().listen(2379, address), "listening");
}
console.log("listening");
