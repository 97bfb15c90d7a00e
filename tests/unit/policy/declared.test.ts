import { plainProps } from "../../../policy/declared";

/** An object as the policy SDK gives it: a look at an unknown property throws. */
function withUnknown(known: Record<string, unknown>, unknown: string): Record<string, unknown> {
  return Object.defineProperty({ ...known }, unknown, {
    enumerable: true,
    get: () => {
      throw new Error(`string value at .${unknown} can't be known during preview`);
    },
  });
}

test("properties become plain values, and what only up will know says so", () => {
  const props = withUnknown({ ports: ["22"], connection: withUnknown({ port: 22 }, "host") }, "selfLink");
  expect(plainProps(props)).toEqual({
    ports: ["22"],
    connection: { port: 22, host: "(known after up)" },
    selfLink: "(known after up)",
  });
});
