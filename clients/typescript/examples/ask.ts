/** Ask a customer for permission to call: MAYCALL_URL=… MAYCALL_TOKEN=… node ask.js +919812300457 "your delivery". */

import { BusinessNumbersDocument, FindCustomerDocument, Maycall, isRefusal } from "maycall";

const client = new Maycall({ url: process.env["MAYCALL_URL"] ?? "", token: process.env["MAYCALL_TOKEN"] ?? "" });
const [phone = "", topic = "your delivery"] = process.argv.slice(2);

const { customer } = await client.execute(FindCustomerDocument, { by: { phone } });
const [number] = (await client.execute(BusinessNumbersDocument)).businessNumbers;
if (!customer || !number) {
  throw new Error(`There is no customer with the phone ${phone}, or no number to ask from.`);
}
const values = { first_name: customer.name?.split(" ")[0] ?? "there", topic };
const answer = await client.requestCallPermission({
  customerId: customer.id,
  businessNumberId: number.id,
  template: {
    name: "may_we_call",
    language: "en",
    parameters: Object.entries(values).map(([name, value]) => ({ name, value })),
  },
});
if (answer.__typename === "LimitReached") {
  console.log(answer.limit ? `${answer.limit.used} of ${answer.limit.maximum} are used.` : "All are used.");
}
if (isRefusal(answer)) {
  console.log(answer.code, answer.message, answer.availableAt ?? "");
} else {
  console.log(answer.permissionRequest.status, "until", answer.permissionRequest.expiresAt);
}
