// Resolves `@import "kern:tokens"` to those KERN tokens, light and dark, that our stylesheets use:
// 340 kB of the design system become about 2 kB.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const ROOT = /^(@media \(prefers-color-scheme: \w+\) \{\s*)?:root \{([^}]*)\}/gm;
const DECLARATION = /(--kern-[\w-]+):\s*([^;]+);/g;
const USE = /var\((--kern-[\w-]+)/g;

function blocks(css) {
  const found = [];
  for (const [, media, body] of css.replace(/\/\*[\s\S]*?\*\//g, "").matchAll(ROOT)) {
    const declarations = new Map();
    for (const [, name, value] of body.matchAll(DECLARATION)) declarations.set(name, value.trim());
    found.push({ media: media?.replace("{", "").trim(), declarations });
  }
  return found;
}

function needed(start, all) {
  const wanted = new Set();
  const open = [...start];
  while (open.length) {
    const name = open.pop();
    if (wanted.has(name)) continue;
    wanted.add(name);
    for (const { declarations } of all) {
      for (const [, next] of (declarations.get(name) ?? "").matchAll(USE)) open.push(next);
    }
  }
  return wanted;
}

function write({ media, declarations }, wanted) {
  const lines = [...declarations].filter(([name]) => wanted.has(name));
  const rule = `:root{${lines.map(([name, value]) => `${name}:${value}`).join(";")}}`;
  return lines.length ? (media ? `${media}{${rule}}` : rule) : "";
}

export function kernTokens(folder) {
  const sources = join(folder, "src/css");
  const kern = join(folder, "node_modules/@kern-ux/native/dist/kern.css");
  return {
    name: "kern-tokens",
    setup(build) {
      build.onResolve({ filter: /^kern:tokens$/ }, () => ({ path: "tokens", namespace: "kern" }));
      build.onLoad({ filter: /.*/, namespace: "kern" }, async () => {
        const files = (await readdir(sources)).map((name) => join(sources, name));
        const ours = (await Promise.all(files.map((file) => readFile(file, "utf8")))).join("\n");
        const all = blocks(await readFile(kern, "utf8"));
        const wanted = needed([...ours.matchAll(USE)].map(([, name]) => name), all);
        const missing = [...wanted].filter((name) => !all.some((b) => b.declarations.has(name)));
        if (missing.length) throw new Error(`KERN has no ${missing.join(", ")}`);
        return { contents: all.map((block) => write(block, wanted)).join("\n"), loader: "css", watchFiles: files };
      });
    },
  };
}
