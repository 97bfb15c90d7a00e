import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Bucket } from "../bucket";

const bucket = new Bucket();
let server: Server;
let base: string;
let now = 1_000_000;

beforeAll(async () => {
  jest.spyOn(Date, "now").mockImplementation(() => now);
  server = await bucket.listen(0);
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  jest.restoreAllMocks();
  server.close();
});

const call = async (method: string, path: string, init: RequestInit = {}) => {
  const response = await fetch(`${base}${path}`, { method, ...init });
  return { status: response.status, text: await response.text() };
};
const write = async (name: string, content: string) => {
  const part = (type: string, text: string) => `--b\r\nContent-Type: ${type}\r\n\r\n${text}\r\n`;
  const body = `${part("application/json", JSON.stringify({ name }))}${part("text/plain", content)}--b--`;
  const headers = { "content-type": "multipart/related; boundary=b" };
  const { status } = await call("POST", "/upload/storage/v1/b/state/o?uploadType=multipart", {
    headers,
    body,
  });
  return status;
};
const names = async (query: string) => {
  const { text } = await call("GET", `/storage/v1/b/state/o?${query}`);
  const { items, prefixes } = JSON.parse(text) as { items: { name: string }[]; prefixes: string[] };
  return { items: items.map(({ name }) => name), prefixes };
};

test("takes one write of an object a second, and any of others", async () => {
  expect(await write("a/lab.json", "one")).toBe(200);
  now += 999;
  expect(await write("a/lab.json", "two")).toBe(429);
  expect(await write("a/other.json", "two")).toBe(200);
  expect(await call("GET", "/state/a/lab.json")).toEqual({ status: 200, text: "one" });
  now += 1;
  expect(await write("a/lab.json", "two")).toBe(200);
  expect(bucket.counts).toEqual({ written: 3, refused: 1 });
});

test("copies, lists, describes and removes as Cloud Storage does", async () => {
  const object = (name: string) => `/storage/v1/b/state/o/${encodeURIComponent(name)}`;
  now += 1000;
  expect((await call("POST", `${object("a/lab.json")}/rewriteTo/b/state/o/b%2Fcopy`)).status).toBe(200);
  expect(await call("GET", `${object("b/copy")}?alt=media`)).toEqual({ status: 200, text: "two" });
  expect(JSON.parse((await call("GET", object("b/copy"))).text)).toMatchObject({ name: "b/copy", size: "3" });
  expect(await names("prefix=&delimiter=/")).toEqual({ items: [], prefixes: ["a/", "b/"] });
  expect(await names("prefix=a/")).toEqual({ items: ["a/lab.json", "a/other.json"], prefixes: [] });
  expect((await call("DELETE", object("b/copy"))).status).toBe(204);
  expect((await call("GET", object("b/copy"))).status).toBe(404);
});
