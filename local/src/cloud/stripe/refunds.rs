//! Money that goes back: refunds, and disputes that banks open.

use serde_json::{Value, json};

use super::books::{Books, new_id};
use super::events;
use super::form::Form;
use super::invoices::text;
use super::refusal::{Done, Refusal};

const REASONS: [&str; 3] = ["duplicate", "fraudulent", "requested_by_customer"];
/// As the vendor names them.
const DISPUTES: [&str; 5] =
    ["fraudulent", "duplicate", "product_not_received", "subscription_canceled", "general"];
const TIME_TO_ANSWER: i64 = 7 * 86_400;

/// `POST /v1/refunds`.
pub(super) fn create(books: &Books<'_>, mut form: Form) -> Done {
    let (intent, charge) = (form.text("payment_intent")?, form.text("charge")?);
    let amount = form.number("amount")?;
    let reason = form.one_of("reason", &REASONS)?;
    let mut refund = json!({ "metadata": {} });
    form.metadata(&mut refund)?;
    form.finish()?;
    let charge = match (charge, intent) {
        (Some(charge), _) => books.named("charge", &charge, "charge")?,
        (None, Some(intent)) => {
            let intent = books.named("payment_intent", &intent, "payment_intent")?;
            let charge = intent["latest_charge"].as_str().and_then(|id| books.find(id));
            charge.filter(|charge| charge["paid"] == true).ok_or_else(|| {
                let message = format!(
                    "This PaymentIntent ({}) does not have a successful charge to refund.",
                    text(&intent, "id")
                );
                Refusal::state("payment_intent_unexpected_state", message)
            })?
        }
        (None, None) => return Err(Refusal::parameter_missing("payment_intent")),
    };
    let before = charge;
    let id = text(&before, "id");
    let number = |name: &str| before[name].as_i64().unwrap_or(0);
    let left = number("amount_captured") - number("amount_refunded");
    if before["disputed"] == true && !refundable(books, &before) {
        let message = format!("Charge {id} has been charged back; cannot issue a refund.");
        return Err(Refusal::state("charge_disputed", message));
    }
    if left <= 0 {
        let message = format!("Charge {id} has already been refunded.");
        return Err(Refusal::state("charge_already_refunded", message));
    }
    let amount = amount.unwrap_or(left);
    if amount < 1 {
        let message = "Invalid positive integer";
        return Err(Refusal::coded("parameter_invalid_integer", "amount", message));
    }
    if amount > left {
        let message = format!(
            "Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        );
        return Err(Refusal::coded("amount_too_large", "amount", message));
    }
    let refund = json!({
        "id": new_id("re"), "object": "refund", "amount": amount, "balance_transaction": null,
        "charge": before["id"], "created": books.now, "currency": before["currency"],
        "customer": before["customer"], "destination_details": { "card": { "type": "refund" }, "type": "card" },
        "metadata": refund["metadata"], "payment_intent": before["payment_intent"], "reason": reason,
        "receipt_number": null, "source_transfer_reversal": null, "status": "succeeded",
        "transfer_reversal": null,
    });
    let mut after = before.clone();
    after["amount_refunded"] = json!(number("amount_refunded") + amount);
    after["refunded"] = json!(after["amount_refunded"] == before["amount"]);
    events::create(books, "refund.created", &refund);
    events::change(books, "charge.refunded", &before, &after);
    events::tell(books, "refund.updated", &refund);
    Ok(refund)
}

fn refundable(books: &Books<'_>, charge: &Value) -> bool {
    let disputes = books.all("dispute", None);
    let mine = disputes.iter().filter(|it| it["charge"] == charge["id"]);
    mine.into_iter().all(|it| it["is_charge_refundable"] == true || it["status"] == "won")
}

/// The bank could not give it back after all.
pub(super) fn fail(books: &Books<'_>, id: &str) -> Done {
    let before = books.known("refund", id)?;
    if before["status"] == "failed" {
        return Err(Refusal::state("refund_failed", "This refund has failed already."));
    }
    let mut refund = before.clone();
    refund["status"] = json!("failed");
    refund["failure_reason"] = json!("lost_or_stolen_card");
    refund["failure_balance_transaction"] = Value::Null;
    let charge = books.get(&text(&before, "charge"));
    let mut after = charge.clone();
    let number = |it: &Value, name: &str| it[name].as_i64().unwrap_or(0);
    after["amount_refunded"] =
        json!(number(&charge, "amount_refunded") - number(&before, "amount"));
    after["refunded"] = json!(false);
    books.put(&after);
    events::change(books, "refund.updated", &before, &refund);
    events::tell(books, "refund.failed", &refund);
    events::tell(books, "charge.refund.updated", &refund);
    Ok(refund)
}

/// A bank opens a dispute about a charge. `warning`: it only asks, and no money moves.
pub(super) fn dispute(books: &Books<'_>, order: &Value) -> Done {
    let named = |name: &str| order[name].as_str();
    let charge = match (named("charge"), named("invoice")) {
        (Some(charge), _) => books.known("charge", charge)?,
        (None, Some(invoice)) => {
            let invoice = books.known("invoice", invoice)?;
            let intent = super::payments::promised(books, &invoice);
            let charge = intent.and_then(|it| books.find(it["latest_charge"].as_str()?));
            charge
                .ok_or_else(|| Refusal::invalid("invoice", "Nobody paid this invoice by card."))?
        }
        (None, None) => return Err(Refusal::parameter_missing("charge")),
    };
    if charge["paid"] != true || charge["disputed"] == true {
        return Err(Refusal::invalid("charge", "This charge cannot be disputed (again)."));
    }
    let reason = named("reason").unwrap_or("fraudulent");
    if !DISPUTES.contains(&reason) {
        let message = format!("reason: one of {}", DISPUTES.join(", "));
        return Err(Refusal::invalid("reason", message));
    }
    let warning = order["warning"] == true;
    let dispute = json!({
        "id": new_id("du"), "object": "dispute", "amount": charge["amount"], "balance_transactions": [],
        "charge": charge["id"], "created": books.now, "currency": charge["currency"],
        "enhanced_eligibility_types": [], "evidence": {},
        "evidence_details": {
            "due_by": books.now + TIME_TO_ANSWER, "has_evidence": false, "past_due": false, "submission_count": 0,
        },
        "is_charge_refundable": warning, "livemode": false, "metadata": {},
        "network_reason_code": null, "payment_intent": charge["payment_intent"],
        "payment_method_details": { "card": { "brand": "visa", "case_type": if warning { "inquiry" } else { "chargeback" } }, "type": "card" },
        "reason": reason, "status": if warning { "warning_needs_response" } else { "needs_response" },
    });
    let mut after = charge.clone();
    after["disputed"] = json!(true);
    books.put(&after);
    events::create(books, "charge.dispute.created", &dispute);
    if !warning {
        events::tell(books, "charge.dispute.funds_withdrawn", &dispute);
    }
    Ok(dispute)
}

/// The bank has decided.
pub(super) fn close(books: &Books<'_>, id: &str, order: &Value) -> Done {
    let before = books.known("dispute", id)?;
    let status = before["status"].as_str().unwrap_or_default();
    if ["won", "lost", "warning_closed"].contains(&status) {
        return Err(Refusal::state("dispute_closed", "This dispute is closed already."));
    }
    let warning = status.starts_with("warning");
    let decided = match order["status"].as_str() {
        Some("won" | "lost") if warning => "warning_closed",
        Some("won") => "won",
        Some("lost") => "lost",
        _ => return Err(Refusal::invalid("status", "status: won or lost")),
    };
    let mut dispute = before;
    dispute["status"] = json!(decided);
    books.put(&dispute);
    if decided == "won" {
        events::tell(books, "charge.dispute.funds_reinstated", &dispute);
    }
    events::tell(books, "charge.dispute.closed", &dispute);
    Ok(dispute)
}
