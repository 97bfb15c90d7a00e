import { parseOptions, UsageError } from "../options";

test("one run unless told otherwise", () => {
  expect(parseOptions([])).toEqual({ runs: 1 });
  expect(parseOptions(["--runs", "3"])).toEqual({ runs: 3 });
  expect(parseOptions(["--runs=20"])).toEqual({ runs: 20 });
});

test.each(["0", "21", "-1", "1.5", "two", ""])(
  "refuses --runs=%s, naming the value and the range",
  (value) => {
    expect(() => parseOptions([`--runs=${value}`])).toThrow(
      new UsageError(`--runs ${value}: use a number from 1 to 20`),
    );
  },
);

test.each([[["--rnus", "3"]], [["3"]], [["--runs"]]])("refuses %j", (argv) => {
  expect(() => parseOptions(argv)).toThrow(UsageError);
});
