//! A picture as in Azure: no keys, documents in the emulator of Cosmos DB, pictures in Azurite.

use std::path::Path;
use std::process::Command;

use crate::folder::Folder;

#[test]
fn a_picture_is_made_on_both_emulators_for_less_than_eighty_request_units() {
    let folder = Folder::new();
    let picture = folder.join("picture.webp");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("infra/scripts/emulated.sh");
    let output = Command::new(script)
        .arg("a red fox in snow")
        .arg(&picture)
        .output()
        .expect("bash and Node.js are installed");
    let (said, errors) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}{errors}");
    for function in ["create_generation", "submit_generation_free", "finish_generation"] {
        assert!(said.contains(function), "{said}");
    }
    assert!(said.lines().last().is_some_and(|line| line.ends_with("altogether")), "{said}");
    image::open(&picture).expect("other programs open it");
}
