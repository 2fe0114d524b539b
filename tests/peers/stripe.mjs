// Makes the calls that the product makes with the vendor's unmodified client, presses the buttons that people press,
// checks the signature of every webhook with the client, and tells what it saw as one line of JSON.
//
// usage: node stripe.mjs, with STRIPE_API_KEY and STRIPE_BASE_URL as the local cloud gives them to the handler

import { createServer } from "node:http";
import Stripe from "stripe";

const base = process.env.STRIPE_BASE_URL;
const local = base.slice(0, base.lastIndexOf("/"));
// The client knows a host and no path, so its requests are sent below the stand-in's.
const httpClient = Stripe.createFetchHttpClient((url, init) => {
  const { pathname, search } = new URL(url);
  return fetch(base + pathname + search, init);
});
const client = (key, more = {}) => new Stripe(key, { httpClient, maxNetworkRetries: 0, ...more });
const stripe = client(process.env.STRIPE_API_KEY);

setTimeout(() => {
  console.error("it did not end within four minutes");
  process.exit(1);
}, 240_000).unref();

function same(seen, wanted, what) {
  const [a, b] = [JSON.stringify(seen), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`${what}: ${a} and not ${b}`);
}

/** What the client makes of a refusal. */
const refused = (call) => call.then(
  () => "not refused",
  (error) => [error.constructor.name, error.statusCode, error.code ?? null, error.param ?? null],
);

async function steer(path, body, method = "POST") {
  const answer = await fetch(local + path, { method, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return method === "DELETE" ? null : answer.json();
}

/** A button of a page: where it leads. */
async function press(url, form) {
  const body = new URLSearchParams(form);
  // The page's address is for browsers, which know `localhost`; here it may be another address.
  const target = url.replace("//localhost:", "//127.0.0.1:");
  const answer = await fetch(target, { method: "POST", body, redirect: "manual" });
  if (answer.status !== 303) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer.headers.get("location");
}

// Webhooks, and whoever waits for one.
const events = [];
let wake = () => {};
let secret;
const server = createServer((request, response) => {
  const pieces = [];
  request.on("data", (piece) => pieces.push(piece));
  request.on("end", () => {
    try {
      const header = request.headers["stripe-signature"];
      const event = stripe.webhooks.constructEvent(Buffer.concat(pieces), header, secret);
      events.push(event);
      response.writeHead(200).end();
    } catch (error) {
      events.push({ type: `refused: ${error.message}` });
      response.writeHead(400).end();
    }
    wake();
  });
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));

async function heard(type, count = 1) {
  while (events.filter((event) => event.type === type).length < count) {
    await new Promise((come) => (wake = come));
  }
  return events.filter((event) => event.type === type).at(-1);
}

// What is sold.
const prices = {};
for (const [id, name, unit_amount, recurring] of [
  ["peer_basic", "Peer Basic", 999, { interval: "month" }],
  ["peer_premium", "Peer Premium", 2999, { interval: "month" }],
  ["peer_pack", "Peer pack", 599, undefined],
]) {
  await stripe.products.create({ id, name, metadata: { made_by: "peer" } });
  await stripe.prices.create({
    product: id, currency: "usd", unit_amount, recurring, lookup_key: id, transfer_lookup_key: true, metadata: { ware: id },
  });
  const found = await stripe.prices.list({ lookup_keys: [id], active: true, expand: ["data.product"] });
  same([found.data[0].product.name, found.data[0].unit_amount], [name, unit_amount], "a price by its lookup key");
  prices[id] = found.data[0].id;
}

const endpoint = await stripe.webhookEndpoints.create({
  url: `http://127.0.0.1:${server.address().port}/`, enabled_events: ["*"], api_version: "2026-10-28.endive",
});
secret = endpoint.secret;

// One customer, however often it is asked for.
const ada = { email: "ada@example.com", name: "Ada & Söhne", metadata: { user_id: "usr_peer" } };
const customer = await stripe.customers.create(ada, { idempotencyKey: "cust-create:usr_peer" });
const again = await stripe.customers.create(ada, { idempotencyKey: "cust-create:usr_peer" });
same([again.id, again.name, again.metadata.user_id], [customer.id, ada.name, "usr_peer"], "the same customer");
const other = stripe.customers.create({ email: "b@example.com" }, { idempotencyKey: "cust-create:usr_peer" });
same((await refused(other))[0], "StripeIdempotencyError", "another under the same key");

// What is wrong is an error of the right kind.
same(await refused(client("sk_test_guess").customers.list()), ["StripeAuthenticationError", 401, null, null], "a wrong key");
same(await refused(stripe.customers.create({ mail: "x" })), ["StripeInvalidRequestError", 400, "parameter_unknown", "mail"], "an unknown parameter");
same(await refused(stripe.subscriptions.retrieve("sub_none")), ["StripeInvalidRequestError", 404, "resource_missing", "id"], "an unknown id");

// Basic, by the checkout.
const order = (mode, price, more) => ({
  mode, customer: customer.id, client_reference_id: "usr_peer", line_items: [{ price, quantity: 1 }],
  success_url: "http://localhost:1/?session_id={CHECKOUT_SESSION_ID}", cancel_url: "http://localhost:1/",
  metadata: { user_id: "usr_peer" }, ...more,
});
const session = await stripe.checkout.sessions.create(order("subscription", prices.peer_basic, {
  allow_promotion_codes: true, subscription_data: { metadata: { user_id: "usr_peer" } },
}));
same(await press(session.url, { do: "pay" }), `http://localhost:1/?session_id=${session.id}`, "the way back");
const paid = await stripe.checkout.sessions.retrieve(session.id, { expand: ["subscription", "invoice.payments", "line_items"] });
same([paid.status, paid.payment_status, paid.subscription.status], ["complete", "paid", "active"], "the session");
same(paid.subscription.metadata.user_id, "usr_peer", "the subscription's metadata");
same(paid.line_items.data[0].price.lookup_key, "peer_basic", "what was bought");
same((await heard("checkout.session.completed")).data.object.id, session.id, "the event");
const subscription = paid.subscription.id;
const [{ current_period_start: begun }] = paid.subscription.items.data;

// A pack, and its money back.
const pack = await stripe.checkout.sessions.create(order("payment", prices.peer_pack, {
  invoice_creation: { enabled: true, invoice_data: { metadata: { user_id: "usr_peer" } } },
  payment_intent_data: { metadata: { user_id: "usr_peer" } },
}));
await press(pack.url, { do: "pay" });
const { payment_intent } = await stripe.checkout.sessions.retrieve(pack.id);
const payments = await stripe.invoicePayments.list({ payment: { type: "payment_intent", payment_intent } });
const invoice = await stripe.invoices.retrieve(payments.data[0].invoice, { expand: ["payments"] });
same([invoice.status, invoice.billing_reason, invoice.metadata.user_id], ["paid", "manual", "usr_peer"], "the pack's invoice");
same(invoice.payments.data[0].payment.payment_intent, payment_intent, "what paid it");
const refund = await stripe.refunds.create({ payment_intent, amount: 599, metadata: { undone: "pack" } });
same(refund.status, "succeeded", "the refund");
same(await refused(stripe.refunds.create({ payment_intent })), ["StripeInvalidRequestError", 400, "charge_already_refunded", null], "a second refund");
const charges = await stripe.charges.list({ customer: customer.id, created: { gte: begun - 60 } });
same(charges.data.find((charge) => charge.payment_intent === payment_intent).amount_refunded, 599, "the charge");
await heard("charge.refunded");

// Up at once, down at the end, and away, by the portal.
const configuration = await stripe.billingPortal.configurations.create({
  features: {
    invoice_history: { enabled: true }, payment_method_update: { enabled: true },
    subscription_cancel: { enabled: true, mode: "at_period_end", proration_behavior: "none" },
    subscription_update: {
      enabled: true, default_allowed_updates: ["price"], proration_behavior: "always_invoice",
      products: [{ product: "peer_basic", prices: [prices.peer_basic] }, { product: "peer_premium", prices: [prices.peer_premium] }],
      schedule_at_period_end: { conditions: [{ type: "decreasing_item_amount" }] },
    },
  },
});
same(configuration.features.subscription_cancel.enabled, true, "the configuration");
const portal = (flow_data) => stripe.billingPortal.sessions.create({
  customer: customer.id, configuration: configuration.id, return_url: "http://localhost:1/", flow_data,
});
const after_completion = { type: "redirect", redirect: { return_url: "http://localhost:1/done" } };
const change = await portal({
  type: "subscription_update_confirm", after_completion,
  subscription_update_confirm: {
    subscription, items: [{ id: paid.subscription.items.data[0].id, price: prices.peer_premium, quantity: 1 }],
  },
});
const up = { do: "change", subscription, price: prices.peer_premium };
same(await press(change.url, up), "http://localhost:1/done", "the way back from the portal");
const upgraded = await stripe.subscriptions.retrieve(subscription, { expand: ["items.data.price", "latest_invoice.payments"] });
same(upgraded.items.data[0].price.lookup_key, "peer_premium", "the new price");
same([upgraded.latest_invoice.status, upgraded.latest_invoice.billing_reason], ["paid", "subscription_update"], "its invoice");
const updated = await heard("customer.subscription.updated", 2);
same(typeof updated.data.previous_attributes, "object", "what it was before");

const home = await portal();
await press(home.url, { do: "cancel", subscription });
const ending = await stripe.subscriptions.retrieve(subscription);
same([ending.cancel_at, ending.cancel_at_period_end], [ending.items.data[0].current_period_end, false], "a date and no flag");
await stripe.subscriptions.update(subscription, { cancel_at: "" });
same((await stripe.subscriptions.retrieve(subscription)).cancel_at, null, "undone");

// A month goes by.
await steer("/stripe/_clock", { advance: "32d" });
const invoices = [];
for await (const it of stripe.invoices.list({ subscription, limit: 2, expand: ["data.payments"] })) invoices.push(it);
same(invoices.map((it) => [it.billing_reason, it.status]), [
  ["subscription_cycle", "paid"], ["subscription_update", "paid"], ["subscription_create", "paid"],
], "the invoices");
same(invoices[0].parent.subscription_details.subscription, subscription, "whose they are");
await heard("invoice.paid", 4);

// A bank asks for its money.
const dispute = await steer("/stripe/_disputes", { invoice: invoices[0].id, reason: "fraudulent" });
const disputes = await stripe.disputes.list({ charge: dispute.charge });
same([disputes.data[0].id, disputes.data[0].status], [dispute.id, "needs_response"], "the dispute");
await steer(`/stripe/_disputes/${dispute.id}/close`, { status: "lost" });
await heard("charge.dispute.closed");
const listed = await stripe.events.list({ types: ["charge.dispute.created", "charge.dispute.closed"], created: { gte: begun } });
same(listed.data.map((event) => event.type), ["charge.dispute.closed", "charge.dispute.created"], "events");

// The client tries again by itself, under a key of its own: one customer each, whatever gets lost.
const stubborn = client(process.env.STRIPE_API_KEY, { maxNetworkRetries: 8 });
await steer("/faults", { seed: 5, stripe: { error_rate: 0.3, status: 503, lost_response_rate: 0.3 } });
for (let n = 0; n < 6; n += 1) await stubborn.customers.create({ email: "grace@example.com" });
await steer("/faults", {}, "DELETE");
const graces = await stripe.customers.list({ email: "grace@example.com" });

const ended = await stripe.subscriptions.cancel(subscription);
same(ended.status, "canceled", "the end");
await heard("customer.subscription.deleted");
server.close();
server.closeAllConnections();
const bad = events.map((event) => event.type).filter((type) => type.startsWith("refused"));
console.log(JSON.stringify({ version: Stripe.PACKAGE_VERSION ?? null, graces: graces.data.length, events: events.length, bad }));
