/** What stands for a value that only `up` will know. */
export const UNKNOWN = "(known after up)";

/** One resource as a policy sees it: what is declared, and nothing of what was before. */
export interface DeclaredResource {
  /** Such as `gcp:compute/instance:Instance`. */
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly props: Readonly<Record<string, unknown>>;
  /** URNs of the resources that the property `caCertPem` comes from. */
  readonly signers: readonly string[];
}
