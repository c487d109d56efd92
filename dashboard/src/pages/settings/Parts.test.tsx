import { MantineProvider } from "@mantine/core";
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, expect, test } from "vitest";

import { speak } from "../../words";
import { Bar } from "./Parts";

beforeAll(speak);
afterEach(cleanup);

test.each([
  [0, 0, "0", "0 of 0"],
  [1234, 10_000, "1234", "1,234 of 10,000"],
  [30, 20, "20", "30 of 20"],
])("%d of %d is drawn and told in numbers", (used, maximum, drawn, told) => {
  render(
    <MantineProvider>
      <Bar label="Calls" used={used} maximum={maximum} />
    </MantineProvider>,
  );
  const bar = screen.getByRole("progressbar", { name: "Calls" });
  expect(bar.getAttribute("aria-valuenow")).toBe(drawn);
  expect(bar.getAttribute("aria-valuetext")).toBe(told);
  expect(screen.getByText(told)).toBeDefined();
});
