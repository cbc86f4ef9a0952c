// What the frame of a page does with a script: colours, copying, where in the page one is.
// The colours are set before the page is shown, by partials/javascripts/palette.html.
{
  const options = [...document.querySelectorAll("[data-md-component=palette] input")];
  const names = ["", "light", "dark"]; // in the order of mkdocs.yml; "" follows the system
  const system = matchMedia("(prefers-color-scheme: dark)");
  function show(name) {
    const dark = name ? name === "dark" : system.matches;
    document.body.dataset.mdColorScheme = dark ? "slate" : "default";
    options.forEach((option, k) => {
      option.checked = names[k] === name;
      option.nextElementSibling.hidden = !option.checked;
    });
  }
  let kept = "";
  try { kept = localStorage.getItem("derivref.colours") ?? ""; } catch { /* a page opened as a file */ }
  show(kept);
  system.addEventListener("change", () => show(kept));
  options.forEach((option, k) => option.addEventListener("change", () => {
    show(kept = names[k]);
    option.focus();
    try { localStorage.setItem("derivref.colours", kept); } catch { /* the choice lasts for this page */ }
  }));
}
{
  const dialog = document.querySelector(".md-dialog");
  dialog.setAttribute("role", "status");
  let timer;
  function copy(text) {
    // The older way: it works without https too, and on pages opened as files.
    addEventListener("copy", event => {
      event.clipboardData.setData("text/plain", text);
      event.preventDefault();
    }, {once: true});
    document.execCommand("copy");
    dialog.firstElementChild.textContent = "Copied to clipboard";
    dialog.classList.add("md-dialog--active");
    clearTimeout(timer);
    timer = setTimeout(() => {
      dialog.classList.remove("md-dialog--active");
      dialog.firstElementChild.textContent = "";
    }, 2000);
  }
  for (const block of document.querySelectorAll("pre:has(> code)")) {
    if (block.closest(".result, .linenodiv, .tabs, [data-no-copy]")) continue;
    const bar = document.createElement("div");
    bar.className = "md-code__nav";
    bar.innerHTML = '<button type="button" class="md-code__button" title="Copy to clipboard" data-md-type="copy"></button>';
    bar.firstChild.addEventListener("click", () => copy(block.querySelector("code").textContent));
    block.append(bar);
  }
  document.addEventListener("click", event => {
    const button = event.target.closest?.("[data-clipboard-text], [data-clipboard-target]");
    if (button)
      copy(button.dataset.clipboardText ?? document.querySelector(button.dataset.clipboardTarget).textContent);
  });
  // Code, and on a phone a formula of a row, that is wider than its box scrolls: the keyboard must reach it.
  const sizes = new ResizeObserver(changes => {
    const wide = changes.map(({target}) => target.scrollWidth > target.clientWidth);
    changes.forEach(({target}, k) => wide[k] ? target.tabIndex = 0 : target.removeAttribute("tabindex"));
  });
  for (const code of document.querySelectorAll("pre > code, .entries td")) sizes.observe(code);
}
{
  // The contents at the side follow the text, and the header of a phone takes the title's place.
  const links = new Map();
  for (const link of document.querySelectorAll(".md-sidebar--secondary [href*='#']")) {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (heading) links.set(heading, link);
  }
  let now;
  const follow = new IntersectionObserver(() => {
    let last;
    for (const heading of links.keys()) {
      if (heading.getBoundingClientRect().top > innerHeight / 3) break;
      last = heading;
    }
    if (last === now) return;
    links.get(now)?.classList.remove("md-nav__link--active");
    links.get(now = last)?.classList.add("md-nav__link--active");
  }, {rootMargin: "0px 0px -67% 0px"});
  for (const heading of links.keys()) follow.observe(heading);

  const title = document.querySelector(".md-header__title"), first = document.querySelector("h1");
  if (first) new IntersectionObserver(([{isIntersecting}]) =>
    title.classList.toggle("md-header__title--active", !isIntersecting), {rootMargin: "-48px 0px 0px 0px"}).observe(first);
}
