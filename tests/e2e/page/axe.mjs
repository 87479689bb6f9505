// Judges a self-contained HTML page: axe-core at 360 px and 1920 px, light and dark, with each language choice; nothing may
// be requested, nothing may overflow sideways. Usage: node axe.mjs PAGE.html [--shots DIR]   (CHROMIUM names the browser)
import { readFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";
import { chromium } from "playwright-core";

const page_path = process.argv[2];
if (!page_path) {
  console.error("usage: node axe.mjs PAGE.html [--shots DIR]");
  process.exit(2);
}
const shots = process.argv[3] === "--shots" ? process.argv[4] : null;
if (shots) mkdirSync(shots, { recursive: true });
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
});

const problems = [];
for (const [width, height] of [[360, 780], [1920, 1080]]) {
  for (const colorScheme of ["light", "dark"]) {
    // The page forbids scripts by its own policy; the judge has to get past it.
    const context = await browser.newContext({ viewport: { width, height }, colorScheme, bypassCSP: true });
    const page = await context.newPage();
    const name = `${width}-${colorScheme}`;
    page.on("request", (r) => {
      if (!r.url().startsWith("file:")) problems.push(`${name}: requests ${r.url()}`);
    });
    await page.goto(pathToFileURL(resolve(page_path)).href);
    await page.evaluate(axe);
    for (const choice of ["two", "only-vi", "only-en"]) {
      await page.click(`label[for="${choice}"]`);
      await page.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
      const result = await page.evaluate(() => globalThis.axe.run(document));
      for (const v of result.violations) {
        problems.push(`${name} ${choice}: ${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.target.join(" ")).join(" | ")}`);
      }
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (over > 0) problems.push(`${name} ${choice}: ${over} px too wide`);
    }
    if (shots) {
      await page.click(`label[for="two"]`);
      await page.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = false; }));
      await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
    }
    await context.close();
  }
}
await browser.close();
for (const p of problems) console.error(p);
console.log(problems.length ? `${problems.length} problems` : "axe-core: nothing found; no request; nothing too wide");
process.exit(problems.length ? 1 : 0);
