use imagegen_core::ports::documents::conformance;

use super::*;
use crate::scratch::Folder;

#[tokio::test]
async fn it_keeps_the_contract_of_the_port_twice_on_one_file() {
    let folder = Folder::new();
    let store = SqliteDocuments::open(folder.join("documents.sqlite")).unwrap();
    conformance::run(&store, "one").await;
    conformance::run(&store, "two").await;
    drop(store);
    let store = SqliteDocuments::open(folder.join("documents.sqlite")).unwrap();
    conformance::run(&store, "three").await;
}
