export {
  type CheckFailure,
  type CheckResult,
  type Context,
  type DiffKind,
  type DiffResult,
  type FunctionHandler,
  NO_DIFF,
  PartialError,
  type PluginDefinition,
  type ResourceHandler,
} from "./resource";
export { servePlugin } from "./serve";
export {
  decode,
  encode,
  equal,
  hasSecret,
  hasUnknown,
  type PropertyMap,
  plain,
  Secret,
  UNKNOWN,
  UNKNOWN_SECRET,
  type Value,
} from "./values";
