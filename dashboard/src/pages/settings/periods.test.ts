import { expect, test } from "vitest";

import { periodText } from "./periods";

test("a window is told as WhatsApp's pages tell it, in the reader's language", () => {
  expect(periodText("PT24H", "en")).toBe("24 hours");
  expect(periodText("P7D", "en")).toBe("7 days");
  expect(periodText("P7D", "es")).toBe("7 días");
});
