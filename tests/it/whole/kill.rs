//! The handler is killed with SIGKILL in the middle of its work.

use serde_json::{Value, json};

use super::local::Local;
use crate::folder::Folder;

#[tokio::test]
async fn kill_9_in_the_middle_of_50_jobs_loses_none_and_pays_none_twice() {
    let folder = Folder::new();
    let local = Local::start(&folder);
    local.hurry().await;
    let mut users = Vec::new();
    for n in 0..5 {
        users.push(local.sign_in(&format!("user-{n}")).await);
    }
    for n in 0..10 {
        for user in &users {
            let (status, job) = local.order_picture(user, "a fox", &format!("key-{n}")).await;
            assert_eq!(status, 202, "{job}");
        }
    }
    // Each time that so many jobs have ended.
    for kill_at in [0, 6, 14, 22, 30, 38, 46] {
        until_ended(&local, &users, kill_at).await;
        local.kill_handler().await;
    }
    let jobs = until_ended(&local, &users, 50).await;
    for job in jobs {
        assert_eq!(job["status"], "succeeded", "{job}");
    }
    let restarts = local.status().await["handler"]["restarts"].as_u64();
    assert!(restarts.is_some_and(|n| (5..=7).contains(&n)), "{restarts:?}");
    local.assert_queues_run_dry().await;
    assert_eq!(local.predictions_created().await, 50);
    local.assert_no_drift();
    for user in &users {
        let (_, me) = local.get(user, "/api/v1/me").await;
        let credits = &me["credits"];
        assert_eq!((&credits["available"], &credits["held"]), (&json!(0), &json!(0)), "{me}");
    }
}

/// All jobs of `users`, as soon as `number` of them have ended.
async fn until_ended(local: &Local, users: &[String], number: usize) -> Vec<Value> {
    local
        .until("jobs do not end", async || {
            let mut jobs = Vec::new();
            for user in users {
                let (_, list) = local.get(user, "/api/v1/generations?limit=100").await;
                // While the handler is down there is no list.
                jobs.extend(list["items"].as_array().cloned().unwrap_or_default());
            }
            let ended = jobs.iter().filter(|job| job["finished_at"].is_string()).count();
            if ended >= number && jobs.len() == users.len() * 10 {
                Ok(jobs)
            } else {
                let states = jobs.iter().map(|job| job["status"].clone()).collect();
                Err(Value::Array(states))
            }
        })
        .await
}
