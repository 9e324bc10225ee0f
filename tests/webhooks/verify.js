// Reads one JSON object a line from stdin, verifies it by the reference implementation of Standard
// Webhooks, and prints a line for each: "ok", "other content", or the error.
//
//   {"secret": "whsec_…", "headers": {…}, "body": "…"}
const { createInterface } = require("node:readline");
const { Webhook } = require("standardwebhooks");

createInterface({ input: process.stdin }).on("line", (line) => {
  const { secret, headers, body } = JSON.parse(line);
  try {
    const told = new Webhook(secret).verify(body, headers);
    console.log(JSON.stringify(told) === JSON.stringify(JSON.parse(body)) ? "ok" : "other content");
  } catch (error) {
    console.log(`${error.constructor.name}: ${error.message}`);
  }
});
