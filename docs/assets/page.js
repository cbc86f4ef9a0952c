// What a page does with a script: the menu of small screens, and the choice among the rows of an
// index. Without one the menu is a label, and an index a plain table.
{
  const button = document.querySelector("[data-menu]");
  const drawer = document.getElementById("__drawer"); // Material shows the navigation while checked
  const menu = document.querySelector(".md-sidebar--primary");
  menu.id = "menu";
  button.hidden = false;
  const set = open => {
    if (drawer.checked !== open) drawer.click();
  };
  button.addEventListener("click", () => set(!drawer.checked));
  drawer.addEventListener("change", () => {
    button.setAttribute("aria-expanded", drawer.checked);
    if (drawer.checked) menu.querySelector("a")?.focus();
  });
  addEventListener("keydown", event => {
    if (event.key !== "Escape" || !drawer.checked) return;
    set(false);
    button.focus();
  });
}
{
  const MANY = 30; // rows: fewer are seen at a glance
  const make = (tag, text, attributes = {}) => {
    const element = document.createElement(tag);
    element.textContent = text;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  const words = text => (text ?? "").split(";").filter(Boolean);

  function choose(table) {
    const body = table.tBodies[0], rows = [...body.rows];
    const asked = make("input", "", {type: "search", placeholder: "Name or use", "aria-label": "Show rows with these words"});
    const chips = make("div", "", {role: "group", "aria-label": "Show only"});
    const status = make("p", "", {role: "status"});
    const text = new Map(rows.map(row => [row, `${row.cells[0].textContent} ${row.lastElementChild.textContent}`.toLowerCase()]));

    // A chip for each thing that is true of some rows and not of all.
    const counts = new Map();
    for (const row of rows)
      for (const [kind, value] of [["row", row.dataset.row], ["in", row.dataset.in]])
        for (const name of words(value)) counts.set(`${kind}:${name}`, (counts.get(`${kind}:${name}`) ?? 0) + 1);
    for (const [id, count] of [...counts].sort(([a], [b]) => b.startsWith("row") - a.startsWith("row"))) {
      if (count === rows.length) continue;
      const name = id.slice(id.indexOf(":") + 1);
      const chip = make("button", id.startsWith("in:") ? `in ${name}` : name, {type: "button", "aria-pressed": "false"});
      chip.addEventListener("click", () => {
        chip.setAttribute("aria-pressed", chip.getAttribute("aria-pressed") !== "true");
        show();
      });
      chip.wanted = row => words(row.dataset[id.slice(0, id.indexOf(":"))]).includes(name);
      chips.append(chip);
    }

    function show() {
      const parts = asked.value.toLowerCase().split(/\s+/).filter(Boolean);
      const pressed = [...chips.children].filter(chip => chip.getAttribute("aria-pressed") === "true");
      let shown = 0;
      for (const row of rows) {
        row.hidden = !parts.every(part => text.get(row).includes(part)) || !pressed.every(chip => chip.wanted(row));
        shown += !row.hidden;
      }
      status.textContent = `${shown} of ${rows.length}`;
    }
    asked.addEventListener("input", show);

    const orders = {
      "as on the page": () => 0,
      "by name": (a, b) => text.get(a) < text.get(b) ? -1 : 1,
    };
    if (rows.some(row => row.dataset.greatest)) {
      const size = row => Number(row.dataset.greatest?.replace("inf", "Infinity") ?? NaN);
      orders["by greatest |f′|"] = (a, b) => size(a) === size(b) ? 0 : size(a) - size(b);
    }
    const order = make("select", "", {"aria-label": "Order"});
    order.append(...Object.keys(orders).map(name => make("option", name)));
    order.addEventListener("change", () => body.append(...[...rows].sort(orders[order.value])));

    const box = make("div", "", {class: "choose no-print", role: "search", "aria-label": "Rows of the table"});
    box.append(asked, order, chips, status);
    table.closest(".scroller").before(box);
    show();
  }
  for (const table of document.querySelectorAll("table.entries"))
    if (table.tBodies[0]?.rows.length > MANY) choose(table);
}
