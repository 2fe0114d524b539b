//! Products and prices: the handler makes them at the payment service, out of its catalogue.

use std::process::Stdio;

use super::process::{Plan, bound_to_us};
use crate::console;
use crate::ground::GroundParts;

/// Runs `<handler> billing setup` in the background, when our own stand-in is what takes the money. Call it once the
/// stand-in can be called. It may be run again and again: the command changes only what is not as it should be.
pub(super) fn set_up(ground: &GroundParts, plan: &Plan) {
    if plan.settings.bills_here(ground) {
        let plan = plan.clone();
        tokio::spawn(async move {
            if let Err(sentence) = run(&plan).await {
                console::host(&format!("nothing can be bought here yet: {sentence}"));
            }
        });
    }
}

async fn run(plan: &Plan) -> Result<(), String> {
    // It needs no watchdog: without us it finds nobody to call, and ends.
    let (mut command, _) = bound_to_us(&plan.executable);
    let output = command
        .args(["billing", "setup"])
        .current_dir(&plan.working_directory)
        .env_clear()
        .envs(plan.settings.all())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|e| format!("cannot run {} billing setup: {e}", plan.executable.display()))?;
    if output.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&output.stderr);
    let said = || words.lines().map(str::trim).filter(|line| !line.is_empty());
    let why = said().find(|line| line.to_lowercase().starts_with("error")).or(said().next_back());
    let why = why.unwrap_or("it said nothing");
    Err(format!("`billing setup` of the handler ended with {}: {why}", output.status))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::settings::Settings;
    use crate::host::testing::folder;
    use std::os::unix::fs::PermissionsExt as _;

    fn plan(script: &str) -> (crate::host::testing::Folder, Plan) {
        let place = folder();
        let executable = place.path().join("handler");
        std::fs::write(&executable, script).expect("the folder is writable");
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&executable, mode).expect("it is ours");
        let handler = crate::host::testing::host_json().handler;
        let settings = Settings::of(&[("STRIPE_API_KEY", "sk_test_1"), ("PATH", "/usr/bin:/bin")]);
        let plan = Plan::new(place.path(), &handler, None, settings).expect("the handler is there");
        (place, plan)
    }

    #[tokio::test]
    async fn the_command_has_the_settings_of_the_handler() {
        let (_place, plan) = plan(
            "#!/bin/sh\ntest \"$*\" = \"billing setup\" && test \"$STRIPE_API_KEY\" = sk_test_1\n",
        );
        assert_eq!(run(&plan).await, Ok(()));
    }

    #[tokio::test]
    async fn a_handler_without_the_command_gives_one_sentence() {
        let (_place, plan) =
            plan("#!/bin/sh\necho \"error: no billing here\" >&2\necho help >&2\nexit 2\n");
        let sentence = run(&plan).await.expect_err("it failed");
        assert!(sentence.contains("no billing here") && !sentence.contains("help"), "{sentence}");
    }
}
