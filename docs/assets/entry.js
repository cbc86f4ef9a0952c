// Entries: keeps the chosen form of the code, copies programs, reads values off the picture.
// Without it the tabs work, the values stand in a table, and the picture stands still.
const KEPT = "derivref-form";

function keep(forms) {
  let last = null;
  try {
    last = localStorage.getItem(KEPT);
  } catch {
    // a reader who stores nothing
  }
  for (const input of forms.querySelectorAll(".form-choice input")) {
    if (input.value === last) input.checked = true;
    input.addEventListener("change", () => {
      try {
        localStorage.setItem(KEPT, input.value);
      } catch {
        // as above
      }
    });
  }
}

function copies(form) {
  const [functions, example] = [...form.querySelectorAll(".language-python code")].map(
    (code) => code.textContent.trimEnd(),
  );
  const price = form.querySelector(".price");
  if (!navigator.clipboard || !functions || !price) return;
  const texts = { Copy: functions };
  if (example) texts["Copy with example"] = `${functions}\n\n\n${example}\n`;
  const before = price.querySelector("a.download");
  for (const [label, text] of Object.entries(texts)) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = label; }, 1500);
    });
    price.insertBefore(button, before);
  }
}

// A number as the table writes it: "−1.5e−7", "0 (chosen)", "none".
const number = (text) => Number.parseFloat(text.replaceAll("−", "-"));

function reads(reader) {
  const side = reader.parentElement;
  const svg = side.querySelector("svg[data-frame]");
  const rows = [...side.querySelectorAll(".values tbody tr")].map((row) =>
    [...row.children].map((cell) => cell.textContent.trim()),
  );
  if (!svg || !rows.length) return;
  const [left, top, right, bottom, low, high, floor, ceiling] = svg.dataset.frame
    .split(" ")
    .map(Number);
  const input = reader.querySelector("input");
  const output = reader.querySelector("output");
  const draw = (name, kind) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    element.setAttribute("class", kind);
    svg.append(element);
    return element;
  };
  const line = draw("line", "tangent");
  const foot = draw("circle", "foot");
  foot.setAttribute("r", "3.5");
  const across = (right - left) / (high - low);
  const up = (bottom - top) / (ceiling - floor);
  const place = (element, values) => {
    for (const [name, value] of Object.entries(values)) element.setAttribute(name, value.toFixed(2));
  };
  const show = () => {
    const row = rows[input.value];
    const [x, y, slope] = row.map(number);
    const px = left + (x - low) * across;
    const py = bottom - (y - floor) * up;
    const seen = y >= floor && y <= ceiling;
    const sloped = seen && Number.isFinite(slope);
    foot.setAttribute("visibility", seen ? "visible" : "hidden");
    line.setAttribute("visibility", sloped ? "visible" : "hidden");
    if (seen) place(foot, { cx: px, cy: py });
    if (sloped) {
      // As far as 90 units either way, and no further than the frame.
      const [dx, dy] = [across, -slope * up];
      const length = Math.hypot(dx, dy);
      const ends = [-1, 1].map((side) => {
        const [vx, vy] = [(side * dx) / length, (side * dy) / length];
        const limits = [90];
        if (vx) limits.push(((vx > 0 ? right : left) - px) / vx);
        if (vy) limits.push(((vy > 0 ? bottom : top) - py) / vy);
        const reach = Math.max(0, Math.min(...limits));
        return [px + reach * vx, py + reach * vy];
      });
      place(line, { x1: ends[0][0], y1: ends[0][1], x2: ends[1][0], y2: ends[1][1] });
    }
    const names = ["x", "f", "f′", "f″"];
    output.replaceChildren(
      ...row.map((text, n) => {
        const part = document.createElement("span");
        part.textContent = `${names[n]} = ${text}`;
        return part;
      }),
    );
    input.setAttribute("aria-valuetext", output.innerText.replaceAll("\n", ", "));
  };
  input.addEventListener("input", show);
  reader.hidden = false;
  show();
}

document.querySelectorAll(".forms").forEach(keep);
document.querySelectorAll(".forms > .form").forEach(copies);
document.querySelectorAll(".reader").forEach(reads);
