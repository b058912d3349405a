// Writes the shapes in the folder of its argument: what Slack's own packages for JavaScript declare of each answer, event and
// interaction, reduced to "key → type". README.md says how to run it.
//
//   {"ok": "boolean", "user?": {…}, "members": ["string"], "values": {"*": {…}}, "state": "string|null", "extra": "any"}
//
// A "?" marks a key that may be missing. All keys of answers may be, so there it is left out. "=blocks", "=message" and
// "=view" stand for what is long and the same everywhere: "blocks" among the answers, a message of conversations.history, and
// the view of views.publish.

import fs from "node:fs";
import path from "node:path";
import ts from "typescript";

const HERE = process.argv[2];
const PACKAGES = path.resolve("node_modules/@slack");
const { methods, interactions, events } = JSON.parse(fs.readFileSync(path.join(HERE, "wanted.json"), "utf8"));

// Added by the client itself, not by Slack.
const OF_THE_CLIENT = new Set(["acceptedScopes", "retryAfter", "scopes"]);
// What the app neither sends nor reads; it would be most of the text.
const CUT = new Set([
  "agent_session", "assistant_app_thread", "attachments", "call", "customizable_input_parameters", "entities", "files",
  "function_data", "huddle", "room", "root", "x_files",
]);

function version(name) {
  return JSON.parse(fs.readFileSync(path.join(PACKAGES, name, "package.json"), "utf8")).version;
}

const answer = (method) => method.split(".").map((part) => part[0].toUpperCase() + part.slice(1)).join("") + "Response";

const lines = ["import type * as bolt from '@slack/bolt'; import type * as types from '@slack/types';"];
for (const method of methods) {
  const name = answer(method);
  lines.push(`import type { ${name} } from './node_modules/@slack/web-api/dist/types/response/${name}';`);
  lines.push(`export let ${name}_: ${name};`);
}
for (const [name, type] of Object.entries(interactions)) lines.push(`export let ${name}_: bolt.${type};`);
for (const [name, type] of Object.entries(events)) lines.push(`export let ${name.replace(".", "_")}_: types.${type};`);
lines.push("export let blocks_: types.KnownBlock | types.Block;");
fs.writeFileSync("wanted.ts", lines.join("\n"));

const program = ts.createProgram(["wanted.ts"], {
  strict: true, skipLibCheck: true, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2022, types: [],
});
const checker = program.getTypeChecker();
const found = new Map();
for (const symbol of checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile("wanted.ts")))) {
  found.set(symbol.name, checker.getTypeOfSymbol(symbol));
}

const is = (type, flag) => (type.flags & flag) !== 0;

function plain(type) {
  if (is(type, ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return "any";
  if (is(type, ts.TypeFlags.StringLike)) return "string";
  if (is(type, ts.TypeFlags.NumberLike)) return "number";
  if (is(type, ts.TypeFlags.BooleanLike)) return "boolean";
  if (is(type, ts.TypeFlags.Null)) return "null";
  return undefined;
}

function merge(one, other) {
  if (one === undefined || one === "any" || one === "object") return other === "object" && one ? one : (one === "any" ? one : other);
  if (other === undefined || other === "object" || other === "any") return other === "any" ? other : one;
  if (Array.isArray(one) && Array.isArray(other)) return [merge(one[0], other[0])];
  if (typeof one === "object" && typeof other === "object" && !Array.isArray(one) && !Array.isArray(other)) {
    return mergeKeys(one, other);
  }
  if (typeof one === "string" && typeof other === "string") {
    return [...new Set([...one.split("|"), ...other.split("|")])].sort().join("|");
  }
  // A text here, an object there (description of blocks): the object is looked into, the text is remembered.
  const [text, thing] = typeof one === "string" ? [one, other] : [other, one];
  if (typeof text !== "string" || Array.isArray(thing)) throw new Error(`a list beside ${JSON.stringify(text)}`);
  return { ...thing, "|": merge(thing["|"], text) };
}

// A key that only one of the two has may be missing.
function mergeKeys(one, other) {
  const all = {};
  const marked = [one, other].some((keys) => Object.keys(keys).some((key) => key.endsWith("?")));
  const names = new Set([...Object.keys(one), ...Object.keys(other)].map((key) => key.replace("?", "")));
  for (const name of names) {
    const here = name in one ? name : name + "?";
    const there = name in other ? name : name + "?";
    const always = name === "*" || name === "|" || !marked || (name in one && name in other);
    all[always ? name : name + "?"] = merge(one[here], other[there]);
  }
  return all;
}

// Events and interactions carry what answers have.
let carried = { message: "=message", previous_message: "=message" };

function shape(type, optional, above) {
  const simple = plain(type);
  if (simple !== undefined) return simple;
  if (type.isUnion()) {
    const parts = type.types.filter((part) => !is(part, ts.TypeFlags.Undefined));
    return parts.map((part) => shape(part, optional, above)).reduce((a, b) => merge(a, b), undefined);
  }
  if (above.includes(type)) return "object";
  // Answers are "what all answers have" and "what this one has"; a list of both is a list.
  if (type.isIntersection() && type.types.every((part) => checker.isArrayType(part))) {
    return shape(type.types[0], optional, above);
  }
  if (checker.isTupleType(type) || checker.isArrayType(type)) {
    const items = checker.getTypeArguments(type);
    return items.length === 0 ? "array" : [shape(items[0], optional, above)];
  }
  const keys = {};
  for (const symbol of checker.getPropertiesOfType(type)) {
    let inner = checker.getTypeOfSymbol(symbol);
    const missing = (symbol.flags & ts.SymbolFlags.Optional) !== 0;
    if (is(inner, ts.TypeFlags.Undefined)) continue;
    const elsewhere = { blocks: "=blocks", ...(optional && carried) };
    if (symbol.name in elsewhere) {
      keys[symbol.name + (optional && missing ? "?" : "")] = elsewhere[symbol.name];
      continue;
    }
    if (OF_THE_CLIENT.has(symbol.name)) continue;
    const key = symbol.name + (optional && missing ? "?" : "");
    keys[key] = CUT.has(symbol.name) ? "any" : shape(inner, optional, [...above, type]);
  }
  const index = checker.getIndexInfosOfType(type)[0];
  // An index beside named keys says that more may come, which is always so.
  if (index && Object.keys(keys).length === 0) keys["*"] = shape(index.type, optional, [...above, type]);
  return keys;
}

function write(file, comment, all) {
  const sorted = (value) => {
    if (Array.isArray(value)) return value.map(sorted);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
  };
  const entries = Object.keys(all).sort().map((name) => `  ${JSON.stringify(name)}: ${JSON.stringify(sorted(all[name]))}`);
  fs.writeFileSync(path.join(HERE, file), `{\n  "from": ${JSON.stringify(comment)},\n${entries.join(",\n")}\n}\n`);
}

const answers = Object.fromEntries(methods.map((name) => [name, shape(found.get(answer(name) + "_"), false, [])]));
answers.blocks = [shape(found.get("blocks_"), true, [])];
write("answers.json", `@slack/web-api ${version("web-api")} (MIT)`, answers);
write("interactions.json", `@slack/bolt ${version("bolt")} (MIT)`,
  Object.fromEntries(Object.keys(interactions).map((name) => [name, shape(found.get(name + "_"), true, [])])));
// There the declarations have the view as an app makes it.
carried = { ...carried, view: "=view" };
write("events.json", `@slack/types ${version("types")} (MIT)`,
  Object.fromEntries(Object.keys(events).map((name) => [name, shape(found.get(name.replace(".", "_") + "_"), true, [])])));
