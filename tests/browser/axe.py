"""What axe, which reads pages as the accessibility rules do, has to say against one."""

import asyncio
import json
from typing import Any

from playwright.async_api import Page, ViewportSize

from tests.ground.processes import ROOT

AXE = ROOT / "dashboard" / "node_modules" / "axe-core" / "axe.min.js"
NO_AXE = "axe is not installed: make dashboard does it where Node is"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
WIDE: ViewportSize = {"width": 1280, "height": 800}
NARROW: ViewportSize = {"width": 390, "height": 844}

_RUN = """async (tags) => {
  const { violations } = await axe.run(document, {
    runOnly: { type: "tag", values: tags }, resultTypes: ["violations"]
  });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target.join(" ")}: ${failureSummary}`));
}"""


async def violations(page: Page) -> list[str]:
    """Tell which rules the page breaks as it stands there, and where; nothing where it breaks none."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(await asyncio.to_thread(AXE.read_text))
    found: list[str] = await page.evaluate(_RUN, list(RULES))
    return found


async def overflow(page: Page) -> int:
    """Tell by how many pixels the page is wider than its window, so that it would scroll sideways."""
    wider: int = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider


async def too_small(page: Page) -> list[str]:
    """Name what can be pressed and leaves a finger less than 44 pixels: buttons, and links that look like some."""
    found: list[dict[str, Any]] = await page.evaluate(
        """() => [...document.querySelectorAll("button, [role=button], [role^=menuitem], nav a, select, summary")]
          .map((it) => [it, it.getBoundingClientRect()])
          .filter(([it, box]) => it.checkVisibility({ checkOpacity: true }) && box.width && box.height < 43.5)
          .map(([it, box]) => ({ name: it.ariaLabel ?? it.textContent, height: box.height, in: it.className }))"""
    )
    return [json.dumps(one) for one in found]
