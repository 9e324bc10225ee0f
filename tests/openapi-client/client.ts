// The four calls of the open API that every app makes, through types that are generated from
// /openapi.json. It needs no cast: what `result` is follows from `code`.
//
// Arguments: URL APPID APPKEY TOKEN DID. Prints what came of each call, a line of JSON each.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

declare const process: { argv: string[] };

type Device = components["schemas"]["UpgradableDevice"];

const [, , baseUrl = "", appid = "", appkey = "", token = "", did = ""] = process.argv;
const client = createClient<paths>({
  baseUrl,
  headers: { Appid: appid, Appkey: appkey, "Access-Token": token },
});

function line(device: Device): string {
  const { firmwareVersion, fileSize } = device.upgradeFirmware;
  return `${device.did}: ${device.firmwareVersion} -> ${firmwareVersion} (${fileSize} bytes)`;
}

function tell(call: string, told: string | string[]): void {
  console.log(JSON.stringify({ call, told }));
}

const all = await client.POST("/open/ota/query/firmware", {});
if (all.error) throw new Error(`${all.response.status}: ${all.error.result}`);
if (all.data.code === 0) tell("query", all.data.result.map(line));
else tell("query", `${all.data.code}: ${all.data.result.toLowerCase()}`);

const one = await client.POST("/open/ota/query/firmware/selected", { body: { did } });
if (one.error) throw new Error(`${one.response.status}: ${one.error.result}`);
if (one.data.code === 0) tell("query selected", one.data.result.map(line));
else tell("query selected", `${one.data.code}: ${one.data.result.toLowerCase()}`);

const order = await client.POST("/open/ota/upgrade/firmware/selected", { body: { did } });
if (order.error) throw new Error(`${order.response.status}: ${order.error.result}`);
switch (order.data.code) {
  case 0:
    tell("order selected", order.data.result);
    break;
  case 901:
  case 912:
    tell("order selected", "nothing");
    break;
  default:
    tell("order selected", `${order.data.code}: ${order.data.result}`);
}

const orders = await client.POST("/open/ota/upgrade/firmware", {});
if (orders.error) throw new Error(`${orders.response.status}: ${orders.error.result}`);
tell("order", orders.data.code === 0 ? orders.data.result : `${orders.data.code}`);

const stranger = await client.POST("/open/ota/query/firmware/selected", { body: { did: "no-such" } });
if (stranger.error) throw new Error(`${stranger.response.status}: ${stranger.error.result}`);
tell("stranger", stranger.data.code === 0 ? "found" : `${stranger.data.code}`);
