//! The contract of [`Documents`](super::Documents), as tests. Every adapter runs all of them; there is no other
//! definition. `store` may hold other partitions already: each test uses partitions of its own name, prefixed with
//! `run`, which is to be new for every call.

use jiff::{Timestamp, ToSpan as _};

use super::{
    Condition, Document, Documents, DocumentsError, MAX_LOOKED_AT, MAX_WRITES, NewDocument, Order,
    Range, Search, Test, Write,
};

pub async fn run(store: &dyn Documents, run: &str) {
    missing_is_none(store, run).await;
    what_was_written_is_read(store, run).await;
    create_twice_conflicts(store, run).await;
    a_stale_etag_conflicts(store, run).await;
    replacing_or_deleting_what_is_not_there_conflicts(store, run).await;
    a_deleted_document_is_gone_and_can_be_made_again(store, run).await;
    a_commit_is_all_or_nothing(store, run).await;
    partitions_are_separate(store, run).await;
    a_commit_takes_a_hundred_writes_and_no_more(store, run).await;
    lists_come_in_order_and_in_pages(store, run).await;
    lists_show_a_document_at_its_position(store, run).await;
    kinds_do_not_mix_in_lists(store, run).await;
    a_search_finds_what_meets_all_conditions_within_its_window(store, run).await;
    a_search_is_bounded_in_work_and_goes_on_where_it_stopped(store, run).await;
    due_is_earliest_first_across_partitions_and_in_pages(store, run).await;
    a_document_leaves_due_when_its_time_moves(store, run).await;
    of_two_racing_commits_one_wins(store, run).await;
}

fn document(id: &str, kind: &'static str, body: &str) -> NewDocument {
    NewDocument { id: id.into(), kind, position: None, due: None, body: body.into() }
}

fn create(id: &str) -> Write {
    Write::Create(document(id, "thing", r#"{"n":0}"#))
}

async fn get(store: &dyn Documents, partition: &str, id: &str) -> Document {
    store.get(partition, id).await.unwrap().expect("the document is there")
}

fn assert_conflict(result: Result<(), DocumentsError>, on: &str) {
    match result {
        Err(DocumentsError::Conflict { id }) => assert_eq!(id, on),
        other => panic!("wanted a conflict on `{on}`, got {other:?}"),
    }
}

fn range(kind: &'static str, order: Order, limit: usize, after: Option<String>) -> Range {
    Range { kind, after, order, limit }
}

async fn missing_is_none(store: &dyn Documents, run: &str) {
    assert!(store.get(&format!("{run}-missing"), "a").await.unwrap().is_none());
}

async fn what_was_written_is_read(store: &dyn Documents, run: &str) {
    let partition = format!("{run}-read");
    let due = Timestamp::from_millisecond(1_767_225_600_123).unwrap();
    let body = r#"{"text":"a \"fox\" 🦊\u0000","n":[1,2.5,null]}"#;
    let new = NewDocument {
        id: "a:1".into(),
        kind: "thing",
        position: None,
        due: Some(due),
        body: body.into(),
    };
    store.commit(&partition, vec![Write::Create(new)]).await.unwrap();
    let got = get(store, &partition, "a:1").await;
    assert_eq!((got.id.as_str(), got.kind.as_str(), got.due), ("a:1", "thing", Some(due)));
    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(value(&got.body), value(body));
}

async fn create_twice_conflicts(store: &dyn Documents, run: &str) {
    let partition = format!("{run}-create");
    store.commit(&partition, vec![create("a")]).await.unwrap();
    assert_conflict(store.commit(&partition, vec![create("a")]).await, "a");
}

async fn a_stale_etag_conflicts(store: &dyn Documents, run: &str) {
    let partition = format!("{run}-etag");
    store.commit(&partition, vec![create("a")]).await.unwrap();
    let first = get(store, &partition, "a").await.etag;
    let replace = |etag: &super::Etag, n: u8| Write::Replace {
        etag: etag.clone(),
        document: document("a", "thing", &format!(r#"{{"n":{n}}}"#)),
    };
    store.commit(&partition, vec![replace(&first, 1)]).await.unwrap();
    let second = get(store, &partition, "a").await;
    assert_ne!(second.etag, first);
    assert_conflict(store.commit(&partition, vec![replace(&first, 2)]).await, "a");
    assert_eq!(get(store, &partition, "a").await, second);
}

async fn replacing_or_deleting_what_is_not_there_conflicts(store: &dyn Documents, run: &str) {
    let partition = format!("{run}-absent");
    store.commit(&partition, vec![create("other")]).await.unwrap();
    let etag = get(store, &partition, "other").await.etag;
    let replace = Write::Replace { etag, document: document("a", "thing", "{}") };
    assert_conflict(store.commit(&partition, vec![replace]).await, "a");
    assert_conflict(store.commit(&partition, vec![Write::Delete { id: "a".into() }]).await, "a");
}

async fn a_deleted_document_is_gone_and_can_be_made_again(store: &dyn Documents, run: &str) {
    let partition = format!("{run}-delete");
    store.commit(&partition, vec![create("a")]).await.unwrap();
    let first = get(store, &partition, "a").await.etag;
    store.commit(&partition, vec![Write::Delete { id: "a".into() }]).await.unwrap();
    assert!(store.get(&partition, "a").await.unwrap().is_none());
    store.commit(&partition, vec![create("a")]).await.unwrap();
    // An ETag of the earlier life must not open the later one.
    let stale = Write::Replace { etag: first, document: document("a", "thing", "{}") };
    assert_conflict(store.commit(&partition, vec![stale]).await, "a");
}

async fn a_commit_is_all_or_nothing(store: &dyn Documents, run: &str) {
    let partition = format!("{run}-atomic");
    store.commit(&partition, vec![create("b")]).await.unwrap();
    let before = get(store, &partition, "b").await;
    let etag = before.etag.clone();
    let replace = Write::Replace { etag, document: document("b", "thing", r#"{"n":9}"#) };
    let clash = vec![create("a"), replace, create("c"), Write::Delete { id: "missing".into() }];
    assert_conflict(store.commit(&partition, clash).await, "missing");
    assert!(store.get(&partition, "a").await.unwrap().is_none(), "half a commit was kept");
    assert!(store.get(&partition, "c").await.unwrap().is_none(), "half a commit was kept");
    assert_eq!(get(store, &partition, "b").await, before);
}

async fn partitions_are_separate(store: &dyn Documents, run: &str) {
    let (one, two) = (format!("{run}-one"), format!("{run}-two"));
    store.commit(&one, vec![create("a")]).await.unwrap();
    store.commit(&two, vec![create("a")]).await.unwrap();
    store.commit(&one, vec![Write::Delete { id: "a".into() }]).await.unwrap();
    assert!(store.get(&two, "a").await.unwrap().is_some());
}

async fn a_commit_takes_a_hundred_writes_and_no_more(store: &dyn Documents, run: &str) {
    let partition = format!("{run}-hundred");
    let many = |n: usize| (0..n).map(|i| create(&format!("d{i:03}"))).collect::<Vec<_>>();
    for wrong in [0, MAX_WRITES + 1] {
        let refused = store.commit(&partition, many(wrong)).await;
        assert!(matches!(refused, Err(DocumentsError::Refused(_))), "{wrong}: {refused:?}");
    }
    store.commit(&partition, many(MAX_WRITES)).await.unwrap();
    let last = format!("d{:03}", MAX_WRITES - 1);
    assert!(store.get(&partition, &last).await.unwrap().is_some());
}

async fn lists_come_in_order_and_in_pages(store: &dyn Documents, run: &str) {
    let partition = format!("{run}-list");
    let ids = ["a1", "a2", "b1", "b2", "c1"];
    for id in ["b1", "a2", "c1", "a1", "b2"] {
        store.commit(&partition, vec![create(id)]).await.unwrap();
    }
    for order in [Order::Ascending, Order::Descending] {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = store.list(&partition, &range("thing", order, 2, after)).await.unwrap();
            assert!(page.documents.len() <= 2);
            seen.extend(page.documents.iter().map(|d| d.id.clone()));
            if !page.more {
                break;
            }
            after = seen.last().cloned();
        }
        if order == Order::Descending {
            seen.reverse();
        }
        assert_eq!(seen, ids);
    }
}

async fn lists_show_a_document_at_its_position(store: &dyn Documents, run: &str) {
    let partition = format!("{run}-position");
    for (id, position) in [("z", Some("1")), ("a", Some("3")), ("2", None), ("m", Some("4"))] {
        let position = position.map(str::to_owned);
        let new = NewDocument { position, ..document(id, "placed", "{}") };
        store.commit(&partition, vec![Write::Create(new)]).await.unwrap();
    }
    // It stays there, whatever becomes of the rest.
    let moved = get(store, &partition, "z").await;
    let later = NewDocument {
        position: Some("1".into()),
        due: Some(Timestamp::UNIX_EPOCH),
        ..document("z", "placed", r#"{"n":1}"#)
    };
    let replace = Write::Replace { etag: moved.etag, document: later };
    store.commit(&partition, vec![replace]).await.unwrap();
    for (order, first, rest) in [
        (Order::Ascending, "z", vec!["2", "a", "m"]),
        (Order::Descending, "m", vec!["a", "2", "z"]),
    ] {
        let page = store.list(&partition, &range("placed", order, 1, None)).await.unwrap();
        assert_eq!((page.documents[0].id.as_str(), page.more), (first, true));
        let after = Some(page.documents[0].position.clone());
        let page = store.list(&partition, &range("placed", order, 9, after)).await.unwrap();
        let ids: Vec<_> = page.documents.iter().map(|d| d.id.as_str()).collect();
        assert_eq!((ids, page.more), (rest, false));
    }
}

async fn kinds_do_not_mix_in_lists(store: &dyn Documents, run: &str) {
    let partition = format!("{run}-kinds");
    let other = Write::Create(document("a2", "other", "{}"));
    store.commit(&partition, vec![create("a1"), other, create("a3")]).await.unwrap();
    let page = store.list(&partition, &range("thing", Order::Ascending, 10, None)).await.unwrap();
    let ids: Vec<_> = page.documents.iter().map(|d| d.id.as_str()).collect();
    assert_eq!((ids, page.more), (vec!["a1", "a3"], false));
}

/// Of `kind` `thing`, all pages.
async fn search(
    store: &dyn Documents,
    partition: &str,
    conditions: &[Condition],
    (from, before): (Option<&str>, Option<&str>),
    limit: usize,
) -> (Vec<String>, usize) {
    let mut search = Search {
        kind: "thing",
        from: from.map(str::to_owned),
        before: before.map(str::to_owned),
        conditions: conditions.to_vec(),
        limit,
    };
    let (mut seen, mut pages) = (Vec::new(), 0);
    loop {
        let found = store.search(partition, &search).await.unwrap();
        assert!(found.documents.len() <= limit);
        seen.extend(found.documents.into_iter().map(|d| d.id));
        pages += 1;
        if found.next.is_none() {
            return (seen, pages);
        }
        assert_ne!(found.next, search.before, "a page has to come further");
        search.before = found.next;
    }
}

async fn a_search_finds_what_meets_all_conditions_within_its_window(
    store: &dyn Documents,
    run: &str,
) {
    let partition = format!("{run}-search");
    for (id, kind, body) in [
        ("a", "thing", r#"{"text":"A Red FOX","deep":{"tag":"x"},"on":true}"#),
        ("b", "thing", r#"{"text":"a blue fox","deep":{"tag":"y"}}"#),
        ("c", "other", r#"{"text":"a red fox","deep":{"tag":"x"},"on":true}"#),
        ("d", "thing", r#"{"text":"ein roter Fuchs, Élan 🦊","deep":{"tag":"x"},"on":false}"#),
        ("e", "thing", r#"{"deep":{"tag":"z"},"text":"no \"red\" animal"}"#),
    ] {
        store.commit(&partition, vec![Write::Create(document(id, kind, body))]).await.unwrap();
    }
    let has = |part: &str| Condition { path: "text", test: Test::Contains(part.into()) };
    let tag = |tags: &[&str]| Condition {
        path: "deep.tag",
        test: Test::OneOf(tags.iter().map(|&t| t.to_owned()).collect()),
    };
    let on = Condition { path: "on", test: Test::IsTrue };
    let all = (None, None);
    for (conditions, window, wanted) in [
        (vec![], all, "edba"),
        (vec![has("fox")], all, "ba"),
        (vec![has("fox"), has("red")], all, "a"),
        (vec![has("élan")], all, "d"),
        (vec![has("\"RED\"")], all, "e"),
        (vec![has("100%")], all, ""),
        (vec![has("r_d")], all, ""),
        (vec![tag(&["x"])], all, "da"),
        (vec![tag(&["y", "z"])], all, "eb"),
        (vec![tag(&[])], all, ""),
        (vec![tag(&["X"])], all, ""),
        (vec![on.clone()], all, "a"),
        (vec![on, tag(&["z"])], all, ""),
        (vec![], (Some("b"), None), "edb"),
        (vec![], (None, Some("d")), "ba"),
        (vec![], (Some("b"), Some("d")), "b"),
        (vec![tag(&["x"])], (Some("b"), None), "d"),
        (vec![], (Some("f"), None), ""),
    ] {
        for limit in [1, 2, 100] {
            let (seen, _) = search(store, &partition, &conditions, window, limit).await;
            assert_eq!(seen.concat(), wanted, "{conditions:?} {window:?} {limit}");
        }
    }
    // Without conditions the end is known, also of a full page.
    assert_eq!(search(store, &partition, &[], all, 4).await.1, 1);
    assert_eq!(search(store, &partition, &[], all, 2).await.1, 2);
}

async fn a_search_is_bounded_in_work_and_goes_on_where_it_stopped(
    store: &dyn Documents,
    run: &str,
) {
    let partition = format!("{run}-bounded");
    let rare = Condition { path: "text", test: Test::Contains("rare".into()) };
    let ids: Vec<_> = (0..=MAX_LOOKED_AT).map(|n| format!("d{n:05}")).collect();
    for some in ids.chunks(MAX_WRITES) {
        let one = |id: &String| {
            let rare = *id == ids[0];
            Write::Create(document(id, "thing", if rare { r#"{"text":"rare"}"# } else { "{}" }))
        };
        store.commit(&partition, some.iter().map(one).collect()).await.unwrap();
    }
    let (seen, pages) = search(store, &partition, &[rare], (None, None), 10).await;
    assert_eq!((seen, pages), (vec![ids[0].clone()], 2));
}

/// Kinds of other tests and other runs must not show here, and a kind is `'static`: so partitions are filtered.
async fn all_due(store: &dyn Documents, kind: &str, before: Timestamp, own: &str) -> Vec<String> {
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let page = store.due(kind, before, cursor.as_deref()).await.unwrap();
        assert!(page.documents.len() <= 100);
        let mine = page.documents.iter().filter(|(p, _)| p.starts_with(own));
        seen.extend(mine.map(|(p, d)| format!("{p}/{}", d.id)));
        cursor = page.cursor;
        if cursor.is_none() {
            return seen;
        }
    }
}

async fn due_is_earliest_first_across_partitions_and_in_pages(store: &dyn Documents, run: &str) {
    let start = Timestamp::from_millisecond(1_767_225_600_000).unwrap();
    let own = format!("{run}-due");
    let mut wanted = Vec::new();
    for n in 0..250_i64 {
        // Two by two at the same moment, in another order than the partitions' names.
        let due = start.checked_add((n / 2).minutes()).unwrap();
        let (partition, id) = (format!("{own}-{:03}", (n * 7) % 250), format!("d{n}"));
        let document = NewDocument {
            id: id.clone(),
            kind: "dueish",
            position: None,
            due: Some(due),
            body: "{}".into(),
        };
        store.commit(&partition, vec![Write::Create(document)]).await.unwrap();
        wanted.push((due, format!("{partition}/{id}")));
    }
    let before = start.checked_add(119.minutes()).unwrap();
    let seen = all_due(store, "dueish", before, &own).await;
    let due_of = |name: &String| wanted.iter().find(|(_, w)| w == name).expect("known").0;
    assert!(seen.windows(2).all(|w| due_of(&w[0]) <= due_of(&w[1])), "not earliest first");
    let mut sorted = seen;
    sorted.sort();
    let mut expected: Vec<_> =
        wanted.iter().filter(|(due, _)| *due <= before).map(|(_, name)| name.clone()).collect();
    expected.sort();
    assert_eq!(sorted, expected);
}

async fn a_document_leaves_due_when_its_time_moves(store: &dyn Documents, run: &str) {
    let own = format!("{run}-moved");
    let soon = Timestamp::from_millisecond(1_767_225_600_000).unwrap();
    let later = soon.checked_add(1.hour()).unwrap();
    let at =
        |due| NewDocument { id: "a".into(), kind: "moved", position: None, due, body: "{}".into() };
    store.commit(&own, vec![Write::Create(at(Some(soon)))]).await.unwrap();
    assert_eq!(all_due(store, "moved", soon, &own).await.len(), 1);
    for due in [Some(later), None] {
        let etag = get(store, &own, "a").await.etag;
        store.commit(&own, vec![Write::Replace { etag, document: at(due) }]).await.unwrap();
        assert!(all_due(store, "moved", soon, &own).await.is_empty());
    }
}

async fn of_two_racing_commits_one_wins(store: &dyn Documents, run: &str) {
    let partition = format!("{run}-race");
    store.commit(&partition, vec![create("a")]).await.unwrap();
    let etag = get(store, &partition, "a").await.etag;
    let replace = |n: u8| {
        let document = document("a", "thing", &format!(r#"{{"n":{n}}}"#));
        store.commit(&partition, vec![Write::Replace { etag: etag.clone(), document }])
    };
    let all = futures_util::future::join_all((0..16).map(replace)).await;
    assert_eq!(all.iter().filter(|r| r.is_ok()).count(), 1, "{all:?}");
}
