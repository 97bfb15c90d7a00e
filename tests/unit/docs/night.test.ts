import { read } from "../repository";

const page = read("docs/operate/night.md");
const lines = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block = ""]) =>
  block.trim().split("\n"),
);
const spans = [...page.matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span);
/** What somebody copies: in blocks and in the text. */
const commands = [...lines, ...spans.filter((span) => span.includes(" "))];

/** Of https://github.com/etcd-io/etcd/blob/main/contrib/mixin/mixin.libsonnet. */
const ALERTS = [
  "MembersDown",
  "InsufficientMembers",
  "NoLeader",
  "HighNumberOfLeaderChanges",
  "HighNumberOfFailedGRPCRequests",
  "GRPCRequestsSlow",
  "MemberCommunicationSlow",
  "HighNumberOfFailedProposals",
  "HighFsyncDurations",
  "HighCommitDurations",
  "DatabaseQuotaLowSpace",
  "ExcessiveDatabaseGrowth",
  "DatabaseHighFragmentationRatio",
];

test.each(ALERTS)("etcd%s leads somewhere", (alert) => {
  expect(page).toMatch(new RegExp(`^\\|.*\`etcd${alert}\`.*\\| .*\\]\\(`, "m"));
});

test("every command says which stack or project it is for", () => {
  const acting = commands.filter((text) => /pulumi up|npm run|gcloud compute/.test(text));
  expect(acting.length).toBeGreaterThan(15);
  const named = /--stack "\$STACK"|--project="\$PROJECT"/;
  expect(acting.filter((text) => !named.test(text) && !/^(npm run \w+|pulumi up)$/.test(text))).toEqual([]);
});

test("nothing creates the cluster a cluster, removes a member or touches the data", () => {
  expect(commands.filter((text) => /bootstrap'|member remove|rm .*\/data/.test(text))).toEqual([]);
  const replaced = commands.flatMap((text) => /--replace "([^"]*)"/.exec(text)?.[1] ?? []);
  expect(replaced).toEqual(["**::member-$N-converge"]);
});

test("so does a section of another page that an alert leads to", () => {
  const links = [...page.matchAll(/\]\(([\w-]+\.md)#([\w-]+)\)/g)].map(([, file = "", anchor = ""]) => {
    const slug = (heading: string) =>
      heading
        .toLowerCase()
        .replace(/[^\w\s-]/g, "")
        .replace(/ /g, "-");
    const sections = read(`docs/operate/${file}`).split(/^##+ /m);
    return { file, text: sections.find((text) => slug(text.split("\n")[0] ?? "") === anchor) ?? "" };
  });
  const deploying = links.filter(({ text }) => /^```sh\n[^`]*pulumi up/m.test(text));
  expect(deploying.length).toBeGreaterThan(2);
  for (const { file, text } of deploying)
    expect([file, text]).toEqual([file, expect.stringMatching(/night\.md|deployed last/)]);
});

test("merges are stopped first and let through last", () => {
  const [first, last] = ["disable", "enable"].map((word) => lines.indexOf(`gh workflow ${word} up.yml`));
  expect(first).toBe(0);
  expect(last).toBe(lines.length - 2);
});

test("each `pulumi up` starts from the commit that was deployed, and says what the preview may show", () => {
  const sections = page.split(/^##+ /m).filter((section) => /^ *env .*pulumi up/m.test(section));
  expect(sections.map((section) => section.split("\n")[0])).toEqual([
    "A lost VM",
    "Lost data",
    "Certificates",
  ]);
  for (const section of sections) {
    expect(section).toMatch(/^ *git switch --detach|From the commit deployed last/m);
    expect(section).toMatch(/may show/);
  }
});
