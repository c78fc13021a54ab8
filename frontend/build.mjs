// Builds the front end: one bundle per custom element, MapLibre's worker, one stylesheet, two fonts.
// node build.mjs <output folder> [--watch]
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { kernTokens } from "./kern-tokens.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ?? join(here, "../src/stadtkern/kernel/ui/static/stadtkern");
const watch = process.argv.includes("--watch");
const fonts = join(here, "node_modules/@kern-ux/native/dist/fonts/fira-sans");

const licences = {
  "maplibre-gl": "LICENSE.txt",
  qr: "LICENSE-MIT",
  uplot: "LICENSE",
  "@kern-ux/native": "LICENSE.md",
};

async function licenceTexts() {
  const texts = Object.entries(licences).map(async ([name, file]) => {
    const text = await readFile(join(here, "node_modules", name, file), "utf8");
    return `${name}\n\n${text.trim()}\n`;
  });
  const font = "Fira Sans, as distributed with @kern-ux/native: SIL Open Font License 1.1, https://openfontlicense.org\n";
  return [...(await Promise.all(texts)), font].join(`\n${"-".repeat(72)}\n\n`);
}

const common = {
  outdir: out,
  bundle: true,
  minify: !watch,
  sourcemap: watch ? "inline" : false,
  legalComments: "none",
  logLevel: "warning",
  absWorkingDir: here,
};

const scripts = {
  ...common,
  entryPoints: {
    "city-map": "src/city-map.ts",
    "city-app": "src/city-app.ts",
    "city-chart": "src/city-chart.ts",
    "city-check": "src/city-check.ts",
    "city-code": "src/city-code.ts",
    "city-desk": "src/city-desk.ts",
    "city-find": "src/city-find.ts",
    "city-here": "src/city-here.ts",
    "city-hold": "src/city-hold.ts",
    "city-idle": "src/city-idle.ts",
    "city-kiosk": "src/city-kiosk.ts",
    "city-live": "src/city-live.ts",
    "city-mine": "src/city-mine.ts",
    "city-passkey": "src/city-passkey.ts",
    "city-pin": "src/city-pin.ts",
    "city-pivot": "src/city-pivot.ts",
    "city-presence": "src/city-presence.ts",
    "city-preview": "src/city-preview.ts",
    "city-push": "src/city-push.ts",
    "city-queue": "src/city-queue.ts",
    "city-proof": "src/city-proof.ts",
    "city-scan": "src/city-scan.ts",
    "city-wait": "src/city-wait.ts",
    "check-worker": "src/check-worker.ts",
    "city-worker": "src/city-worker.ts",
    "map-soon": "src/map-soon.ts",
    "map-worker": "maplibre-gl/dist/maplibre-gl-worker.mjs",
  },
  format: "esm",
  target: ["es2022"],
};

const styles = {
  ...common,
  entryPoints: { site: "src/site.css" },
  target: ["chrome111", "firefox113", "safari16.4"],
  external: ["./fonts/*"],
  plugins: [kernTokens(here)],
};

if (!watch) await rm(out, { recursive: true, force: true });
await mkdir(join(out, "fonts"), { recursive: true });
for (const weight of ["Regular", "Bold"]) {
  await copyFile(join(fonts, `FiraSans-${weight}.woff2`), join(out, `fonts/FiraSans-${weight}.woff2`));
}
await writeFile(join(out, "licences.txt"), await licenceTexts());
if (watch) {
  for (const options of [scripts, styles]) await (await esbuild.context(options)).watch();
  console.log(`watching ${join(here, "src")}, writing to ${out}`);
} else {
  await Promise.all([scripts, styles].map((options) => esbuild.build(options)));
}
