// Checks Kubernetes objects against typed schemas: values by the JSON schemas of kubernetes-models, names of fields by the TypeScript compiler, to which
// an object literal with a field that its type lacks is an error. usage: node check.mjs OBJECTS.json, where OBJECTS is a list of objects; prints a list of
// {object: place in the list, problem}.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const here = dirname(fileURLToPath(import.meta.url));
const groups = {
  "cert-manager.io": "@kubernetes-models/cert-manager",
  "external-secrets.io": "@kubernetes-models/external-secrets",
  "keda.sh": "@kubernetes-models/keda",
  "monitoring.coreos.com": "@kubernetes-models/prometheus-operator",
  "postgresql.cnpg.io": "@kubernetes-models/cloudnative-pg",
};
// Nobody publishes types of these: here is what we use of them.
const own = { "barmancloud.cnpg.io": "./barman-cloud", "kueue.x-k8s.io": "./kueue" };

const CannotFindModule = 2307; // said before, in words of Kubernetes
const objects = JSON.parse(readFileSync(process.argv[2], "utf8"));
const problems = [];
const typed = objects.map((object, place) => ({ object, place, from: moduleOf(object) }));

for (const { object, place, from } of typed) {
  if (from.startsWith("./")) continue;
  try {
    const model = (await import(from))[object.kind];
    new model(object).validate();
  } catch (wrong) {
    problems.push({ object: place, problem: ["ERR_MODULE_NOT_FOUND", "ERR_PACKAGE_PATH_NOT_EXPORTED"].includes(wrong.code) ? `there is no ${object.apiVersion} ${object.kind}` : wrong.message });
  }
}

problems.push(...unknownFields());
console.log(JSON.stringify(problems));

function moduleOf({ apiVersion, kind }) {
  const [version, group] = apiVersion.split("/").reverse();
  if (group in own) return own[group];
  if (group === undefined) return `kubernetes-models/${version}/${kind}`;
  return group in groups ? `${groups[group]}/${group}/${version}/${kind}` : `kubernetes-models/${group}/${version}/${kind}`;
}

function unknownFields() {
  const path = join(here, "objects.ts");
  const text = typed.map(({ object, place, from }) =>
    `import type { I${object.kind} as T${place} } from "${from}";\nexport const o${place}: T${place} = ${JSON.stringify(object)};\n`).join("");
  const options = { strict: true, noEmit: true, skipLibCheck: true, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, lib: ["lib.es2022.d.ts"], types: [] };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile;
  host.getSourceFile = (name, ...rest) => name === path ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true) : read(name, ...rest);
  const program = ts.createProgram([path], options, host);
  const source = program.getSourceFile(path);
  return program.getSemanticDiagnostics(source).filter(found => found.code !== CannotFindModule).map(found => ({ ...placeOf(source, found.start), message: ts.flattenDiagnosticMessageText(found.messageText, " ") }))
    .map(({ object, path, message }) => ({ object, problem: `${path}: ${message}` }));
}

// Which object a place in the source is in, and the path of fields that leads there.
function placeOf(source, position) {
  let path = "";
  let node = source;
  let object = -1;
  for (let inner = node; inner; node = inner, inner = ts.forEachChild(node, child => child.getStart(source) <= position && position < child.end ? child : undefined)) {
    if (ts.isVariableDeclaration(inner) || ts.isImportSpecifier(inner)) object = Number(inner.name.text.slice(1));
    if (ts.isPropertyAssignment(inner)) path += `.${inner.name.text}`;
    if (node !== inner && ts.isArrayLiteralExpression(node)) path += `[${node.elements.indexOf(inner)}]`;
  }
  return { object, path: path || "." };
}
