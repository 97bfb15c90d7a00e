import { readRemote } from "../../../components/nodeFiles";
import { asTemplate, type TestNode } from "./harness/node";
import { runningNode } from "./harness/phases";
import { makeAuthority } from "./harness/pki";

const DATABASE = "/var/lib/etcd/member/snap/db";

let template: TestNode;
let node: TestNode;

beforeAll(() => {
  template = asTemplate(runningNode(makeAuthority().issue()));
  template.write("/tmp/observe.sh", readRemote("observe.sh"));
});

beforeEach(() => {
  node = template.copy();
});

/** What `npm run verify` reports of marks in a member's database. */
function marked(): string | undefined {
  const libraries = ["lib", "answers", "cluster", "removed"].map(
    (file) => `source /usr/local/lib/etcd-node/${file}.sh`,
  );
  const script = ["set -euo pipefail", "PHASE=observe", ...libraries, "source /tmp/observe.sh"];
  const { stdout } = node.run(["bash", "-c", [...script, "member_facts https://127.0.0.1:2379"].join("\n")]);
  return /^marked\t(.*)$/m.exec(stdout)?.[1];
}

test("none", () => {
  node.write(DATABASE, "a database\n");
  expect(marked()).toBe("");
});

test("a current member", () => {
  node.write(DATABASE, "pageffed16798470cab5removedpage");
  expect(marked()).toBe("controller-1 (ffed16798470cab5)");
});

test("a database that cannot be read is not one without marks", () => {
  node.remove(DATABASE);
  expect(marked()).toBe("unknown, its database cannot be read");
});
