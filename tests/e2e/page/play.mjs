// Plays a flood through the page of `hues play`, in a real browser: files on two phones, cuts, slows, kills, drains, sets a clock wrong, kills the city,
// restores a backup, mends everything, and waits until the page itself says that nothing is lost and nothing is there twice. Then axe-core at 360 px and
// 1920 px in both languages, light and dark; the keyboard alone; a ledger that promises what nobody has; strangers at the door; and the end.
// Usage: node play.mjs HUES [--shots DIR]   (CHROMIUM names the browser)
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const hues = process.argv[2];
if (!hues) {
  console.error("usage: node play.mjs HUES [--shots DIR]");
  process.exit(2);
}
const shots = process.argv[3] === "--shots" ? process.argv[4] : null;
if (shots) mkdirSync(shots, { recursive: true });
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const problems = [];
const check = (good, what) => { if (!good) problems.push(what); };

/** Starts `hues play`; its address once it is ready, and its end. */
function play(...more) {
  const child = spawn(hues, ["play", "--json", ...more], { stdio: ["ignore", "pipe", "pipe"] });
  // Whatever goes wrong here, nobody stays behind.
  process.on("exit", () => child.exitCode === null && child.kill("SIGTERM"));
  let out = "";
  let err = "";
  child.stdout.on("data", (text) => { out += text; });
  child.stderr.on("data", (text) => { err += text; });
  const end = new Promise((over) => child.on("close", (code) => over({ code, err, lines: out.trim().split("\n").filter(Boolean).map((l) => JSON.parse(l)) })));
  const ready = async () => {
    while (!out.includes("\n")) {
      if (child.exitCode !== null) throw new Error(`play did not start: ${err}`);
      await new Promise((again) => setTimeout(again, 30));
    }
    return JSON.parse(out.split("\n")[0]).url;
  };
  return { child, ready, end };
}

/** One plain request; its status. */
const ask = (url, { method = "GET", headers = {}, body } = {}) => new Promise((told, failed) => {
  const sent = request(url, { method, headers }, (answer) => { answer.resume(); told(answer.statusCode); });
  sent.on("error", failed);
  sent.end(body);
});

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
});

async function open(url, width, height, options = {}) {
  const context = await browser.newContext({ viewport: { width, height }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.on("pageerror", (error) => problems.push(`script: ${error.message}`));
  page.on("request", (r) => { if (!r.url().startsWith(url)) problems.push(`requests ${r.url()}`); });
  page.on("console", (m) => { if (m.type() === "error" && !m.text().includes("ERR_CONNECTION")) problems.push(`console: ${m.text()}`); });
  await page.goto(url);
  await page.waitForSelector('[data-key="officer"]');
  return page;
}

const score = (page) => page.evaluate(() => Object.fromEntries(["filed", "killed", "lost", "twice"].map((id) => [id, Number(document.getElementById(id).textContent)])));
/** Waits until the page says so; what it says otherwise. */
const until = (page, what, test, argument) => page.waitForFunction(test, argument, { timeout: 20_000, polling: 100 })
  .catch(async () => { throw new Error(`${what}: the page says "${await page.textContent("#verdict")}" ${JSON.stringify(await score(page))}`); });
const arrived = (page, n) => until(page, "everything arrived", (acts) => document.querySelectorAll("#beads .city").length >= acts && document.querySelector(".score").dataset.is === "all", n);

/* ---- the flood ---- */

const first = play();
const url = await first.ready();
const page = await open(url, 1280, 900);
const unit = (key) => page.locator(`.unit[data-key="${key}"]`);
const file = async (key, text, photo) => {
  const before = (await score(page)).filed;
  await unit(key).locator("textarea").first().fill(text);
  await unit(key).locator(".tick input").setChecked(photo);
  await unit(key).locator(".new button").click();
  await until(page, "filed", (n) => Number(document.getElementById("filed").textContent) > n, before);
};
const network = (key, to) => unit(key).locator(`.seg [data-t="${to}"]`).click();
const state = (key, name, value) => page.waitForSelector(`.unit[data-key="${key}"][data-${name}="${value}"]`);

await file("citizen", "Nước lên nhanh ở đường Bà Triệu.", true);
await arrived(page, 1);
await page.click("#city-backup");
await until(page, "the backup", () => document.querySelector("#city-restore span").textContent.includes("1"));
// The officer works while all is well; what she does is not in the backup.
const officer = unit("officer");
await officer.getByText("Xác minh", { exact: true }).click();
await officer.getByText("Giao đơn vị", { exact: true }).click({ timeout: 15_000 });
await network("citizen", "cut");
await file("citizen", "Cây đổ chắn ngang đường Chi Lăng.", true);
check((await page.textContent("#verdict")).includes("an toàn trên máy"), "what waits is not said to wait");
await unit("citizen").locator(".chip.wait").first().waitFor();
await unit("citizen").locator(".power").click();
await state("citizen", "power", "off");
check((await unit("citizen").locator(".inside").textContent()).includes("1"), "a phone that is off does not say what it keeps");
await network("neighbour", "slow");
await file("neighbour", "Cành cây gãy trên vỉa hè.", true);
await unit("neighbour").locator(".clock").click();
await state("neighbour", "clock", "wrong");
await page.click("#city-power");
await page.waitForSelector('.town[data-power="off"]');
await file("neighbour", "Đèn đường tắt, giữa lúc thành phố cũng tắt.", false);
await unit("neighbour").locator(".battery").click();
await state("neighbour", "power", "off");
await unit("citizen").locator(".power").click();
await state("citizen", "power", "on");
await file("citizen", "Mất nắp cống trước cổng trường.", false);
await page.click("#city-power");
await page.waitForSelector('.town[data-power="on"]');
await network("citizen", "portal");
await page.click("#city-restore");
await until(page, "the restore", () => document.getElementById("city-facts").textContent.includes("bản sao lưu"));
if (shots) await page.screenshot({ path: `${shots}/flood.png`, fullPage: true });
// Nothing that was saved may count as lost while it waits.
const amid = await score(page);
check(amid.lost === 0 && amid.twice === 0, `in the flood: ${JSON.stringify(amid)}`);
await page.click("#lift");
await arrived(page, 7);
const end = await score(page);
check(end.filed === 5 && end.killed === 3 && end.lost === 0 && end.twice === 0, `after the flood: ${JSON.stringify(end)}`);
check((await page.textContent("#live")).includes("mất 0"), `the live region does not say it: ${await page.textContent("#live")}`);
// A refusal has words and changes nothing.
await unit("citizen").locator("textarea").first().fill("");
await unit("citizen").locator(".new button").click();
await unit("citizen").locator(".said.wrong").filter({ hasText: "nội dung" }).waitFor();
// She answers, and the citizen reads it.
await officer.locator(".report").last().getByText("Trả lời", { exact: true }).click({ timeout: 15_000 });
await unit("citizen").locator(".answer").filter({ hasText: "Trả lời:" }).first().waitFor({ timeout: 15_000 });
await officer.getByText("Công khai", { exact: true }).click({ timeout: 15_000 });
await unit("neighbour").locator(".public .report").first().waitFor({ timeout: 15_000 });

/* ---- the keyboard alone ---- */

const press = async (...keys) => { for (const key of keys) await page.keyboard.press(key); };
const focus = () => page.evaluate(() => {
  const e = document.activeElement;
  return e && e !== document.body ? e.getAttribute("aria-label") ?? e.textContent : "";
});
/** Presses Tab until the focus is there; it must be visible. */
async function tab(name) {
  for (let n = 0; n < 80; n += 1) {
    await press("Tab");
    if ((await focus()).includes(name)) {
      const seen = await page.evaluate(() => {
        const e = document.activeElement;
        const mark = e.matches(".seg input") ? e.nextElementSibling : e;
        return getComputedStyle(mark).outlineStyle !== "none" && parseFloat(getComputedStyle(mark).outlineWidth) >= 2;
      });
      check(seen, `the focus on "${name}" cannot be seen`);
      return;
    }
  }
  problems.push(`the keyboard does not reach "${name}"`);
}
await page.evaluate(() => { document.activeElement?.blur(); scrollTo(0, 0); });
await page.click("h1");
await tab("English");
await press("Enter");
await page.waitForFunction(() => document.documentElement.lang === "en" && document.querySelector("h1").textContent === "Try to lose a report");
await tab("Kill Chị Hà's phone");
await press("Enter");
await state("citizen", "power", "off");
check((await focus()).startsWith("Start Chị Hà"), "the focus left the button that was pressed");
await press("Space");
await state("citizen", "power", "on");
await press("Tab", "Space");
await state("citizen", "empty", "true");
await press("Space");
await state("citizen", "power", "on");
await tab("File report from Chị Hà");
await press("Shift+Tab", "Shift+Tab");
await page.keyboard.type("Filed by keyboard.");
await press("Tab", "Tab", "Enter");
await until(page, "filed by keyboard", () => document.getElementById("filed").textContent === "6");
await arrived(page, 10);

/* ---- axe-core ---- */

// The page's own policy forbids scripts from elsewhere; the judge has to get past it.
const judged = await open(url, 360, 780, { bypassCSP: true });
await judged.evaluate(axe);
for (const [width, height, colorScheme, lang] of [
  [360, 780, "light", "vi"], [360, 780, "dark", "en"], [360, 780, "light", "en"], [1920, 1080, "light", "en"], [1920, 1080, "dark", "vi"], [1920, 1080, "light", "vi"],
]) {
  const name = `${width}-${colorScheme}-${lang}`;
  await judged.setViewportSize({ width, height });
  await judged.emulateMedia({ colorScheme });
  await judged.click(`[data-lang="${lang}"]`);
  const { violations } = await judged.evaluate(() => globalThis.axe.run(document));
  for (const v of violations) problems.push(`${name}: ${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.target.join(" ")).join(" | ")}`);
  const over = await judged.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  check(over <= 0, `${name}: ${over} px too wide`);
  if (shots) await judged.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
}
await judged.context().close();

/* ---- strangers, and the end ---- */

const at = new URL(url);
const json = { "content-type": "application/json" };
check(await ask(`${at.origin}/`) === 404, "the page is handed out without its token");
check(await ask(url, { headers: { host: `evil.example:${at.port}` } }) === 403, "a foreign name for this address gets in");
check(await ask(`${url}order`, { method: "POST", headers: { ...json, origin: "http://evil.example" }, body: '{"do":"kill-city"}' }) === 403, "another page may give orders");
check(await ask(`${url}order`, { method: "POST", headers: json, body: '{"do":"delete"}' }) === 400, "an order that does not exist is taken");
const busy = await play("--port", at.port).end;
check(busy.code === 2 && busy.err.includes("another program uses this port"), `a busy port: exit ${busy.code} ${busy.err}`);
first.child.kill("SIGINT");
const over = await first.end;
const last = over.lines.at(-1);
check(over.code === 0 && last.event === "ended" && last.filed === 6 && last.lost === 0 && last.twice === 0, `the end: exit ${over.code} ${JSON.stringify(last)}`);
await page.waitForFunction(() => document.querySelector(".gone").textContent.includes("cargo run -- play"));
await page.context().close();

/* ---- what nobody has is lost, and the page says so; what a folder holds goes on ---- */

const folder = mkdtempSync(join(tmpdir(), "hues-play-test-"));
try {
  mkdirSync(join(folder, "d"), { recursive: true });
  const lie = { what: "saved", phone: "citizen", kind: "report.new", report: "ab".repeat(16), op: "cd".repeat(16), at_ms: 1 };
  appendFileSync(join(folder, "d", "ledger.jsonl"), `${JSON.stringify(lie)}\n`);
  const second = play("--data", join(folder, "d"));
  const lost = await open(await second.ready(), 1280, 900);
  await until(lost, "a loss", () => document.getElementById("lost").textContent === "1" && document.querySelector(".score").dataset.is === "bad");
  check(await lost.locator("#beads .lost").count() === 1, "the lost act has no bead");
  check((await play("--data", join(folder, "d")).end).code === 6, "two plays in one folder");
  await lost.locator('.unit[data-key="neighbour"] .new button').click();
  await until(lost, "filed", () => document.getElementById("filed").textContent === "2" && document.querySelectorAll("#beads .city").length === 1);
  second.child.kill("SIGTERM");
  const told = await second.end;
  check(told.code === 1 && told.lines.at(-1).lost === 1, `a loss: exit ${told.code} ${JSON.stringify(told.lines.at(-1))}`);
  await lost.context().close();
  // The same phones, the same city: it goes on, with what was filed.
  const third = play("--data", join(folder, "d"));
  const again = await open(await third.ready(), 1280, 900);
  await until(again, "what was filed before", () => document.querySelectorAll("#beads .city").length === 1 && document.getElementById("filed").textContent === "2");
  check(await again.locator('.unit[data-key="neighbour"] .report').count() === 1, "the phone forgot its report");
  // A play that is killed takes everybody with it.
  third.child.kill("SIGKILL");
  await again.context().close();
  await third.end;
  const left = () => existsSync("/proc") && readdirSync("/proc").filter((pid) => /^\d+$/.test(pid)).some((pid) => {
    try { return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(folder); } catch { return false; }
  });
  for (let n = 0; n < 60 && left(); n += 1) await new Promise((wait) => setTimeout(wait, 100));
  check(!left(), "a killed play left processes behind");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
await browser.close();
for (const p of problems) console.error(p);
console.log(problems.length ? `${problems.length} problems` : `filed ${end.filed}, killed ${end.killed}, lost ${end.lost}, twice ${end.twice}; by keyboard; axe-core: nothing found`);
process.exit(problems.length ? 1 : 0);
