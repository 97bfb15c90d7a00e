import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { RESOURCES } from "../../../../plugins/gcp/plugin";
import type { Fields } from "../../../../plugins/gcp/schema/types";

// The SDK's typings list every property of the official plugin. One that the tables lacked would be refused as
// unknown; one too many would be let through.
const TYPINGS = join(__dirname, "../../../../../node_modules/@pulumi/gcp");
const parse = (file: string) =>
  ts.createSourceFile(file, readFileSync(join(TYPINGS, file), "utf8"), ts.ScriptTarget.ES2022, true);
const nested = interfacesOf(parse("types/input.d.ts"));

describe.each(RESOURCES.map((resource) => [resource.schema.type, resource] as const))(
  "%s",
  (type, { schema }) => {
    const file = `${type.split(":")[1]}.d.ts`;
    const own = interfacesOf(parse(file));
    const name = type.split(":")[2] as string;

    test("has the inputs of the typings", () => {
      const settable = Object.fromEntries(Object.entries(schema.fields).filter(([, field]) => !field.output));
      expect(namesIn(settable)).toEqual(namesOf(own.get(`${name}Args`)));
    });

    test("has the outputs of the typings", () => {
      expect(Object.keys(schema.fields).sort()).toEqual(
        (own.get(`${name}State`)?.members ?? []).map((member) => member.name?.getText()).sort(),
      );
    });
  },
);

function interfacesOf(source: ts.SourceFile): Map<string, ts.InterfaceDeclaration> {
  const found = new Map<string, ts.InterfaceDeclaration>();
  const visit = (node: ts.Node, scope: string): void => {
    if (ts.isInterfaceDeclaration(node)) found.set(scope + node.name.text, node);
    else if (ts.isModuleDeclaration(node))
      ts.forEachChild(node, (c) => visit(c, `${scope}${node.name.text}.`));
    else if (ts.isModuleBlock(node) || ts.isSourceFile(node)) ts.forEachChild(node, (c) => visit(c, scope));
  };
  visit(source, "");
  return found;
}

/** All property paths of a table, sorted. */
function namesIn(fields: Fields): string[] {
  return Object.entries(fields)
    .flatMap(([key, field]) => {
      const inner = field.fields ?? field.elem?.fields ?? {};
      return [key, ...namesIn(inner).map((name) => `${key}.${name}`)];
    })
    .sort();
}

/** All property paths of an interface, sorted. */
function namesOf(declaration: ts.InterfaceDeclaration | undefined): string[] {
  return (declaration?.members ?? [])
    .flatMap((member) => {
      const key = member.name?.getText() ?? "";
      const type = (member as ts.PropertySignature).type?.getText() ?? "";
      const inner = /inputs\.((?:compute|serviceaccount)\.\w+)/.exec(type)?.[1];
      return [key, ...namesOf(inner ? nested.get(inner) : undefined).map((name) => `${key}.${name}`)];
    })
    .sort();
}
