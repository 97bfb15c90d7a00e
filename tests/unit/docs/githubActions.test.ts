import { readFileSync } from "node:fs";
import { join } from "node:path";

const read = (file: string) => readFileSync(join(__dirname, "../../..", file), "utf8");
const page = read("docs/github-actions.md");
/** The page's commands, each on one line. */
const commands = [...page.matchAll(/^ *```sh\n(.*?)^ *```/gms)].map(([, text = ""]) =>
  text.replace(/\\\n\s*/g, ""),
);
const lines = commands.flatMap((text) => text.split("\n"));

/** What reads and changes nothing, see https://cloud.google.com/iam/docs/roles-permissions. */
const READING = [
  "roles/compute.viewer",
  "roles/iam.serviceAccountViewer",
  "roles/storage.objectViewer",
  "roles/cloudkms.cryptoKeyDecrypter",
];

describe("the preview account", () => {
  const granted = lines
    .filter((line) => line.includes('--member="serviceAccount:$PREVIEW"'))
    .map((line) => /--role=(\S+)/.exec(line)?.[1]?.replaceAll('"', ""));

  test("gets roles that read, and no other: who writes the state runs code in the next up", () => {
    const loop = /for role in (.*); do/.exec(commands.join("\n"))?.[1]?.split(" ") ?? [];
    const roles = granted.flatMap((role) => (role === "$role" ? loop : [role]));
    expect(roles.sort()).toEqual([...READING].sort());
  });

  test("is named with no role that writes on any page", () => {
    const pages = ["README.md", "docs/github-actions.md", "docs/from-fork-to-production.md"].map(read);
    for (const text of pages) {
      const paragraphs = text.split("\n").filter((line) => /etcd-preview/.test(line));
      for (const line of paragraphs)
        expect(line).not.toMatch(/objectAdmin|objectUser|CrypterDecrypter|Encrypter/);
    }
  });
});

test("each stack has a bucket, a key and accounts of its own", () => {
  expect(page).toMatch(/no two stacks share a bucket or a key/);
  expect(lines).toContain("export STACK=dev STACK_PROJECT=my-project BUCKET=my-project-pulumi");
  expect(lines).toContain('may_be "$UP" "attribute.environment/$STACK"');
  expect(read("docs/from-fork-to-production.md")).not.toMatch(/same key|shared state/);
});
