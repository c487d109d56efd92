/** Whether the server has another build of this page by now than the one that runs here. */
export async function isOutdated(): Promise<boolean> {
  const own = document.querySelector<HTMLScriptElement>('script[type="module"][src]')?.getAttribute("src");
  if (!own) return false;
  try {
    const page = await fetch("/", { cache: "no-cache" }); // costs a few bytes where it is the same: it is known by its ETag
    return page.ok && !(await page.text()).includes(`src="${own}"`);
  } catch {
    return false; // then the line is lost again, and it is asked again when it is back
  }
}
