use super::*;
use crate::cloud::tests::{body, call, ground};

fn bfl(name: &str, speed: u32) -> Bfl {
    let faults = Arc::new(Faults::default());
    let orders = json!({ "bfl": { "speed": speed, "canvas": 64 } }).to_string();
    faults.handle(&call(Method::POST, "/", orders));
    Bfl::new(&ground(name), faults)
}

async fn ask(bfl: &Bfl, method: Method, target: &str, order: Value) -> Answer {
    let order = if order.is_null() { String::new() } else { order.to_string() };
    let mut call = call(method, target, order);
    call.headers.insert("x-key", bfl.key.parse().expect("a header value"));
    bfl.handle(&call).await
}

/// The task as it is told of once it has ended.
async fn ended(bfl: &Bfl, prompt: &str) -> Value {
    let order = json!({ "prompt": prompt, "width": 1344, "height": 768, "seed": 7 });
    let taken = ask(bfl, Method::POST, "/v1/flux-pro-1.1", order).await;
    assert_eq!(taken.status(), StatusCode::OK, "{taken:?}");
    let address = body(&taken)["polling_url"].as_str().expect("an address").to_owned();
    let target = address.strip_prefix(&bfl.shared.base).expect("it is ours").to_owned();
    loop {
        let told = body(&ask(bfl, Method::GET, &target, Value::Null).await);
        if told["status"] != "Pending" {
            return told;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_task_becomes_a_picture_for_ten_minutes() {
    let bfl = bfl("bfl", 1000);
    let ready = ended(&bfl, "a fox").await;
    assert_eq!(ready["status"], "Ready", "{ready}");
    let sample = ready["result"]["sample"].as_str().expect("an address").to_owned();
    let target = sample.strip_prefix(&bfl.shared.base).expect("it is ours");
    let picture = bfl.handle(&call(Method::GET, target, "")).await;
    assert_eq!(image::load_from_memory(picture.body()).expect("a picture").width(), 64);

    let mut old = bfl.shared.store.get(ready["id"].as_str().expect("an id")).expect("it is kept");
    old.id = "old".into();
    old.ends_at -= KEPT;
    bfl.shared.store.insert(&old);
    let gone = bfl.handle(&call(Method::GET, "/samples/old", "")).await;
    assert_eq!(gone.status(), StatusCode::NOT_FOUND);
    assert_eq!(bfl.shared.studio.statistics()["predictions_created"], 1);
}

#[tokio::test]
async fn the_script_in_a_prompt_is_followed() {
    let bfl = bfl("bfl-script", 1000);
    assert_eq!(ended(&bfl, "nsfw: a beach").await["status"], "Content Moderated");
    assert_eq!(ended(&bfl, "fail: a fox").await["status"], "Error");
}

#[tokio::test]
async fn what_is_not_as_documented_is_refused() {
    let bfl = bfl("bfl-refused", 1);
    let strange = call(Method::POST, "/v1/flux-2-pro", r#"{"prompt":"a fox"}"#);
    assert_eq!(bfl.handle(&strange).await.status(), StatusCode::FORBIDDEN);
    for (order, field) in [
        (json!({}), "prompt"),
        (json!({ "prompt": "x", "width": 1000 }), "width"),
        (json!({ "prompt": "x", "aspect_ratio": "0:1" }), "aspect_ratio"),
        (json!({ "prompt": "x", "webhook_url": "https://example.com/" }), "webhook_url"),
    ] {
        let refused = ask(&bfl, Method::POST, "/v1/flux-2-pro", order).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        assert_eq!(body(&refused)["detail"][0]["loc"][1], field);
    }
    let none = ask(&bfl, Method::GET, "/v1/get_result?id=x", Value::Null).await;
    assert_eq!(body(&none)["status"], "Task not found");
    for _ in 0..AT_ONCE {
        let order = json!({ "prompt": "slow: x" });
        let taken = ask(&bfl, Method::POST, "/v1/flux-2-pro", order).await;
        assert_eq!(taken.status(), StatusCode::OK);
    }
    let order = json!({ "prompt": "slow: x" });
    let busy = ask(&bfl, Method::POST, "/v1/flux-2-pro", order).await;
    assert_eq!(busy.status(), StatusCode::TOO_MANY_REQUESTS);
}

#[test]
fn every_shape_is_about_a_megapixel_in_steps_of_32() {
    for (width, height) in [(1, 1), (16, 9), (21, 9), (9, 21), (4, 5)] {
        let (wide, high) = megapixel(width, height);
        assert!(wide % 32 == 0 && high % 32 == 0, "{wide}x{high}");
        assert!((700_000..1_200_000).contains(&(wide * high)), "{width}:{height}: {wide}x{high}");
    }
}
