//! How good the safety check is, and what users say against it.

use std::path::Path;

use imagegen_adapters::store::Store;
use imagegen_core::ids::{DecisionId, UserId};
use imagegen_core::safety::evaluation::{self, Case};
use imagegen_core::safety::{self, Outcome, Subject};
use jiff::Timestamp;

use super::ledger::{explain, runtime};
use crate::app::{self, Ground};
use crate::config::Settings;

/// Holds the set at `path`, or the one that comes along, against the configured safety check.
#[expect(clippy::print_stdout, reason = "it is what the command is for")]
pub(super) fn evaluate(
    path: Option<&Path>,
    setting: impl Fn(&str) -> Option<String>,
) -> Result<(), String> {
    let read = |path: &Path| {
        std::fs::read_to_string(path).map_err(|e| format!("cannot read {}: {e}", path.display()))
    };
    let text = path.map_or_else(|| Ok(evaluation::BUILT_IN.to_owned()), read)?;
    let cases = evaluation::read(&text)?;
    let settings = Settings::load(setting).map_err(|e| e.to_string())?;
    let Ground { http, tokens, .. } = Ground::of(&settings);
    let moderation = app::moderation(&settings, &tokens, http).map_err(|e| e.to_string())?;
    let (count, thresholds) = (cases.len(), settings.get("CONTENT_SAFETY_THRESHOLDS"));
    let report = runtime()?.block_on(evaluation::evaluate(&moderation, cases));
    let report = report.map_err(|e| explain(&e))?;
    println!("{count} prompts, thresholds {thresholds}");
    println!("rightly blocked  {}", report.rightly_blocked);
    println!("rightly allowed  {}", report.rightly_allowed);
    list("false positives ", &report.wrongly_blocked);
    list("false negatives ", &report.wrongly_allowed);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "see above")]
fn list(name: &str, cases: &[Case]) {
    println!("{name} {}", cases.len());
    for case in cases {
        println!("  {} ({})", case.prompt, case.about);
    }
}

/// Prints what waits for an answer, oldest first.
#[expect(clippy::print_stdout, reason = "see above")]
pub(super) fn appeals(store: &Store) -> Result<(), String> {
    let (store, runtime) = (store.documents(), runtime()?);
    let (mut cursor, mut count) = (None, 0);
    loop {
        let page = safety::open_appeals(store, Timestamp::now(), cursor.as_deref());
        let (appeals, next) = runtime.block_on(page).map_err(|e| explain(&e))?;
        for open in appeals {
            let Some(appeal) = &open.decision.appeal else { continue };
            count += 1;
            let subject = match &open.decision.subject {
                Subject::Prompt => "a prompt".to_owned(),
                Subject::Image { generation, index } => format!("image {index} of {generation}"),
                Subject::Upload { upload } => format!("upload {upload}"),
            };
            println!("{} {} {}", open.decision.id, open.user, appeal.at);
            println!("  {subject}, {}", open.decision.category.as_str());
            if let Some(prompt) = &appeal.prompt {
                println!("  prompt:  {prompt}");
            }
            println!("  message: {}", appeal.message);
        }
        match next {
            Some(_) => cursor = next,
            None => break,
        }
    }
    println!("{count} open");
    Ok(())
}

/// Answers one appeal.
#[expect(clippy::print_stdout, reason = "see above")]
pub(super) fn answer(
    store: &Store,
    account: &str,
    decision: &str,
    outcome: Outcome,
    note: Option<&str>,
) -> Result<(), String> {
    let user: UserId = account.parse().map_err(|e| format!("--account {e}"))?;
    let id: DecisionId = decision.parse().map_err(|e| format!("--decision {e}"))?;
    let answered = safety::answer(store.documents(), &user, &id, outcome, note, Timestamp::now());
    runtime()?.block_on(answered).map_err(|e| explain(&e))?;
    println!("{id} is answered");
    Ok(())
}
