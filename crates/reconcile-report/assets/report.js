"use strict";
// Filters and sorts the breaks. Rows are added as they are scrolled to, so that
// a page with many breaks opens at once; texts are only ever set as text, never
// as markup; amounts are compared and added as whole numbers, never as floats.
(() => {
  const CHUNK = 200;
  const WHOLE = 3;
  const SCALE = 28;

  const data = JSON.parse(document.getElementById("data").textContent);
  const table = document.querySelector("#breaks .breaks");
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

  const breaks = data.breaks.map((
    [id, cause, severity, date, age, currency, expected, actual, difference, rule, explanation, ledger, provider],
  ) => ({ id, cause, severity, date, age, currency, expected, actual, difference, rule, explanation, ledger, provider,
    units: difference === null ? null : units(difference) }));

  /** All that is known of a break as text, put together when it is first looked for. */
  const haystack = (item) => {
    item.haystack ??= [item.id, ...data.causes[item.cause], item.rule, item.explanation]
      .concat(...item.ledger[1], ...item.provider[1], ...[item.ledger[2], item.provider[2]].filter(Boolean))
      .join("\n").toLowerCase();
    return item.haystack;
  };
  const isIn = (item, currency) => item.currency === currency
    || [...item.ledger[1], ...item.provider[1]].some((row) => row[2] === currency);

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
  const QUOTED = /[^ ]*[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefe\u{10800}-\u{10fff}\u{1e800}-\u{1efff}][^ ]*/u;
  /** A sentence with its right-to-left words isolated. */
  const sentence = (text) => {
    const nodes = [];
    let rest = text;
    for (;;) {
      const found = new RegExp("(?:" + QUOTED.source + "(?: |$))+", "u").exec(rest);
      if (!found) return [...nodes, rest];
      const run = found[0].replace(/^[("']+/, "").replace(/[ ,.;:)"']+$/, "");
      const at = rest.indexOf(run);
      nodes.push(rest.slice(0, at), isolated(run));
      rest = rest.slice(at + run.length);
      if (!run) return [...nodes, rest];
    }
  };

  const small = (...content) => element("small", "", ...content);
  const money = (text, currency) => element("span", "sum", text + (currency ? " " + currency : ""));
  const entry = (
    [id, amount, currency, date, reference, kind, status, fee, account, description, tax, settled, method],
  ) => {
    const node = element("div", "entry", money(grouped(amount), currency), small(isolated(id)));
    if (reference) node.append(small("Reference ", isolated(reference)));
    node.append(small([date, kind, status].filter(Boolean).join(" · ")));
    if (fee) node.append(small("Fee " + grouped(fee)));
    if (tax) node.append(small("Tax " + grouped(tax)));
    if (settled) node.append(small("Settled " + settled));
    if (account) node.append(small("Account ", isolated(account)));
    if (method) node.append(small("Method ", isolated(method)));
    if (description) node.append(small(isolated(description)));
    return node;
  };
  const line = ([id, amount, currency, date]) => element("div", "line",
    grouped(amount) + " " + currency + " ", small(isolated(id), " · " + date));
  const side = (label, [all, rows], role, figure, currency) => {
    const cell = element("td", "");
    cell.dataset.label = label;
    if (!all && figure === null) cell.append(element("span", "none", "—"));
    if (all !== 1 && figure !== null) {
      cell.append(money(grouped(figure), currency), small(role + (all ? ", " + count(all) + " rows" : "")));
    }
    cell.append(...rows.map(all > WHOLE ? line : entry));
    if (all > rows.length) cell.append(small("and " + count(all - rows.length) + " more"));
    return cell;
  };
  const rendered = (item) => {
    const when = element("td", "", item.date || "—");
    when.dataset.label = "Date";
    if (item.age !== null) when.append(small(item.age === 1 ? "1 day" : count(item.age) + " days"));
    const what = element("td", "", element("h3", "", data.causes[item.cause][1]),
      element("p", "", ...sentence(item.explanation)),
      small(element("span", "severity " + item.severity, item.severity), " · " + item.rule + " · " + item.id));
    what.dataset.label = "Cause";
    const gap = element("td", "n", item.difference === null
      ? element("span", "none", "—")
      : money(signed(item.difference), item.currency));
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
  const SEVERITIES = ["low", "medium", "high"];
  const compare = (a, b) => (a === b ? 0 : a === null ? 1 : b === null ? -1 : a < b ? -1 : 1);
  const keys = {
    date: (item) => item.date,
    cause: (item) => item.cause,
    severity: (item) => SEVERITIES.indexOf(item.severity),
    currency: (item) => item.currency,
    ledger: (item) => (item.expected === null ? null : units(item.expected)),
    provider: (item) => (item.actual === null ? null : units(item.actual)),
    difference: (item) => (item.units === null ? null : magnitude(item.units)),
  };
  const headings = [...table.tHead.rows[0].cells];
  let descending = false;
  const sorted = (items) => {
    const key = keys[form.elements.order.value];
    if (!key) return items;
    const keyed = items.map((item) => [key(item), item]);
    // Rows without a value stay last, whichever way the column is sorted.
    keyed.sort(([a], [b]) => (a === null || b === null || !descending ? compare(a, b) : compare(b, a)));
    return keyed.map(([, item]) => item);
  };

  const update = () => {
    const { text, code, severity, currency, since, until, least, most, order, turn } = form.elements;
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const from = units(least.value);
    const to = units(most.value);
    const wanted = (item) =>
      (!code.value || data.causes[item.cause][0] === code.value)
      && (!severity.value || item.severity === severity.value)
      && (!currency.value || isIn(item, currency.value))
      && (!since.value || (item.date !== null && item.date >= since.value))
      && (!until.value || (item.date !== null && item.date <= until.value))
      && (from === null || (item.units !== null && magnitude(item.units) >= from))
      && (to === null || (item.units !== null && magnitude(item.units) <= to))
      && words.every((word) => haystack(item).includes(word));
    visible = sorted(breaks.filter(wanted));
    const net = sums();
    shown.textContent = (visible.length === breaks.length
      ? count(breaks.length) + (breaks.length === 1 ? " break" : " breaks")
      : count(visible.length) + " of " + count(breaks.length) + " breaks")
      + (net.length ? ", net difference " + net.join(", ") : "");
    turn.disabled = !order.value;
    turn.textContent = descending ? "Descending" : "Ascending";
    for (const heading of headings) {
      if (heading.dataset.column !== order.value) heading.removeAttribute("aria-sort");
      else heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
    }
    body.replaceChildren();
    next = 0;
    add(CHUNK);
  };

  const options = (select, entries) => {
    for (const [value, label] of entries) select.append(new Option(label, value));
  };
  options(form.elements.code, data.causes);
  options(form.elements.currency, Object.keys(data.digits).map((currency) => [currency, currency]));

  const turn = () => {
    descending = !descending;
    update();
  };
  form.elements.turn.addEventListener("click", turn);
  for (const heading of headings) {
    const button = element("button", "", heading.textContent);
    button.type = "button";
    button.addEventListener("click", () => {
      const { order } = form.elements;
      if (order.value === heading.dataset.column) return turn();
      order.value = heading.dataset.column;
      descending = false;
      update();
    });
    // Browsers repeat a heading on each printed page only where nothing in it
    // can be pressed, so paper has the words alone.
    const words = element("span", "printed", heading.textContent);
    heading.replaceChildren(button, words);
  }

  let pending = 0;
  form.addEventListener("input", () => {
    clearTimeout(pending);
    pending = setTimeout(update, 120);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => {
    descending = false;
    setTimeout(update);
  });
  new IntersectionObserver((entries) => {
    if (entries.some((each) => each.isIntersecting) && next < visible.length) add(CHUNK);
  }, { rootMargin: "1200px" }).observe(more);
  // On paper there is no scrolling: every row that the filters leave is printed.
  addEventListener("beforeprint", () => add(visible.length - next));
  addEventListener("afterprint", update);

  form.hidden = false;
  update();
})();
