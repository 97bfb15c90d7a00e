import { runVerify } from "../../../verify/cli";
import { healthyFacts, report, stackExport } from "./cluster";

async function run(args: string[], change: (facts: Map<string, string>) => void = () => {}, state?: string) {
  const said = { out: "", err: "" };
  const asked: (string | undefined)[] = [];
  const code = await runVerify(args, {
    exportStack: async (stack) => {
      asked.push(stack);
      return state ?? JSON.stringify(stackExport());
    },
    observe: async ({ controller }) => {
      const facts = healthyFacts(Number(controller.split("-")[1]));
      change(facts);
      return { report: report(facts) };
    },
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
  });
  return { code, asked, ...said };
}

test("ends with 0 as declared, 1 with drift", async () => {
  expect(await run([])).toMatchObject({ code: 0, asked: [undefined], err: "" });
  const drift = await run(["-s", "dev"], (facts) => facts.set("health", "unhealthy"));
  expect(drift).toMatchObject({ code: 1, asked: ["dev"], err: "" });
});

test("prints JSON for machines", async () => {
  const { out } = await run(["--format", "json"], (facts) => facts.set("version", "3.4.9"));
  expect(JSON.parse(out)).toMatchObject({
    controllers: ["controller-0", "controller-1", "controller-2"],
    hasDrift: true,
    findings: [0, 1, 2].map((index) => ({ where: `controller-${index}`, check: "version" })),
  });
});

test("what cannot be compared ends with 2", async () => {
  expect(await run([], undefined, "{}")).toMatchObject({
    code: 2,
    out: "",
    err: expect.stringContaining("no member list"),
  });
  expect(await run(["--format", "xml"])).toMatchObject({
    code: 2,
    asked: [],
    err: expect.stringContaining("--format: got xml"),
  });
  expect((await run(["--nonsense"])).code).toBe(2);
});

test("takes the days within which no certificate may end", async () => {
  expect((await run(["--expiry-days", "20000"])).out).toContain("cluster: certificate kubernetes\n");
  for (const bad of ["-1", "x", "1.5"]) {
    expect(await run([`--expiry-days=${bad}`])).toMatchObject({ code: 2, asked: [] });
  }
});

test("--help", async () => {
  expect(await run(["--help"])).toMatchObject({ code: 0, asked: [], out: expect.stringContaining("usage:") });
});
