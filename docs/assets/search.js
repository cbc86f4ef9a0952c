// The search: a list of names that answers at once, then the text of the pages, by Pagefind.
// Nothing is fetched before it is used. The addresses of both are in derivref.site.build.search.
{
  const root = new URL("..", document.currentScript.src);
  const dialog = document.getElementById("search");
  const input = dialog.querySelector("input");
  const status = dialog.querySelector("[role=status]");
  const list = dialog.querySelector("ul");
  const SHOWN = 8; // names; as many places in the text follow
  const FILLERS = new Set(
    ("a an and are by code compute computing derivative derivatives derive differentiate do does find for " +
      "formula gradient gradients how i in is jax my of partial python numpy pytorch slope the to wrt what why")
      .split(" "),
  );
  const KINDS = ["entries", "pages", "sections", "api"]; // in this order where they match alike

  // Names are compared in small letters, without accents and hyphens: key() in names.py.
  const key = text =>
    text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replace(/[-_\s]+/g, " ")
      .replaceAll("^", "").trim().replace(/^the /, "");

  let fetched;
  function names() {
    fetched ??= get("names").then(packed => {
      const all = KINDS.flatMap((kind, order) => unpacked(packed[kind]).map(item => ({...item, order})));
      const titles = Object.fromEntries(all.filter(item => item.order !== 2).map(item => [item.address, item.title]));
      for (const item of all) {
        const page = titles[item.address.split("#")[0]];
        item.line = item.order && page !== item.title ? page : "";
      }
      return all;
    });
    return fetched;
  }
  const get = name => fetch(new URL(`search/${name}.json`, root)).then(answer => answer.json());

  // Runs of names, each below what their addresses share; packed() and _spelt() in search.py.
  function unpacked(text) {
    let head, run = -1, place;
    return text.split("\n").flatMap(line => {
      if (line.startsWith(">")) {
        head = line.slice(1), run += 1, place = 0;
        return [];
      }
      const [title, rest, ...others] = line.split("|");
      const words = title.toLowerCase().match(/[a-z0-9]+/g) ?? [];
      const spelt = !head ? "" : head.endsWith(".") ? title.split(" ")[0] : words.join(head.endsWith("#") ? "-" : "_");
      const end = head.endsWith("/") ? "/" : "";
      const address = head + (rest || spelt) + end;
      return {title, address, names: [title, ...others].map(key), run, place: place++};
    });
  }

  // What an entry is in a line: a file for each run of entries.
  const about = {};
  function listed(item) {
    const shown = row(item.title, item.address, item.line);
    if (item.order) return shown;
    about[item.run] ??= get(`lines/${item.run}`).catch(() => []);
    about[item.run].then(lines => { // the list does not wait for it: Enter opens what was asked for
      if (lines[item.place]) shown.firstChild.appendChild(document.createElement("span")).textContent = lines[item.place];
    });
    return shown;
  }

  // How many letters must be changed, added, left out or swapped, if at most `limit`.
  function distance(a, b, limit) {
    if (Math.abs(a.length - b.length) > limit) return limit + 1;
    let before, above = [...Array(b.length + 1).keys()];
    for (let i = 1; i <= a.length; i++) {
      const row = [i];
      for (let j = 1; j <= b.length; j++) {
        const same = a[i - 1] === b[j - 1];
        row[j] = Math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + !same);
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
          row[j] = Math.min(row[j], before[j - 2] + 1);
      }
      if (Math.min(...row) > limit) return limit + 1;
      [before, above] = [above, row];
    }
    return above[b.length];
  }

  // How well a name fits: 0 title, 1 other name, 2 beginning of a title, 3 of another name, 4 all
  // words begin some of its words; from 6 on it is misspelt.
  function fit(query, words, item) {
    let best = Infinity;
    item.names.forEach((name, k) => {
      if (name === query) best = Math.min(best, k ? 1 : 0);
      else if (name.startsWith(query)) best = Math.min(best, k ? 3 : 2);
      else if (best > 4) {
        const own = name.split(" ");
        if (words.every(word => own.some(o => o.startsWith(word)))) best = 4;
      }
    });
    return best;
  }

  function misspelt(query, item) {
    const limit = query.length < 4 ? 0 : query.length < 8 ? 1 : 2;
    return Math.min(...item.names.map(name => distance(query, name, limit)), limit + 1) <= limit;
  }

  function nearest(query, all) {
    const wide = Math.max(2, Math.floor(query.length / 2));
    const near = all.filter(item => item.order < 2)
      .map(item => [Math.min(...item.names.map(name => distance(query, name, wide))), item])
      .filter(([far]) => far <= wide);
    return near.sort((a, b) => a[0] - b[0]).slice(0, 3).map(([, item]) => item);
  }

  // The names that fit, best first: exact ones before parts, entries before sections before the API.
  function ranked(asked, all) {
    const whole = key(asked).replace(/^(d2?|vjp) (?=\w)/, "");
    const bare = whole.split(" ").filter(word => !FILLERS.has(word)).join(" ");
    const found = new Map();
    [whole, bare].forEach((query, shorter) => {
      if (!query || (shorter && query === whole)) return;
      const words = query.split(" ");
      for (const item of all) {
        const how = fit(query, words, item) + shorter / 2;
        if (how < (found.get(item) ?? Infinity)) found.set(item, how);
      }
    });
    if (![...found.values()].some(how => how < 4))
      for (const item of all)
        if (!found.has(item) && (misspelt(whole, item) || (bare && misspelt(bare, item)))) found.set(item, 6);
    // The page on a subject comes before the function of that name in the API.
    const place = (how, item) => (how < 4 ? how : how < 6 ? 4 : 6) + (item.order === 3 ? 2 : 0);
    return [...found].sort(([a, x], [b, y]) =>
      place(x, a) - place(y, b) || a.order - b.order || a.title.length - b.title.length).map(([item]) => item);
  }

  let engine;
  function pagefind() {
    engine ??= import(new URL("search/pagefind.js", root)).then(async module => {
      const path = new URL("search/", root).pathname;
      await module.options({basePath: path, baseUrl: root.pathname, excerptLength: 16, noWorker: true});
      return module;
    });
    return engine;
  }

  function row(title, address, line, marked) {
    const item = document.createElement("li");
    const link = item.appendChild(document.createElement("a"));
    link.href = new URL(address, root);
    const name = link.appendChild(document.createElement("span"));
    name.textContent = title;
    if (line) {
      const about = link.appendChild(document.createElement("span"));
      if (marked) about.innerHTML = line; // Pagefind's excerpt: its text is escaped, and has <mark>
      else about.textContent = line;
    }
    return item;
  }

  // Pagefind falls back on the beginning of a word that no page has, however short.
  const within = (text, words) => words.every(word => text.includes(word.slice(0, Math.ceil(0.7 * word.length))));

  // The places in the text with all words that were asked for, but those listed already: the first
  // ones come alone, as each is a file.
  async function* places(asked, known) {
    const module = await pagefind();
    const found = await module.search(asked.replaceAll("^2", "²").replaceAll("^3", "³"));
    const words = asked.toLowerCase().split(/[-_\s]+/).filter(word => !FILLERS.has(word));
    for (const part of [found.results.slice(0, 2), found.results.slice(2, SHOWN)])
      for (const page of await Promise.all(part.map(result => result.data()))) {
        const best = page.sub_results.filter(part => part.excerpt.includes("<mark>"))
          .sort((a, b) => b.locations.length - a.locations.length)[0] ?? page;
        const whole = !best.title || best.title === page.meta.title;
        const address = (whole ? page.url : best.url).slice(root.pathname.length);
        if (!known.has(address) && within(page.content.toLowerCase(), words))
          yield [whole ? page.meta.title : `${page.meta.title}: ${best.title}`, address, best.excerpt];
      }
  }

  let latest = 0, settled = Promise.resolve();
  function say(text) { status.textContent = text; }

  async function show() {
    const asked = input.value.trim(), turn = ++latest;
    const current = () => turn === latest;
    if (!asked) {
      list.replaceChildren();
      return say("");
    }
    if (location.protocol === "file:")
      return say("A page opened as a file cannot search. Serve the folder of the site, for example by " +
        "python -m http.server, and open http://127.0.0.1:8000.");
    let known;
    try {
      const all = await names();
      if (!current()) return;
      known = ranked(asked, all);
      list.replaceChildren(...known.slice(0, SHOWN).map(listed));
      say("Looking in the text…");
      for await (const place of places(asked, new Set(known.map(item => item.address)))) {
        if (!current()) return;
        list.append(row(...place, true));
      }
      if (!current()) return;
      if (list.childElementCount) return say(count(list.childElementCount));
      const near = nearest(key(asked), all);
      list.replaceChildren(...near.map(listed));
      say(`Nothing here is about “${asked}”.` + (near.length ? " Nearest names:" : ""));
    } catch (error) {
      if (current()) say(`The search could not be loaded (${error.message}).`);
    }
  }
  const count = number => `${number} result${number === 1 ? "" : "s"}`;

  function open(text = input.value) {
    input.value = text;
    if (!dialog.open) dialog.showModal();
    input.select();
    if (text) settled = show();
  }

  const links = () => [...list.querySelectorAll("a")];
  input.addEventListener("input", () => { settled = show(); });
  dialog.querySelector("form").addEventListener("submit", async event => {
    event.preventDefault();
    if (!links().length) await settled; // asked before anything was found
    links()[0]?.click();
  });
  dialog.addEventListener("keydown", event => {
    const all = links(), at = all.indexOf(document.activeElement);
    const to = {ArrowDown: at + 1, ArrowUp: at - 1, Home: at < 0 ? NaN : 0, End: at < 0 ? NaN : all.length - 1}[event.key];
    if (to === undefined || Number.isNaN(to) || !all.length) return;
    event.preventDefault();
    (all[to] ?? (to < 0 ? input : all[all.length - 1])).focus();
  });
  dialog.addEventListener("click", event => {
    // Beside the box, or on a link to a part of this very page.
    if (event.target === dialog || event.target.closest("li a, [data-close]")) dialog.close();
  });
  document.addEventListener("keydown", event => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey
        || event.key === "k" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      open();
    }
  });
  for (const button of document.querySelectorAll("[data-search]")) {
    button.hidden = false;
    button.addEventListener("click", () => open());
  }
  document.querySelector("form.find")?.addEventListener("submit", event => {
    event.preventDefault();
    open(event.target.elements.q.value);
  });
  const asked = new URLSearchParams(location.search).get("q");
  if (asked) open(asked);
}
