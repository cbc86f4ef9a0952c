// Reads JSON, {css, words}, and writes the style sheet without the rules for what no page has
// (classes, ids, elements and attributes that are not among the words), without comments and space.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// The first argument is the folder of the packages: this file may stand anywhere.
const load = createRequire(pathToFileURL(`${process.argv[2]}/`));
const { PurgeCSS } = load("purgecss");
const postcss = load("postcss");

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { css, words } = JSON.parse(Buffer.concat(chunks));

const [used] = await new PurgeCSS().purge({
  css: [{ raw: css }],
  content: [{ raw: words, extension: "txt" }],
  defaultExtractor: (text) => text.split(" "),
});
const sheet = postcss.parse(used.css);
sheet.walk((node) => {
  if (node.type === "comment") return node.remove();
  const important = node.important ? "!important" : "";
  node.raws = { before: "", after: "", between: node.type === "decl" ? ":" : "", important };
  if (node.type === "atrule") {
    node.raws.afterName = node.params ? " " : "";
    node.params = node.params.replace(/\s+/g, " ");
  }
  if (node.type === "rule") node.selector = node.selector.replace(/\s+/g, " ").replace(/, /g, ",");
});
process.stdout.write(sheet.toString());
