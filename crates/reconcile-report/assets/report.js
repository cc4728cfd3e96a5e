"use strict";
// Filters and sorts the breaks. Rows are added as they are scrolled to, so that
// a page with many breaks opens at once; texts are only ever set as text, never
// as markup; amounts are compared and added as whole numbers, never as floats.
(() => {
  const CHUNK = 200;
  const PRINTED = 5000;
  const SCALE = 28;

  const data = JSON.parse(document.getElementById("data").textContent);
  const table = document.querySelector(".breaks");
  if (!table) return;
  const body = table.tBodies[0];
  const form = document.getElementById("filters");
  const shown = document.getElementById("shown");
  const more = document.getElementById("more");

  /** A decimal as a whole number of 10^-28; null where the text is none. */
  const units = (text) => {
    const found = /^([-−+]?)(\d*)(?:\.(\d*))?$/.exec(text.trim().replaceAll(",", ""));
    if (!found || !(found[2] || found[3])) return null;
    const fraction = (found[3] || "").slice(0, SCALE).padEnd(SCALE, "0");
    const value = BigInt(found[2] + fraction);
    return found[1] === "-" || found[1] === "−" ? -value : value;
  };
  const magnitude = (value) => (value < 0n ? -value : value);

  const grouped = (text) => {
    const [whole, fraction] = text.replace("-", "").split(".");
    const digits = whole.replace(/\B(?=(\d{3})+$)/g, ",");
    return (text.startsWith("-") ? "−" : "") + digits + (fraction ? "." + fraction : "");
  };
  const signed = (text) => (/^-|^0*(\.0*)?$/.test(text) ? "" : "+") + grouped(text);
  const written = (value, digits) => {
    const all = magnitude(value).toString().padStart(SCALE + 1, "0");
    const fraction = all.slice(-SCALE).replace(/0+$/, "").padEnd(digits, "0");
    return (value < 0n ? "-" : "") + all.slice(0, -SCALE) + (fraction ? "." + fraction : "");
  };
  const count = (number) => grouped(String(number));

  const titles = new Map(data.causes);
  const ranks = new Map(data.causes.map(([code], rank) => [code, rank]));
  const breaks = data.breaks;
  for (const item of breaks) {
    item.sides = [...item.ledger.rows, ...item.provider.rows];
    item.units = item.difference === null ? null : units(item.difference);
    item.currencies = new Set([item.currency, ...item.sides.map((row) => row.currency)]);
    item.haystack = [item.id, item.code, titles.get(item.code), item.rule, item.explanation]
      .concat(item.sides.flatMap((row) => [row.id, row.reference, row.account, row.description, row.amount]))
      .filter(Boolean).join("\n").toLowerCase();
  }

  const element = (name, className, ...content) => {
    const node = document.createElement(name);
    if (className) node.className = className;
    node.append(...content);
    return node;
  };
  const isolated = (text) => {
    const node = element("bdi", "", text);
    node.dir = "auto";
    return node;
  };
  const entry = (row) => {
    const facts = [row.date, row.kind, row.status].filter(Boolean).join(" · ");
    const node = element("div", "entry",
      element("span", "sum", grouped(row.amount) + " " + row.currency),
      element("small", "", isolated(row.id)));
    if (row.reference) node.append(element("small", "", "Reference ", isolated(row.reference)));
    node.append(element("small", "", facts));
    if (row.fee) node.append(element("small", "", "Fee " + grouped(row.fee)));
    if (row.account) node.append(element("small", "", "Account ", isolated(row.account)));
    if (row.description) node.append(element("small", "", isolated(row.description)));
    return node;
  };
  const side = (label, entries, role, figure, currency) => {
    const cell = element("td", "");
    cell.dataset.label = label;
    cell.append(...entries.rows.map(entry));
    if (entries.more) cell.append(element("small", "", "and " + count(entries.more) + " more"));
    if (!entries.rows.length && figure === null) cell.append(element("span", "none", "—"));
    if (!entries.rows.length && figure !== null) {
      cell.append(element("span", "sum", grouped(figure) + (currency ? " " + currency : "")), element("small", "", role));
    }
    return cell;
  };
  const rendered = (item) => {
    const when = element("td", "", item.date || "—");
    when.dataset.label = "Date";
    if (item.age !== null) when.append(element("small", "", item.age === 1 ? "1 day" : count(item.age) + " days"));
    const what = element("td", "", element("h3", "", titles.get(item.code)));
    what.dataset.label = "Cause";
    const words = element("p", "", item.explanation);
    words.dir = "auto";
    what.append(words, element("small", "",
      element("span", "severity " + item.severity, item.severity), " · " + item.rule + " · " + item.id));
    const gap = element("td", "n", item.difference === null
      ? element("span", "none", "—")
      : element("span", "sum", signed(item.difference) + (item.currency ? " " + item.currency : "")));
    gap.dataset.label = "Difference";
    return element("tr", "", when, what,
      side("Ledger", item.ledger, "expected", item.expected, item.currency),
      side("Provider", item.provider, "actual", item.actual, item.currency), gap);
  };

  let visible = breaks;
  let next = 0;
  const add = (limit) => {
    const rows = visible.slice(next, next + limit).map(rendered);
    next += rows.length;
    body.append(...rows);
    more.hidden = next >= visible.length;
    more.textContent = count(next) + " of " + count(visible.length) + " are shown; scroll for more.";
  };

  const sums = () => {
    const totals = new Map();
    for (const item of visible) {
      if (item.units !== null && item.currency) totals.set(item.currency, (totals.get(item.currency) || 0n) + item.units);
    }
    return [...totals].sort().map(([currency, total]) => signed(written(total, data.digits[currency] || 0)) + " " + currency);
  };
  const compare = (a, b) => (a === b ? 0 : a === null ? 1 : b === null ? -1 : a < b ? -1 : 1);
  const keys = {
    date: (item) => item.date,
    cause: (item) => ranks.get(item.code),
    ledger: (item) => (item.expected === null ? null : units(item.expected)),
    provider: (item) => (item.actual === null ? null : units(item.actual)),
    difference: (item) => (item.units === null ? null : magnitude(item.units)),
  };
  let order = null;
  const sorted = (items) => {
    if (!order) return items;
    const key = keys[order.column];
    const keyed = items.map((item) => [key(item), item]);
    // Rows without a value stay last, whichever way the column is sorted.
    keyed.sort(([a], [b]) => (a === null || b === null || !order.descending ? compare(a, b) : compare(b, a)));
    return keyed.map(([, item]) => item);
  };

  const update = () => {
    const { text, code, currency, least, most } = form.elements;
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const from = units(least.value);
    const to = units(most.value);
    const wanted = (item) =>
      (!code.value || item.code === code.value)
      && (!currency.value || item.currencies.has(currency.value))
      && (from === null || (item.units !== null && magnitude(item.units) >= from))
      && (to === null || (item.units !== null && magnitude(item.units) <= to))
      && words.every((word) => item.haystack.includes(word));
    visible = sorted(breaks.filter(wanted));
    const net = sums();
    shown.textContent = (visible.length === breaks.length
      ? count(breaks.length) + (breaks.length === 1 ? " break" : " breaks")
      : count(visible.length) + " of " + count(breaks.length) + " breaks")
      + (net.length ? ", net difference " + net.join(", ") : "");
    body.replaceChildren();
    next = 0;
    add(CHUNK);
  };

  const options = (select, entries) => {
    for (const [value, label] of entries) select.append(new Option(label, value));
  };
  options(form.elements.code, data.causes);
  options(form.elements.currency, Object.keys(data.digits).map((currency) => [currency, currency]));

  for (const heading of table.tHead.rows[0].cells) {
    const button = element("button", "", heading.textContent);
    button.type = "button";
    button.addEventListener("click", () => {
      const descending = heading.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
      order = { column: heading.dataset.column, descending };
      update();
    });
    heading.replaceChildren(button);
  }

  let pending = 0;
  form.addEventListener("input", () => {
    clearTimeout(pending);
    pending = setTimeout(update, 120);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(update));
  new IntersectionObserver((entries) => {
    if (entries.some((each) => each.isIntersecting) && next < visible.length) add(CHUNK);
  }, { rootMargin: "1200px" }).observe(more);
  addEventListener("beforeprint", () => {
    if (next < PRINTED) add(PRINTED - next);
    more.textContent = count(next) + " of " + count(visible.length) + " breaks are printed; all are in the table of breaks beside this page.";
  });

  form.hidden = false;
  update();
})();
