import { contentHash } from "../../../../core/node/contentHash";

// The first 16 hex digits of what `printf '["a","b"]' | sha256sum` prints, and so on.
test.each([
  [[], "4f53cda18c2baa0c"],
  [["a", "b"], "0473ef2dc0d324ab"],
  [["ab", ""], "784217d4dce78c02"],
])("of %j", (texts, hash) => {
  expect(contentHash(texts)).toBe(hash);
});

test("order and bounds count", () => {
  const hashes = [["a", "b"], ["b", "a"], ["ab"], ["", "ab"], ['a","b']].map(contentHash);
  expect(new Set(hashes).size).toBe(5);
});
