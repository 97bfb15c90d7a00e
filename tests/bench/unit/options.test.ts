import { parseOptions, UsageError } from "../options";

test("an up and one run unless told otherwise", () => {
  expect(parseOptions([])).toEqual({ what: "up", runs: 1 });
  expect(parseOptions(["path", "--runs", "3"])).toEqual({ what: "path", runs: 3 });
  expect(parseOptions(["--runs=20", "scale"])).toEqual({ what: "scale", runs: 20 });
});

test.each(["0", "21", "-1", "1.5", "two", ""])(
  "refuses --runs=%s, naming the value and the range",
  (value) => {
    expect(() => parseOptions([`--runs=${value}`])).toThrow(
      new UsageError(`--runs ${value}: use a number from 1 to 20`),
    );
  },
);

test("refuses what cannot be measured", () => {
  expect(() => parseOptions(["3"])).toThrow(new UsageError("3: use one of up, path, bucket, change, scale"));
  expect(() => parseOptions(["path", "scale"])).toThrow(UsageError);
});

test.each([[["--rnus", "3"]], [["--runs"]]])("refuses %j", (argv) => {
  expect(() => parseOptions(argv)).toThrow(UsageError);
});
