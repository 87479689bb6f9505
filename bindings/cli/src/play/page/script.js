// The page draws what the server tells it and sends orders; it knows nothing by itself.
const $ = (css, root = document) => root.querySelector(css);
const TOPICS = JSON.parse($("#topics").textContent);
const NETWORKS = ["good", "slow", "portal", "cut"];
let lang = "vi";
try { lang = localStorage.getItem("lang") === "en" ? "en" : "vi"; } catch { /* a browser without storage starts in Vietnamese */ }
let view = null;
const phones = new Map();

const t = (key, values = {}) => WORDS[key][lang === "vi" ? 0 : 1].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
const said = (words) => (words ? words[lang] : "");
const put = (element, text) => { if (element.textContent !== text) element.textContent = text; };
const show = (element, visible) => { if (element.hidden === visible) element.hidden = !visible; };
const icon = (name) => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
};
const make = (tag, className, text) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
};

/** Keeps one element an item: what has the focus keeps it. */
function list(parent, items, key, create, update) {
  const old = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  items.forEach((item, n) => {
    const id = key(item);
    let element = old.get(id);
    old.delete(id);
    if (!element) {
      element = create(item);
      element.dataset.key = id;
    }
    update(element, item);
    if (parent.children[n] !== element) parent.insertBefore(element, parent.children[n] ?? null);
  });
  old.forEach((element) => element.remove());
}

async function order(body, message) {
  if (message) put(message, "");
  try {
    const answer = await fetch("order", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    const end = await answer.json();
    if (message) {
      message.classList.toggle("wrong", !end.ok);
      put(message, end.ok ? "" : said(end.words) || t("failed"));
    }
    return end.ok === true;
  } catch {
    return false;
  }
}

/* ---- the phones, built once ---- */

function build(p) {
  const unit = $("#phone").content.firstElementChild.cloneNode(true);
  unit.dataset.key = p.key;
  const seg = $(".seg", unit);
  for (const network of NETWORKS) {
    const label = make("label");
    const input = make("input");
    Object.assign(input, { type: "radio", name: `network-${p.key}`, value: network });
    input.addEventListener("change", async () => {
      // The choice stands until the laboratory confirms it; a state that was on its way does not turn it back.
      unit.dataset.chosen = network;
      if (!(await order({ do: "network", phone: p.key, network }, message))) delete unit.dataset.chosen;
    });
    const text = make("span");
    text.dataset.t = network;
    label.append(input, text);
    seg.append(label);
  }
  const message = $(".screen .said", unit);
  const form = $(".new", unit);
  if (p.officer) {
    form.remove();
  } else {
    const [select, words, photo] = [$("select", form), $("textarea", form), $("input", form)];
    for (const topic of TOPICS) select.append(new Option("", topic.category));
    select.selectedIndex = p.key === "citizen" ? 0 : 1;
    photo.checked = p.key === "citizen";
    select.addEventListener("change", () => { words.value = said(TOPICS[select.selectedIndex].sample); });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const ok = await order({ do: "file", phone: p.key, category: select.value, text: words.value, photo: photo.checked }, message);
      if (ok) {
        put(message, t("sent"));
        select.selectedIndex = (select.selectedIndex + 1) % TOPICS.length;
        words.value = said(TOPICS[select.selectedIndex].sample);
      }
    });
  }
  $(".queue button", unit).addEventListener("click", () => order({ do: "refresh", phone: p.key }, message));
  $(".power", unit).addEventListener("click", () => order({ do: now(p.key).power === "off" ? "start" : "kill", phone: p.key }, message));
  $(".battery", unit).addEventListener("click", () => order({ do: "battery", phone: p.key, empty: !now(p.key).empty }, message));
  $(".clock", unit).addEventListener("click", () => order({ do: "clock", phone: p.key, wrong: !now(p.key).wrong_clock }, message));
  $("h2", unit).id = `name-${p.key}`;
  $(".label", unit).id = `wire-${p.key}`;
  $(".wire", unit).setAttribute("aria-labelledby", `wire-${p.key}`);
  unit.setAttribute("aria-labelledby", `name-${p.key}`);
  return unit;
}

const now = (key) => view.phones.find((p) => p.key === key);

/* ---- drawing ---- */

function chip(element, name, className, text) {
  if (element.dataset.is === `${name} ${text}`) return;
  element.dataset.is = `${name} ${text}`;
  element.className = `chip ${className}`;
  element.replaceChildren(icon(name), document.createTextNode(text));
}

function step(report) {
  if (report.step === "waiting") return ["wait", "wait", t("waiting")];
  if (report.step === "sending") return ["send", "wait", t("sending")];
  if (report.step === "wedged") return ["warn", "warn", t("wedged")];
  if (report.photos_open > 0) return ["send", "wait", t("photosOpen", { n: report.photos_open })];
  return ["check", "good", report.state === "received" ? t("done") : said(report.words)];
}

function row() {
  const li = make("li", "report");
  li.append(make("p", "about"), make("p", "text"), make("p", "chip"), make("p", "answer"));
  return li;
}

function about(li, report) {
  const photos = report.photos > 0 ? ` · ${report.photos}` : "";
  const text = `${said(report.topic) || report.category} · ${report.at ?? ""}${photos}`;
  const line = $(".about", li);
  if (line.dataset.is === text) return;
  line.dataset.is = text;
  line.replaceChildren(document.createTextNode(text));
  if (report.photos > 0) line.append(icon("photo"));
}

function drawMine(unit, p) {
  put($(".list-h", unit), t("mine"));
  list($(".rows", unit), p.reports, (r) => r.id, row, (li, r) => {
    about(li, r);
    put($(".text", li), r.text);
    chip($(".chip", li), ...step(r));
    show($(".answer", li), Boolean(r.answer));
    put($(".answer", li), r.answer ? `${t("answer")} ${r.answer}` : "");
  });
  const empty = $(".empty", unit);
  put(empty, p.reports.length === 0 ? t("noMine") : p.more > 0 ? t("more", { n: p.more }) : "");
  const shared = $(".public", unit);
  show(shared, p.public.length > 0);
  list($("ul", shared), p.public, (r) => r.id, row, (li, r) => {
    about(li, r);
    put($(".text", li), r.text);
    chip($(".chip", li), "public", "plain", said(r.words));
    show($(".answer", li), false);
  });
}

function drawWork(unit, p) {
  put($(".list-h", unit), t("work"));
  const create = (r) => {
    const li = row();
    const words = make("textarea");
    words.rows = 2;
    words.maxLength = 600;
    words.value = said(TOPICS.find((topic) => topic.category === r.category)?.reply);
    const button = make("button", "main");
    button.type = "button";
    button.addEventListener("click", () => {
      const report = now(p.key).work.find((w) => w.id === r.id);
      if (!report?.next || report.under_way) return;
      order({ do: "staff", act: report.next, report: r.id, category: r.category, text: words.value }, $(".said", unit));
    });
    li.append(words, button);
    return li;
  };
  list($(".rows", unit), p.work, (r) => r.id, create, (li, r) => {
    about(li, r);
    put($(".text", li), r.text);
    chip($(".chip", li), r.published ? "public" : "check", r.published ? "good" : "plain", r.published ? t("published") : said(r.words));
    show($(".answer", li), false);
    const [words, button] = [$("textarea", li), $("button", li)];
    words.setAttribute("aria-label", t("replyWords"));
    show(words, r.next === "answer" && !r.under_way);
    show(button, Boolean(r.next));
    button.setAttribute("aria-disabled", String(r.under_way));
    if (r.next) put(button, r.under_way ? t("underWay") : t(r.next === "answer" ? "reply" : r.next));
  });
  put($(".empty", unit), p.work.length === 0 ? t("noWork") : p.more > 0 ? t("more", { n: p.more }) : "");
  show($(".public", unit), false);
}

function drawStuck(unit, p) {
  list($(".jam", unit), p.stuck, (s) => s.op, (s) => {
    const li = make("li");
    const button = make("button", "small");
    button.type = "button";
    button.addEventListener("click", () => order({ do: "discard", phone: p.key, op: s.op }, $(".said", unit)));
    li.append(make("p"), button);
    return li;
  }, (li, s) => {
    put($("p", li), said(s.why));
    put($("button", li), t("discard"));
  });
}

function drawPhone(p) {
  let unit = phones.get(p.key);
  if (!unit) {
    unit = build(p);
    phones.set(p.key, unit);
    $("#phones").append(unit);
    language(unit);
  }
  const values = { name: p.name, carrier: p.carrier };
  Object.assign(unit.dataset, { power: p.power, network: p.network, clock: p.wrong_clock ? "wrong" : "right", empty: String(p.empty), moves: String(p.power === "on" && p.moves) });
  put($(".label", unit), t("wire", values));
  if (unit.dataset.chosen === p.network) delete unit.dataset.chosen;
  $(`input[value="${unit.dataset.chosen ?? p.network}"]`, unit).checked = true;
  put($(".carrier", unit), p.carrier);
  put($(".time", unit), p.wrong_clock ? `${p.date} ${p.time}` : p.time);
  put($(".owner h2", unit), p.name);
  put($(".owner p", unit), said(p.role));
  const waits = $(".queue", unit);
  show(waits, p.open > 0);
  put($("p", waits), p.open > 0 ? `${t("queue", { n: p.open })} ${said(p.waits)}`.trim() : "");
  drawStuck(unit, p);
  (p.officer ? drawWork : drawMine)(unit, p);
  const off = p.power !== "on";
  show($(".screen", unit), !off);
  show($(".off", unit), off);
  put($(".off .big", unit), t(p.power === "starting" ? "starting" : p.empty ? "empty" : "off"));
  put($(".off .inside", unit), p.open > 0 ? t("inside", { n: p.open }) : t("insideNone"));
  put($(".off .trouble", unit), p.trouble === null ? "" : t("trouble", { why: p.trouble }));
  $(".break", unit).setAttribute("aria-label", t("breakIt", values));
  const power = $(".power", unit);
  const does = t(p.power === "off" ? "startPhone" : "killPhone");
  put($("span", power), does);
  power.setAttribute("aria-label", t("ofName", { what: does, name: p.name }));
  power.classList.toggle("bad", p.power !== "off");
  $(".battery", unit).setAttribute("aria-checked", String(p.empty));
  $(".clock", unit).setAttribute("aria-checked", String(p.wrong_clock));
}

function drawCity(city) {
  const section = $(".town");
  section.dataset.power = city.power;
  put($("#city-state"), t({ on: "cityOn", off: "cityOff", starting: "cityStarting" }[city.power]));
  const restored = city.restores > 0 ? ` ${t("restored", { n: city.restores })}` : "";
  put($("#city-facts"), t("facts", city) + restored);
  put($("#city-power span"), t(city.power === "off" ? "startCity" : "killCity"));
  $("#city-power").classList.toggle("bad", city.power !== "off");
  put($("#city-restore span"), city.backup ? t("restore", city.backup) : t("restoreNone"));
}

let spoken = "";
let timer = 0;
function speak(text) {
  // What changes many times a second is said once, when it rests.
  if (text === spoken) return;
  clearTimeout(timer);
  timer = setTimeout(() => { spoken = text; put($("#live"), text); }, 700);
}

function drawScore(tally, beads) {
  for (const key of ["filed", "killed", "lost", "twice"]) {
    const number = $(`#${key}`);
    put(number, String(tally[key]));
    if (key === "lost" || key === "twice") number.parentElement.className = tally[key] > 0 ? "bad" : "good";
  }
  const bad = tally.lost + tally.twice > 0;
  const key = bad ? "bad" : tally.acts === 0 ? "none" : tally.on_the_way > 0 ? "way" : "all";
  const verdict = t(key, { ...tally, n: tally.on_the_way });
  put($("#verdict"), verdict);
  $(".score").dataset.is = key;
  const row = $("#beads");
  while (row.children.length > beads.length) row.lastElementChild.remove();
  beads.forEach((bead, n) => {
    const dot = row.children[n] ?? row.appendChild(make("i"));
    const name = `bead ${bead.stand}`;
    if (dot.className !== name) dot.className = name;
  });
  row.setAttribute("aria-label", t("beads", { city: tally.arrived, way: tally.on_the_way, lost: tally.lost }));
  speak(`${t("count", tally)} ${verdict}`);
}

function drawLog(lines) {
  list($("#log"), lines, (l) => String(l.n), () => {
    const li = make("li");
    li.append(make("time"), make("span"));
    return li;
  }, (li, l) => {
    put($("time", li), l.at);
    put($("span", li), said(l.words));
  });
}

function draw() {
  if (!view) return;
  drawScore(view.tally, view.beads);
  drawCity(view.city);
  view.phones.forEach(drawPhone);
  drawLog(view.log);
}

/** Puts a part of the page into the language that was chosen. */
function language(root) {
  root.querySelectorAll("[data-t]").forEach((e) => put(e, t(e.dataset.t)));
  root.querySelectorAll("[data-l]").forEach((e) => e.setAttribute("aria-label", t(e.dataset.l)));
  root.querySelectorAll(".new").forEach((form) => {
    const select = $("select", form);
    const words = $("textarea", form);
    const samples = TOPICS.flatMap((topic) => Object.values(topic.sample));
    [...select.options].forEach((option, n) => { option.text = said(TOPICS[n].name); });
    // What a person wrote is hers; a sample follows the language.
    if (words.value === "" || samples.includes(words.value)) words.value = said(TOPICS[select.selectedIndex].sample);
    const name = form.closest("[data-key]").dataset.key;
    $("button", form).setAttribute("aria-label", t("sendOf", { name: view ? now(name).name : "" }));
  });
}

function choose(next) {
  lang = next;
  try { localStorage.setItem("lang", lang); } catch { /* only this visit then */ }
  document.documentElement.lang = lang;
  document.title = t("title");
  document.querySelectorAll("[data-lang]").forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.lang === lang)));
  language(document);
  draw();
}

document.querySelectorAll("[data-lang]").forEach((b) => b.addEventListener("click", () => choose(b.dataset.lang)));
const city = $("#city-said");
$("#city-power").addEventListener("click", () => order({ do: view.city.power === "off" ? "start-city" : "kill-city" }, city));
$("#city-backup").addEventListener("click", () => order({ do: "backup" }, city));
$("#city-restore").addEventListener("click", () => order({ do: "restore" }, city));
$("#lift").addEventListener("click", () => order({ do: "lift" }, city));
choose(lang);

/** Asks for the state as soon as it is newer than the one drawn; a server that is gone is said so, and asked again. */
async function listen() {
  let number = 0;
  let misses = 0;
  for (;;) {
    try {
      const answer = await fetch(`state?after=${number}`);
      if (!answer.ok) throw new Error(String(answer.status));
      const news = await answer.json();
      misses = 0;
      show($(".gone"), false);
      if (news.number !== number) {
        ({ number, view } = news);
        draw();
      }
    } catch {
      misses += 1;
      if (misses > 2) {
        put($(".gone"), t("gone"));
        show($(".gone"), true);
      }
      await new Promise((again) => setTimeout(again, 500));
    }
  }
}
listen();
