import { withoutUnreadStacks } from "../../../components/unreadStacks";

const { prepareStackTrace } = Error;
const mapped = jest.fn((error: Error) => `mapped: ${error.message}`);
const stackOf = (message?: string) => new Error(message).stack;

beforeEach(() => {
  mapped.mockClear();
  Error.prepareStackTrace = mapped;
});

afterEach(() => {
  Error.prepareStackTrace = prepareStackTrace;
});

test("the stack of an error without a message, which the SDK makes by the thousand, is not looked up", () => {
  expect(withoutUnreadStacks(() => stackOf())).toBe("");
  expect(mapped).not.toHaveBeenCalled();
});

test("any other error has the trace that it would have", () => {
  expect(withoutUnreadStacks(() => stackOf("a defect"))).toBe("mapped: a defect");
});

test("everything is as before afterwards, also after an error", () => {
  expect(() =>
    withoutUnreadStacks(() => {
      throw new Error("a defect");
    }),
  ).toThrow("a defect");
  expect(Error.prepareStackTrace).toBe(mapped);
});
