//! What is deployed: packed, unpacked, and served.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use imagegen::functions::all;
use serde_json::json;

use super::local::{HANDLER, Local};
use crate::folder::Folder;

fn package(folder: &Path, zip: &Path) {
    let mut command = Command::new(HANDLER);
    command.args(["package", "--out"]).arg(folder).arg("--zip").arg(zip);
    let output = command.output().expect("the handler was built");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
async fn the_package_is_the_same_bytes_each_time_and_serves_where_it_is_unpacked() {
    let folder = Folder::new();
    let (one, two) = (folder.join("one.zip"), folder.join("two.zip"));
    package(&folder.join("one"), &one);
    package(&folder.join("two"), &two);
    assert!(fs::read(&one).expect("packed") == fs::read(&two).expect("packed"), "the bytes differ");

    let unpacked = folder.join("unpacked");
    let file = fs::File::open(&one).expect("packed");
    let mut zip = zip::ZipArchive::new(file).expect("a zip");
    zip.extract(&unpacked).expect("it unpacks");
    let names = zip.file_names().map(|name| name.expect("text").into_owned());
    let mut names: Vec<_> = names.collect();
    names.sort();
    let mut wanted: Vec<_> = all().iter().map(|f| format!("{}/function.json", f.name)).collect();
    wanted.extend(["handler".to_owned(), "host.json".to_owned()]);
    wanted.sort();
    assert_eq!(names, wanted);
    let mode = |name: &str| {
        fs::metadata(unpacked.join(name)).expect("unpacked").permissions().mode() & 0o777
    };
    assert_eq!((mode("handler"), mode("host.json")), (0o755, 0o644));

    let local = Local::start_package(&folder, &unpacked);
    let (status, health) = local.get("", "/api/health").await;
    assert_eq!((status, &health["status"]), (200, &json!("ok")), "{health}");
}

#[test]
fn a_binary_that_needs_too_new_a_glibc_is_not_shipped() {
    let folder = Folder::new();
    let output = Command::new(HANDLER)
        .args(["package", "--glibc", "2.1", "--out"])
        .arg(folder.join("package"))
        .output()
        .expect("the handler was built");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("2.1 is the most"), "{said}");
}
