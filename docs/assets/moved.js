// Follows the link that stands where a section or a whole page was.
function follow() {
  const name = decodeURIComponent(location.hash.slice(1));
  const section = name && document.getElementById(name);
  const page = document.querySelector('a[data-moved="page"]');
  if (section && section.matches("p.moved")) location.replace(section.querySelector("a").href);
  else if (page) location.replace(page.href.split("#")[0] + location.hash);
}
addEventListener("hashchange", follow);
follow();
