// Copies what pages and tests load out of node_modules, each with its licence: run by `make assets`.
import { cpSync, mkdirSync, readFileSync } from "node:fs";

const FILES = [
  ["htmx.org", "dist/htmx.min.js", "../../static/vendor/htmx"],
  ["axe-core", "axe.min.js", "../../tests/vendor/axe"],
];

for (const [name, file, target] of FILES) {
  const from = `node_modules/${name}`;
  mkdirSync(target, { recursive: true });
  cpSync(`${from}/${file}`, `${target}/${file.split("/").pop()}`);
  cpSync(`${from}/LICENSE`, `${target}/LICENSE`);
  const { version } = JSON.parse(readFileSync(`${from}/package.json`, "utf8"));
  console.log(`${name} ${version} → ${target}`);
}
