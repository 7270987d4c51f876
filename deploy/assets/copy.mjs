// Copies what pages and tests load out of node_modules, each with its licence: run by `make assets`.
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { buildSync } from "esbuild";

const FILES = [
  ["htmx.org", "dist/htmx.min.js", "../../static/vendor/htmx"],
  ["axe-core", "axe.min.js", "../../tests/vendor/axe"],
];
const BUILT = [["echarts", "echarts.entry.mjs", "../../static/vendor/echarts", ["echarts/LICENSE", "echarts/NOTICE", "zrender/LICENSE"]]];

const said = (name, target) => {
  const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
  console.log(`${name} ${version} → ${target}`);
};

for (const [name, file, target] of FILES) {
  const from = `node_modules/${name}`;
  mkdirSync(target, { recursive: true });
  cpSync(`${from}/${file}`, `${target}/${file.split("/").pop()}`);
  cpSync(`${from}/LICENSE`, `${target}/LICENSE`);
  said(name, target);
}

for (const [name, entry, target, papers] of BUILT) {
  mkdirSync(target, { recursive: true });
  buildSync({
    entryPoints: [entry],
    outfile: `${target}/${name}.min.js`,
    bundle: true,
    minify: true,
    format: "iife",
    globalName: name,
    target: "es2020",
    legalComments: "eof",
  });
  for (const paper of papers) cpSync(`node_modules/${paper}`, `${target}/${paper.replace("/", ".").replace(`${name}.`, "")}`);
  said(name, target);
}
