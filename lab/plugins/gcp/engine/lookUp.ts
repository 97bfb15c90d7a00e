import { type FunctionHandler, plain } from "../../framework";
import type { Fields, Props } from "../schema/types";
import { explain, type Provider, workFor } from "./handler";
import { normalize } from "./normalize";
import type { Work } from "./operations";
import { markSecrets } from "./secrets";
import { validate } from "./validate";

/** A question to the API that a program asks: what Terraform calls a data source. */
export interface LookUp {
  /** For example `gcp:compute/getImage:getImage`. */
  readonly token: string;
  /** What may be asked. */
  readonly fields: Fields;
  readonly exactlyOneOf?: readonly string[];
  read(work: Work, asked: Props): Promise<Props>;
}

/** Serves one question. */
export function createLookUp(lookUp: LookUp, provider: () => Provider): FunctionHandler {
  const { token, fields, exactlyOneOf = [] } = lookUp;
  const name = token.slice(token.lastIndexOf(":") + 1);
  const schema = { type: token, label: name, idFormat: "", fields, exactlyOneOf };
  return {
    token,
    async invoke(args, context) {
      const { __defaults: _, ...asked } = normalize(fields, plain<Props>(args));
      const failures = validate(schema, asked, name).map((reason) => ({ property: "", reason }));
      if (failures.length > 0) return { failures };
      try {
        const result = await lookUp.read(workFor(provider(), context), asked);
        return { result: markSecrets(result, []) };
      } catch (error) {
        throw new Error(`invoking ${token}: ${explain(error)}`);
      }
    },
  };
}
