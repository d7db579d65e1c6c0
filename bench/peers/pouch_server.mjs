// express-pouchdb on LevelDB; tells its port, and on each message the bytes and CPU so far.
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const express = require("express");
const PouchDB = require("pouchdb");
const server = express();
const bytes = { up: 0, down: 0 };
const open = new Set();
const Prefixed = PouchDB.defaults({ prefix: process.argv[2] + "/" });
server.use("/", require("express-pouchdb")(Prefixed, { logPath: process.argv[2] + "/log.txt", inMemoryConfig: true }));
const listening = server.listen(0, "127.0.0.1", () => process.send({ port: listening.address().port }));
listening.on("connection", (socket) => {
  open.add(socket);
  socket.on("close", () => {
    open.delete(socket);
    bytes.up += socket.bytesRead;
    bytes.down += socket.bytesWritten;
  });
});
process.on("message", () => {
  const now = { ...bytes };
  for (const socket of open) {
    now.up += socket.bytesRead;
    now.down += socket.bytesWritten;
  }
  const cpu = process.cpuUsage();
  process.send({ ...now, cpu: (cpu.user + cpu.system) / 1e6 });
});
