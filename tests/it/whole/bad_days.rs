//! What cannot start says why in one sentence.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Command;

use imagegen::config::{Kind, SETTINGS};

use super::local::{HANDLER, command, without_settings};
use crate::folder::Folder;

/// The one line with which a command refuses.
fn refusal(command: &mut Command) -> String {
    let output = command.output().expect("it was built");
    assert!(!output.status.success(), "it should not have begun: {output:?}");
    let said = String::from_utf8(output.stderr).expect("sentences are text");
    assert_eq!(said.trim_end().lines().count(), 1, "one sentence: {said}");
    said.trim_end().to_owned()
}

#[test]
fn a_port_in_use_is_named() {
    let folder = Folder::new();
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = taken.local_addr().expect("it is bound").port();
    let said = refusal(&mut command(&folder.join("data"), port));
    assert!(said.starts_with("imagegen-local: "), "{said}");
    assert!(said.contains(&format!("port {port} is in use")), "{said}");
}

#[test]
fn a_data_folder_that_cannot_be_written_is_named() {
    let folder = Folder::new();
    std::fs::write(folder.join("file"), "").expect("temporary folders are writable");
    let data = folder.join("file/data");
    let said = refusal(&mut command(&data, 0));
    assert!(said.contains("cannot write the data folder"), "{said}");
    assert!(said.contains(&data.display().to_string()), "{said}");
}

/// The handler with good settings, which a test may spoil.
fn handler(folder: &Folder) -> Command {
    let mut command = without_settings(Path::new(HANDLER));
    // What an identity would stand in for is not missing.
    for setting in SETTINGS.iter().filter(|setting| setting.kind != Kind::Identity) {
        command.env(setting.name, setting.example);
    }
    command
        .env("FUNCTIONS_CUSTOMHANDLER_PORT", "0")
        .env("IMAGEGEN_DOCUMENTS", format!("sqlite:{}", folder.join("documents.sqlite").display()))
        .env("IMAGEGEN_BLOBS", format!("files:{}", folder.join("blobs").display()));
    command
}

#[test]
fn a_missing_setting_is_named() {
    let folder = Folder::new();
    for name in ["TICKET_KEY", "OIDC_ISSUER", "IMAGEGEN_DOCUMENTS", "ServiceBus"] {
        let said = refusal(handler(&folder).env_remove(name));
        assert!(said.starts_with(&format!("imagegen: {name} is missing")), "{said}");
    }
}

#[test]
fn a_wrong_setting_is_named_and_a_secret_not_shown() {
    let folder = Folder::new();
    std::fs::write(folder.join("file"), "").expect("temporary folders are writable");
    let below_a_file = |kind: &str| format!("{kind}:{}", folder.join("file/x").display());
    for (name, value) in [
        ("IMAGEGEN_DOCUMENTS", "postgres://elsewhere"),
        ("IMAGEGEN_DOCUMENTS", &below_a_file("sqlite")),
        ("IMAGEGEN_BLOBS", "ftp://elsewhere"),
        ("IMAGEGEN_BLOBS", &below_a_file("files")),
        ("IMAGEGEN_BLOBS", "http://fluxstore.blob.core.windows.net"),
        ("IMAGEGEN_BLOBS", "https://fluxstore.blob.core.windows.net/images"),
        ("IMAGEGEN_BLOBS", "AccountName=fluxstore;AccountKey=hunter2!"),
        ("IMAGEGEN_BLOBS_PUBLIC_URL", ""),
        ("IMAGEGEN_BLOBS_KEY", ""),
        ("IMAGEGEN_BLOBS_KEY", "no-base64-at-all!"),
        ("ServiceBus", "Endpoint=nowhere"),
        ("WEB_PUBSUB_CONNECTION_STRING", "Endpoint=nowhere"),
        ("PUBLIC_URL", "not an address"),
        ("STRIPE_BASE_URL", "http://api.stripe.com"),
        ("STRIPE_WEBHOOK_SECRETS", "whsec_with a space"),
        ("STRIPE_AUTOMATIC_TAX", "yes"),
        ("APP_URL", "not an address"),
        ("APP_URL", ""),
        ("REPLICATE_WEBHOOK_SECRETS", "no-prefix"),
        ("CONTENT_SAFETY_THRESHOLDS", "hate=high"),
        ("FUNCTIONS_CUSTOMHANDLER_PORT", "eighty"),
    ] {
        let said = refusal(handler(&folder).env(name, value));
        let group = name.split('_').next().expect("a name");
        assert!(said.starts_with("imagegen: "), "{name}: {said}");
        assert!(said.contains(name) || said.contains(&format!("{group}_")), "{name}: {said}");
        assert!(!said.contains("hunter2"), "a secret is shown: {said}");
        if !value.is_empty() && (name.ends_with("KEY") || name.ends_with("SECRETS")) {
            assert!(!said.contains(value), "a secret is shown: {said}");
        }
    }
}
