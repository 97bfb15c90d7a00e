import { engineArguments, parseInvocation, runsProgram } from "../../../commands/shared/invocation";
import { ROOT } from "../../../commands/shared/paths";

describe("a lab pulumi command line", () => {
  it("is about stack lab of the checkout unless it says otherwise", () => {
    expect(parseInvocation(["up", "--yes"])).toMatchObject({
      projectDir: ROOT,
      projectName: "etcd-on-gce",
      stack: "lab",
      subcommand: "up",
    });
  });

  it.each([[["-s", "other", "up"]], [["up", "--stack", "other"]], [["up", "--stack=other"]]])(
    "takes the stack out of %j",
    (argv) => {
      const invocation = parseInvocation(argv);
      expect(invocation.stack).toBe("other");
      expect(invocation.args).toEqual(["up"]);
    },
  );

  it("refuses -s without a value and a directory that is no project", () => {
    expect(() => parseInvocation(["up", "-s"])).toThrow("-s needs a value");
    expect(() => parseInvocation(["-C", `${ROOT}/lab`, "up"])).toThrow("is no Pulumi project");
  });

  it("gives the settings' file only to commands that take one, and never over the user's own", () => {
    const argumentsOf = (...argv: string[]) => engineArguments(parseInvocation(argv), "/f.yaml").slice(2);
    expect(argumentsOf("up", "--yes")).toEqual(["up", "--config-file", "/f.yaml", "--yes"]);
    expect(argumentsOf("--non-interactive", "config", "get", "a")).toEqual([
      "--non-interactive",
      "config",
      "--config-file",
      "/f.yaml",
      "get",
      "a",
    ]);
    expect(argumentsOf("stack", "output")).toEqual(["stack", "output"]);
    expect(argumentsOf("up", "--config-file=mine")).toEqual(["up", "--config-file=mine"]);
  });

  it("knows which commands run the program", () => {
    expect(runsProgram(parseInvocation(["preview"]))).toBe(true);
    expect(runsProgram(parseInvocation(["stack", "output"]))).toBe(false);
    expect(runsProgram(parseInvocation(["--help"]))).toBe(false);
  });
});
