//! The scripts, with programs in the place of `az` and `gh` that write down what they are asked.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::{infra, read};
use crate::folder::Folder;

/// Keeps secrets as files in `$DESK/secrets`, answers what is asked for, and notes everything in `$DESK/asked`.
const AZ: &str = r#"#!/usr/bin/env bash
printf '%s\n' "$*" >> "$DESK/asked"
name() { while [ $# -gt 1 ]; do if [ "$1" = --name ]; then echo "$2"; return; fi; shift; done; }
case "$1 $2 $3" in
  "keyvault secret list") [ -z "${LOCKED:-}" ] && ls "$DESK/secrets" ;;
  "keyvault secret set") cat > "$DESK/secrets/$(name "$@")" ;;
  "staticwebapp secrets list") [ -z "${LOCKED:-}" ] && echo "key-of-$(name "$@")" ;;
  "identity show "*) echo "00000000-0000-0000-0000-00000000000a" ;;
esac
"#;

const GH: &str =
    "#!/usr/bin/env bash\nprintf '%s\\n' \"$*\" >> \"$DESK/asked\"\nprintf %s \"$RUN\"\n";

/// Keeps what would be uploaded, and says whether the key came as it should.
const NPX: &str = r#"#!/usr/bin/env bash
printf 'npx %s\n' "$*" >> "$DESK/asked"
cp -R page "$DESK/uploaded"
printf %s "$SWA_CLI_DEPLOYMENT_TOKEN" > "$DESK/token"
"#;

/// A folder with the stand-ins, in front of the search path.
struct Desk {
    folder: Folder,
}

impl Desk {
    fn new() -> Self {
        let folder = Folder::new();
        std::fs::create_dir_all(folder.join("bin")).expect("it is ours");
        std::fs::create_dir_all(folder.join("secrets")).expect("it is ours");
        for (name, text) in [("az", AZ), ("gh", GH), ("npx", NPX)] {
            program(&folder.join("bin").join(name), text);
        }
        Self { folder }
    }

    fn run(&self, script: &str, arguments: &[&str], env: &[(&str, &str)]) -> Output {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::iter::once(self.folder.join("bin")).chain(std::env::split_paths(&path));
        let mut command = Command::new("bash");
        command.arg(infra("scripts").join(script)).args(arguments);
        command.env("PATH", std::env::join_paths(path).expect("no colon in it"));
        command.env("DESK", self.folder.join("")).envs(env.iter().copied());
        command.output().expect("bash is needed")
    }

    fn asked(&self) -> String {
        std::fs::read_to_string(self.folder.join("asked")).unwrap_or_default()
    }

    fn secret(&self, name: &str) -> Option<String> {
        std::fs::read_to_string(self.folder.join("secrets").join(name)).ok()
    }
}

fn program(path: &Path, text: &str) {
    std::fs::write(path, text).expect("it is ours");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let runs = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(path, runs).expect("it is ours");
    }
}

fn said(output: &Output) -> String {
    let Output { stdout, stderr, .. } = output;
    format!("{}{}", String::from_utf8_lossy(stdout), String::from_utf8_lossy(stderr))
}

const APP: [(&str, &str); 4] = [
    ("AZURE_KEY_VAULT", "kv-x"),
    ("AZURE_RESOURCE_GROUP", "rg-x"),
    ("AZURE_FUNCTION_APP", "func-x"),
    ("AZURE_SUBSCRIPTION_ID", "sub-x"),
];

#[test]
fn secrets_of_our_own_are_made_once_and_never_shown() {
    let desk = Desk::new();
    let first = desk.run("secrets.sh", &[], &APP);
    assert!(first.status.success(), "{}", said(&first));
    let key = desk.secret("ticket-key").expect("it was made");
    // 32 bytes in base64.
    assert_eq!((key.len(), key.ends_with('=')), (44, true), "{key}");
    assert!(
        said(&first).contains("made  ticket-key") && said(&first).contains("none  stripe-api-key")
    );
    assert_eq!(desk.secret("stripe-api-key"), None, "others' secrets cannot be made");

    let second = desk.run("secrets.sh", &[], &APP);
    assert!(second.status.success() && said(&second).contains("ok    ticket-key"));
    assert_eq!(desk.secret("ticket-key").as_deref(), Some(key.as_str()), "links would end");

    let everything = format!("{}{}{}", said(&first), said(&second), desk.asked());
    assert!(!everything.contains(&key), "neither printed nor an argument");
    assert_eq!(desk.asked().matches("/sites/func-x/config/configreferences/").count(), 2);
}

#[test]
fn without_a_vault_or_its_answer_nothing_is_done() {
    let desk = Desk::new();
    let locked = [&APP[..], &[("LOCKED", "1"), ("TRIES", "1")]].concat();
    let output = desk.run("secrets.sh", &[], &locked);
    assert!(!output.status.success() && said(&output).contains("nothing was changed"));
    assert_eq!((desk.secret("ticket-key"), desk.asked().lines().count()), (None, 1));

    let desk = Desk::new();
    assert!(!desk.run("secrets.sh", &[], &APP[1..]).status.success());
    assert_eq!(desk.asked(), "");
}

const PLACE: [(&str, &str); 6] = [
    ("API_URL", "https://func-x.azurewebsites.net"),
    ("PICTURES_URL", "https://stpicsx.blob.core.windows.net/"),
    ("REALTIME_URL", "https://pubsub-x.webpubsub.azure.com"),
    ("SIGN_IN_AUTHORITY", "https://contoso.ciamlogin.com/1-2-3"),
    ("SIGN_IN_CLIENT_ID", "page"),
    ("SIGN_IN_SCOPES", "api://x/access_as_user"),
];

#[test]
fn the_page_is_deployed_for_its_place_and_its_key_is_seen_by_nobody() {
    let desk = Desk::new();
    let built = desk.folder.join("built");
    std::fs::create_dir(&built).expect("it is ours");
    std::fs::write(built.join("index.html"), "").expect("it is ours");
    for name in ["config.json", "staticwebapp.config.json"] {
        std::fs::write(built.join(name), read(&format!("frontend/public/{name}")))
            .expect("it is ours");
    }
    let arguments = ["rg-x", "stapp-x", &built.to_string_lossy()];
    let output = desk.run("deploy-web.sh", &arguments, &PLACE);
    assert!(output.status.success(), "{}", said(&output));
    let uploaded = |name: &str| {
        std::fs::read_to_string(desk.folder.join("uploaded").join(name)).expect("it was uploaded")
    };
    assert!(uploaded("config.json").contains(r#""api": "https://func-x.azurewebsites.net""#));
    assert!(uploaded("staticwebapp.config.json").contains("wss://pubsub-x.webpubsub.azure.com"));
    let token = std::fs::read_to_string(desk.folder.join("token")).expect("the uploader ran");
    assert_eq!(token, "key-of-stapp-x");
    assert!(
        !format!("{}{}", said(&output), desk.asked()).contains(&token),
        "printed or an argument"
    );

    // Nothing is uploaded of a place that is not known, nor without the key.
    for wrong in [&PLACE[1..], &[&PLACE[..], &[("LOCKED", "1")]].concat()] {
        let desk = Desk::new();
        let output = desk.run("deploy-web.sh", &arguments, wrong);
        assert!(!output.status.success(), "{}", said(&output));
        assert!(!desk.asked().contains("npx"), "{}", desk.asked());
    }
}

#[test]
fn only_a_package_that_there_is_is_deployed() {
    let desk = Desk::new();
    let none = desk.run("deploy.sh", &["rg-x", "func-x", "/nowhere/imagegen.zip"], &[]);
    assert!(!none.status.success());
    assert_eq!(desk.asked(), "");

    let zip: PathBuf = desk.folder.join("imagegen.zip");
    std::fs::write(&zip, "zip").expect("it is ours");
    let path = zip.to_str().expect("a plain name");
    let output = desk.run("deploy.sh", &["rg-x", "func-x", path], &[]);
    assert!(output.status.success(), "{}", said(&output));
    let expected = format!("config-zip --resource-group rg-x --name func-x --src {path} ");
    assert!(desk.asked().contains(&expected), "{}", desk.asked());
}

#[test]
fn a_roll_back_needs_a_deployment_that_succeeded() {
    let desk = Desk::new();
    let found = desk.run("last-good.sh", &[], &[("RUN", "41"), ("GITHUB_RUN_ID", "42")]);
    assert_eq!(String::from_utf8_lossy(&found.stdout), "41\n");
    assert!(desk.asked().contains("--status success") && desk.asked().contains(". != 42"));
    assert!(!desk.run("last-good.sh", &[], &[("RUN", "")]).status.success());
}

#[test]
fn who_deploys_gives_only_the_roles_of_the_table() {
    let desk = Desk::new();
    let output = desk.run("federation.sh", &["sub-x", "westeurope", "us/ours"], &[]);
    assert!(output.status.success(), "{}", said(&output));
    let asked = desk.asked();
    for environment in ["production", "what-if"] {
        let subject = format!("--subject repo:us/ours:environment:{environment} ");
        assert_eq!(asked.matches(&subject).count(), 1, "{asked}");
    }
    let limited =
        asked.lines().find(|line| line.contains("Role Based Access Control Administrator"));
    let limited = limited.expect("it may give roles");
    let mut roles = 0;
    for role in read("infra/modules/roles.bicep").split('\'').filter(|it| is_guid(it)) {
        assert_eq!(limited.contains(role), !role.starts_with("00000000"), "{role}");
        roles += 1;
    }
    assert_eq!(roles, 12);
    // Owner, and whoever may give every role.
    for far in ["8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"] {
        assert!(!limited.contains(far));
    }
    assert!(!asked.contains("--role Owner"));
}

fn is_guid(text: &str) -> bool {
    text.split('-').map(str::len).eq([8, 4, 4, 4, 12])
}
