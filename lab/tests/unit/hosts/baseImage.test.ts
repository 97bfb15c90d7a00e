import { baseImageDir, MissingImageError } from "../../../hosts/baseImage";

test("each release has an image of its own, of the same recipe", () => {
  const [bookworm, trixie] = [baseImageDir("bookworm"), baseImageDir("trixie")];
  expect(bookworm).toMatch(/\/images\/bookworm-[0-9a-f]{12}$/);
  expect(trixie).toBe(bookworm.replace("bookworm-", "trixie-"));
});

test("an image that was not made is named with the command that makes it", () => {
  expect(new MissingImageError("trixie").message).toBe(
    "the lab has no hosts of debian-13 yet; run `lab build image debian-13` first",
  );
});
