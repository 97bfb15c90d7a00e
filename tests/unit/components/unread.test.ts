import { RunError } from "@pulumi/pulumi/errors";
import * as log from "@pulumi/pulumi/log";
import * as settings from "@pulumi/pulumi/runtime/settings";
import { leaveOutUnreadMessages, leaveOutUnreadStacks } from "../../../components/unread";

const { prepareStackTrace } = Error;
const mapped = jest.fn((error: Error) => `mapped: ${error.message}`);
const stackOf = (message?: string) => new Error(message).stack;

beforeEach(() => {
  mapped.mockClear();
  Error.prepareStackTrace = mapped;
  leaveOutUnreadStacks();
});

afterEach(() => {
  Error.prepareStackTrace = prepareStackTrace;
});

test("the stack of an error without a message, which the SDK makes by the thousand, is not looked up", () => {
  expect(stackOf()).toBe("");
  expect(mapped).not.toHaveBeenCalled();
});

test("nor that of an error of which only the message is printed", () => {
  expect(new RunError("a wrong setting").stack).toBe("");
  expect(mapped).not.toHaveBeenCalled();
});

test("any other error has the trace that it would have", () => {
  expect(stackOf("a defect")).toBe("mapped: a defect");
});

test.each([
  ["of a kind of its own", new AggregateError([new Error("a defect")])],
  ["with a property", Object.assign(new Error(), { code: 14 })],
])("so has one without a message %s", (_what, error) => {
  expect(error.stack).toBe("mapped: ");
});

test("where nothing maps traces, all is as it was", () => {
  Reflect.deleteProperty(Error, "prepareStackTrace");
  leaveOutUnreadStacks();
  expect(stackOf()).toMatch(/^Error/);
});

test("the SDK tells the engine nothing for debugging; all else it tells", async () => {
  const tell = jest.fn((_: { getMessage(): string }, done: (error: null) => void) => done(null));
  jest.spyOn(settings, "getEngine").mockReturnValue({ log: tell } as never);
  leaveOutUnreadMessages();
  await log.debug("a detail");
  await log.info("news");
  expect(tell.mock.calls.map(([message]) => message.getMessage())).toEqual(["news"]);
});
