import { readFileSync } from "node:fs";
import { join } from "node:path";

const read = (file: string) => readFileSync(join(__dirname, "../../..", file), "utf8");
const page = read("docs/operate/github-actions.md");
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
    const pages = [
      "README.md",
      "docs/operate/github-actions.md",
      "docs/operate/from-fork-to-production.md",
    ].map(read);
    for (const text of pages) {
      const paragraphs = text.split("\n").filter((line) => /etcd-preview/.test(line));
      for (const line of paragraphs)
        expect(line).not.toMatch(/objectAdmin|objectUser|CrypterDecrypter|Encrypter/);
    }
  });
});

test("each stack has a bucket, a key and accounts of its own", () => {
  expect(page).toMatch(/no two stacks share a bucket or a key/);
  expect(lines).toContain(
    "export STACK=dev STACK_PROJECT=my-project BUCKET=my-project-pulumi REGION=us-west1",
  );
  expect(lines).toContain('may_be "$UP" "attribute.environment/$STACK"');
  expect(read("docs/operate/from-fork-to-production.md")).not.toMatch(/same key|shared state/);
});

/** What Google makes of a token, by the page's own mapping: its expression is JavaScript but for `has`. */
function environmentOf(assertion: Record<string, string>): string {
  const mapping = /attribute\.environment=([^"]*)"/.exec(page)?.[1] ?? "";
  const has = (value: unknown) => value !== undefined;
  return new Function("assertion", "has", `return ${mapping}`)(assertion, has) as string;
}

describe("a token stands for", () => {
  const MAIN = "refs/heads/main";
  test.each([
    ["up on main", { ref: MAIN, environment: "prod" }, "prod"],
    ["a branch whose workflow names prod", { ref: "refs/heads/evil", environment: "prod" }, ""],
    ["a pull request whose workflow names prod", { ref: "refs/pull/7/merge", environment: "prod" }, ""],
    ["a tag called main", { ref: "refs/tags/main", environment: "prod" }, ""],
    ["a preview", { ref: "refs/pull/7/merge", environment: "preview-prod" }, "preview-prod"],
    ["nightly on main", { ref: MAIN }, ""],
  ])("%s", (_what, assertion, expected) => {
    expect(environmentOf(assertion as unknown as Record<string, string>)).toBe(expected);
  });

  test("this repository alone, by its number: a name can be taken by somebody else", () => {
    const condition = /--attribute-condition="([^"]*)"/.exec(page)?.[1];
    expect(condition).toBe(
      "assertion.repository_id == '$REPOSITORY_ID' && assertion.repository == '$REPOSITORY'",
    );
  });

  test("no one by the repository's name: each binding is to an environment, or to main", () => {
    const bindings = lines.flatMap((line) => /^may_be "\$\w+" "?([^"]*)"?$/.exec(line)?.[1] ?? []);
    expect(bindings).toEqual([
      "attribute.environment/preview-$STACK",
      "attribute.ref/refs/heads/main",
      "attribute.environment/$STACK",
    ]);
  });
});

test("runners take one job and are no one at Google", () => {
  expect(page).toContain("`./config.sh --ephemeral`");
  const made = lines.filter((line) => line.includes("instances create"));
  expect(made).toEqual([expect.stringMatching(/ --no-service-account --no-scopes /)]);
});

test("the plans that approvals need are said", () => {
  expect(page).toMatch(/\| private \| GitHub Pro, Team and Enterprise \| only GitHub Enterprise \|/);
  expect(page).toMatch(/\*\*Without required reviewers\*\* take `prod` out of `preview.yml` and `up.yml`/);
});
