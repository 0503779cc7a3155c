// The README's way through the API, with a client that a generator made of its description: compiled, then run.
import createClient from "openapi-fetch";
import type { paths } from "./samsyn.js";

const [, , baseUrl, clientId, clientSecret, occurredFrom] = process.argv as string[];

function whole<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  if (answer.data === undefined) {
    throw new Error(`${answer.response.status} ${JSON.stringify(answer.error)}`);
  }
  return answer.data;
}

const api = createClient<paths>({ baseUrl });
const token = whole(
  await api.POST("/oauth/token", {
    body: { grant_type: "client_credentials", client_id: clientId!, client_secret: clientSecret!, scope: "" },
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    bodySerializer: (fields) => new URLSearchParams({ ...fields }),
  }),
);
api.use({
  onRequest({ request }) {
    request.headers.set("Authorization", `Bearer ${token.access_token}`);
    return request;
  },
});
const before = whole(await api.GET("/samsyn/v1/overview"));
const receipt = whole(
  await api.POST("/samsyn/v1/reports", {
    params: { header: { "Idempotency-Key": crypto.randomUUID() } },
    body: {
      category: "order",
      subcategory: "gathering",
      severity: 2,
      location_kind: "public",
      occurred_from: occurredFrom!,
      point: { lon: 14.64, lat: 63.1765 },
      text: "Ett tjugotal ungdomar vid väntsalen, hög musik.",
      confirmed_no_personal_data: false,
    },
  }),
);
const report = whole(await api.GET("/samsyn/v1/reports/{id}", { params: { path: { id: receipt.id } } }));
const lagesbild = whole(await api.GET("/samsyn/v1/lagesbild"));

type Feed = paths["/samsyn/v1/feed"]["get"]["responses"][200]["content"]["application/json"];
let told: string[] = [];
let since: string = before.feed_cursor;
for (let tries = 0; tries < 100 && !told.length; tries += 1) {
  const page: Feed = whole(await api.GET("/samsyn/v1/feed", { params: { query: { since } } }));
  since = page.next_cursor ?? since;
  told = page.items.filter((item) => JSON.stringify(item.data).includes(receipt.id)).map((item) => item.type);
  await new Promise((ready) => setTimeout(ready, 100));
}
const refused = await api.GET("/samsyn/v1/reports/{id}", { params: { path: { id: crypto.randomUUID() } } });
console.log(
  JSON.stringify({
    area: receipt.area_code,
    text: report.text,
    reports: lagesbild.total.total.count,
    told,
    refused: refused.error && { status: refused.response.status, type: refused.error.type },
  }),
);
