// PouchDB <-> express-pouchdb: first push and pull of the records given, changes each way, and nothing to do.
// node pouch.mjs RECORDS CHANGES FOLDER [BATCH]  -> one line of JSON: {step: {wall, cpu, bytes}}
import { fork } from "node:child_process";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
const require = createRequire(import.meta.url);
const PouchDB = require("pouchdb");
const [, , recordsFile, changes, folder, batch] = process.argv;
const records = JSON.parse(readFileSync(recordsFile, "utf8"));
const server = fork(new URL("./pouch_server.mjs", import.meta.url).pathname, [folder], { silent: true });
const heard = () => new Promise((done) => server.once("message", done));
const { port } = await heard();
const ask = () => {
  const answer = heard();
  server.send("figures");
  return answer;
};
const url = `http://127.0.0.1:${port}/estate`;
const options = batch ? { batch_size: Number(batch) } : {};
const one = new PouchDB(folder + "/one");
const two = new PouchDB(folder + "/two");
const steps = {};
async function step(name, work) {
  const before = await ask();
  const cpu = process.cpuUsage();
  const start = process.hrtime.bigint();
  await work();
  const wall = Number(process.hrtime.bigint() - start) / 1e9;
  const used = process.cpuUsage(cpu);
  const after = await ask();
  steps[name] = {
    wall,
    cpu: (used.user + used.system) / 1e6 + after.cpu - before.cpu,
    bytes: after.up + after.down - before.up - before.down,
  };
}
const push = (db) => db.replicate.to(url, options);
const pull = (db) => db.replicate.from(url, options);
async function change(db, mark) {
  const rows = await db.allDocs({ include_docs: true, limit: Number(changes) });
  await db.bulkDocs(rows.rows.map(({ doc }) => ({ ...doc, note: `${mark} ${doc.note}`.slice(0, 400) })));
}
await one.bulkDocs(records.map((record) => ({ ...record, _id: record.id })));
await step("first push", () => push(one));
await step("first pull", () => pull(two));
await change(one, "changed");
await step("changes up", () => push(one));
await step("changes down", () => pull(two));
await step("nothing to do", () => pull(two).then(() => push(one)));
const count = (await two.info()).doc_count;
if (count !== records.length) throw new Error(`only ${count} arrived`);
console.log(JSON.stringify(steps));
server.kill();
process.exit(0);
