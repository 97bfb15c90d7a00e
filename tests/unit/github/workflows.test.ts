import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { PHASES } from "../../../core/node/phases";

const ROOT = join(__dirname, "../../..");
const WORKFLOWS = join(ROOT, ".github/workflows");
const ACTION = readFileSync(join(ROOT, ".github/actions/pulumi/action.yml"), "utf8");

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly if?: string;
  readonly uses?: string;
  readonly environment?: string;
  readonly "runs-on"?: unknown;
  readonly "timeout-minutes"?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: { readonly group: string; readonly "cancel-in-progress": boolean };
  readonly strategy?: { readonly matrix: { readonly stack: string[] } };
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly on: unknown;
  readonly permissions: unknown;
  readonly defaults?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const texts = new Map(
  readdirSync(WORKFLOWS).map((name) => [name, readFileSync(join(WORKFLOWS, name), "utf8")]),
);
const workflows = new Map([...texts].map(([name, text]) => [name, parse(text) as Workflow]));
const workflow = (name: string) => workflows.get(name) as Workflow;
const jobs = [...workflows].flatMap(([file, { jobs }]) =>
  Object.entries(jobs).map(([name, job]) => [`${file} ${name}`, job] as const),
);
const actionSteps = (parse(ACTION) as { runs: { steps: Step[] } }).runs.steps;
const expression = (name: string) => `\${{ ${name} }}`;
const runs = (job: Job) => (job.steps ?? []).flatMap(({ run }) => (run ? [run] : []));

test("there are the three of a day, the one that two of them share, and the tests", () => {
  expect([...workflows.keys()].sort()).toEqual([
    "nightly.yml",
    "preview.yml",
    "test.yml",
    "up-stack.yml",
    "up.yml",
  ]);
});

test.each(jobs)("%s has no right that it does not name, and writes nothing but comments", (_name, job) => {
  expect(job.permissions).toBeDefined();
  const writes = Object.entries(job.permissions ?? {}).filter(([, value]) => value === "write");
  expect(
    writes.map(([scope]) => scope).filter((scope) => !["id-token", "pull-requests"].includes(scope)),
  ).toEqual([]);
});

test.each([...workflows])("%s starts from no right at all", (_name, { permissions }) => {
  expect(permissions).toEqual({});
});

test("an edited description is judged again, by its present text; a run by hand has no override", () => {
  const { on, jobs: previews } = workflow("preview.yml");
  expect(on).toEqual({ pull_request: { types: ["opened", "synchronize", "reopened", "edited"] } });
  expect(runs(previews.preview as Job).join()).toContain('.github/scripts/pull-request.sh "$PULL_REQUEST"');
  expect(texts.get("preview.yml")).not.toContain("event.pull_request.body");
  const [guarding = ""] = runs(workflow("up-stack.yml").jobs.up as Job).filter((run) =>
    run.includes("guard"),
  );
  expect(guarding).toMatch(
    /if \[\[ \$GITHUB_EVENT_NAME == push \]\]; then\n +merged=.*\n.*\n +\.github\/scripts\/pull-request\.sh/,
  );
});

test("no job runs a fork's code with a token: not by its trigger, and by a condition on the preview", () => {
  for (const text of texts.values()) expect(text).not.toContain("pull_request_target");
  expect(workflow("preview.yml").jobs.preview?.if).toBe(
    "github.event.pull_request.head.repo.full_name == github.repository",
  );
});

test("every pull request is tested as CI does it, by a job that can do nothing but read", () => {
  const { on, jobs: tests } = workflow("test.yml");
  expect(on).toEqual({ pull_request: null, push: { branches: ["main"] } });
  expect(Object.keys(tests)).toEqual(["test"]);
  const job = tests.test as Job;
  expect([job["runs-on"], job.permissions, job.environment, job.env, job.if]).toEqual([
    "ubuntu-24.04",
    { contents: "read" },
    undefined,
    undefined,
    undefined,
  ]);
  expect(runs(job)).toEqual(['sudo env "PATH=$PATH" .ci/run']);
  expect(job.steps?.[0]?.with).toEqual({ "persist-credentials": false });
});

test("no secret is named, and no key of a service account: the login is keyless", () => {
  for (const text of [...texts.values(), ACTION]) {
    expect(text).not.toMatch(/secrets\.|credentials_json/);
  }
  const logins = actionSteps.filter(({ uses }) => uses?.startsWith("google-github-actions/auth@"));
  expect(logins.map(({ with: inputs }) => inputs)).toEqual([
    {
      workload_identity_provider: expression("inputs.workload_identity_provider"),
      service_account: expression("inputs.service_account"),
    },
  ]);
});

const ofStack = (name: string, stack: string) => expression(`vars[format('${name}_{0}', ${stack})]`);

test("who may change something logs in as one account, who only looks as another, and each is its stack's own", () => {
  const accounts = jobs.flatMap(([name, job]) =>
    (job.steps ?? [])
      .filter(({ uses }) => uses === "./.github/actions/pulumi")
      .map(({ with: inputs }) => [name, inputs?.service_account]),
  );
  expect(Object.fromEntries(accounts)).toEqual({
    "nightly.yml verify": ofStack("GCP_PREVIEW_SERVICE_ACCOUNT", "matrix.stack"),
    "preview.yml preview": ofStack("GCP_PREVIEW_SERVICE_ACCOUNT", "matrix.stack"),
    "up-stack.yml up": ofStack("GCP_UP_SERVICE_ACCOUNT", "inputs.stack"),
  });
});

test("a stack's state is in a bucket of its own: who writes one stack's runs no code as another's up", () => {
  const backends = jobs.flatMap(([name, { env }]) => (env ? [[name, env.PULUMI_BACKEND_URL]] : []));
  expect(Object.fromEntries(backends)).toEqual({
    "nightly.yml verify": ofStack("PULUMI_BACKEND_URL", "matrix.stack"),
    "preview.yml preview": ofStack("PULUMI_BACKEND_URL", "matrix.stack"),
    "up-stack.yml up": ofStack("PULUMI_BACKEND_URL", "inputs.stack"),
  });
});

test("no text of a pull request is put into a script", () => {
  for (const [, job] of jobs) {
    for (const run of runs(job)) expect(run).not.toContain("${{");
  }
});

test("a pipe fails with any of its parts", () => {
  for (const [name, { jobs, defaults }] of workflows) {
    const hasRuns = Object.values(jobs).some((job) => runs(job).length > 0);
    if (hasRuns) expect([name, defaults]).toEqual([name, { run: { shell: "bash" } }]);
  }
});

test("every npm script that a step runs is one of the project's", () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const called = jobs.flatMap(([, job]) =>
    runs(job).flatMap((run) => [...run.matchAll(/npm run (?:--silent )?([\w:]+)/g)]),
  );
  expect(new Set(called.map(([, name]) => name))).toEqual(new Set(["guard", "verify"]));
  for (const [, name = ""] of called) expect(scripts).toHaveProperty([name]);
});

test("an environment has an up of its own, one at a time, and never cut off; the guard judges before it", () => {
  const up = workflow("up-stack.yml").jobs.up as Job;
  expect(up.environment).toBe(expression("inputs.stack"));
  expect(up.concurrency).toEqual({ group: `up-${expression("inputs.stack")}`, "cancel-in-progress": false });
  const order = runs(up).join("\n");
  const at = (part: string) => order.indexOf(part);
  expect(at("npm run --silent guard")).toBeGreaterThan(-1);
  expect(at("pulumi up")).toBeGreaterThan(at("npm run --silent guard"));
  expect(at("npm run --silent verify")).toBeGreaterThan(at("pulumi up"));
});

test("no job waits in up's group but up: GitHub drops a waiting job for the next that comes", () => {
  const groups = jobs.map(([name, { concurrency }]) => [name, concurrency?.group]);
  expect(groups.filter(([, group]) => group?.startsWith("up-")).map(([name]) => name)).toEqual([
    "up-stack.yml up",
  ]);
  expect(groups).toContainEqual(["nightly.yml verify", `nightly-${expression("matrix.stack")}`]);
});

test.each([
  [0, "verified"],
  [1, "up is running, and runs verify at its end"],
])("while %i up is running, nightly ends with `%s`", (running, said) => {
  const [script = ""] = runs(workflow("nightly.yml").jobs.verify as Job).filter((run) => run.includes("gh"));
  const stand = `gh() { [[ "$*" == "run list --workflow up.yml --status in_progress "* ]] && echo ${running}; }; npm() { echo verified; }`;
  const ran = spawnSync("bash", ["-eo", "pipefail", "-c", `${stand}\n${script}`], {
    encoding: "utf8",
    env: { ...process.env, GITHUB_STEP_SUMMARY: "/dev/null" },
  });
  expect(ran).toMatchObject({ status: 0, stdout: `${said}\n`, stderr: "" });
});

test("an up may take as long as its phases may", () => {
  const job = workflow("up-stack.yml").jobs.up as Job;
  const { install, bootstrap, converge, membership } = PHASES;
  const longest = install.limitS + bootstrap.limitS + 7 * converge.limitS + membership.limitS;
  expect((job["timeout-minutes"] ?? 0) * 60).toBeGreaterThan(longest);
});

describe("what a job runs before and beside the login", () => {
  const steps = [...jobs.flatMap(([, job]) => job.steps ?? []), ...actionSteps];

  test("is of a commit, and no tag that somebody can move", () => {
    const foreign = steps.flatMap(({ uses }) => (uses && !uses.startsWith("./") ? [uses] : []));
    expect(foreign.length).toBe(9);
    for (const uses of foreign) expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
    for (const text of [...texts.values(), ACTION]) {
      for (const [line] of text.matchAll(/uses: \w[^\n]*@.*/g)) expect(line).toMatch(/ # v\d+\.\d+\.\d+$/);
    }
  });

  test("is the CLI of package.json's version, not the newest", () => {
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    const installs = steps.filter(({ uses }) => uses?.startsWith("pulumi/actions@"));
    expect(installs.length).toBe(2);
    for (const { with: inputs } of installs)
      expect(inputs).toEqual({ "pulumi-version": dependencies["@pulumi/pulumi"] });
  });

  test("is no install script: a job that may ask for a token gives it to each of its steps", () => {
    const installs = steps.flatMap(({ run }) => [...(run ?? "").matchAll(/npm (?:ci|i|install)\b.*/g)]);
    expect(installs.map(([command]) => command)).toEqual(["npm ci --ignore-scripts"]);
  });
});

test.each(jobs)("%s looks at a self-hosted runner before it logs in", (_name, job) => {
  if (!JSON.stringify(job["runs-on"] ?? "").includes("self-hosted")) return;
  const order = (job.steps ?? []).map(({ uses, run }) => run?.trim() ?? uses);
  const at = order.indexOf(".github/scripts/check-runner.sh");
  expect(at).toBeGreaterThan(-1);
  expect(at).toBeLessThan(order.indexOf("./.github/actions/pulumi"));
});

test("self-hosted runners are for what is on main: a pull request's own workflow says otherwise, see the page", () => {
  const onSelfHosted = jobs.filter(([, job]) => JSON.stringify(job["runs-on"] ?? "").includes("self-hosted"));
  expect(onSelfHosted.map(([name]) => name).sort()).toEqual(["nightly.yml verify", "up-stack.yml up"]);
});

test("a preview runs in an environment of its stack, where prod's waits for a reviewer", () => {
  expect(workflow("preview.yml").jobs.preview?.environment).toBe(`preview-${expression("matrix.stack")}`);
});

test("a check of every night waits for no one: it runs in no environment", () => {
  expect(workflow("nightly.yml").jobs.verify?.environment).toBeUndefined();
});

test("each environment's stack has its file", () => {
  const files = readdirSync(ROOT);
  for (const name of ["preview.yml", "nightly.yml"]) {
    for (const job of Object.values(workflow(name).jobs)) {
      expect(job.strategy?.matrix.stack).toEqual(["dev", "prod"]);
      for (const stack of job.strategy?.matrix.stack ?? []) expect(files).toContain(`Pulumi.${stack}.yaml`);
    }
  }
});
