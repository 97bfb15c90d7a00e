import { Config, CustomResource } from "@pulumi/pulumi";

/** A resource of Compute Engine, such as a `Disk`, with the provider's arguments. */
export interface Listed {
  readonly name: string;
  readonly type: string;
  readonly args: object;
  /** All that follows is made after it. */
  readonly first?: boolean;
}

class Anything extends CustomResource {}

const dependsOn: CustomResource[] = [];
for (const { type, name, args, first } of new Config().requireObject<Listed[]>("resources")) {
  const module = type.charAt(0).toLowerCase() + type.slice(1);
  const token = `gcp:compute/${module}:${type}`;
  const made = new Anything(token, name, { name, ...args }, { dependsOn: [...dependsOn] });
  if (first) dependsOn.push(made);
}
