//! What the calls and the predictions at work have in common.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use http::StatusCode;
use jiff::Timestamp;
use tokio::sync::{Semaphore, watch};

use super::prediction::{Event, Prediction, Status};
use super::store::Store;
use super::{not_found, webhooks};
use crate::cloud::faults::Faults;
use crate::cloud::{Answer, with_body};

pub(super) struct Shared {
    pub(super) base: String,
    pub(super) webhook_secret: String,
    pub(super) files: PathBuf,
    pub(super) store: Store,
    pub(super) faults: Arc<Faults>,
    pub(super) client: reqwest::Client,
    pub(super) painting: Semaphore,
    /// The status of each prediction at work, for those who wait for its change.
    pub(super) running: Mutex<HashMap<String, watch::Sender<Status>>>,
}

impl Shared {
    /// Changes a prediction that is at work, and wakes who waits for it.
    pub(super) fn change(
        &self,
        id: &str,
        change: impl FnOnce(&mut Prediction),
    ) -> Option<Prediction> {
        let changed = self.store.change(id, false, change)?;
        self.wake(&changed);
        Some(changed)
    }

    /// Ends a prediction and tells about it; nothing when it has ended already.
    pub(super) fn end(self: &Arc<Self>, id: &str, change: impl FnOnce(&mut Prediction)) {
        let ended = self.store.change(id, true, |it| {
            change(it);
            it.completed_at = Some(Timestamp::now());
            if it.status != Status::Succeeded {
                it.files.clear();
            }
        });
        if let Some(ended) = ended {
            self.wake(&ended);
            webhooks::tell(self, &ended, Event::Completed);
        }
    }

    fn wake(&self, prediction: &Prediction) {
        if let Some(sender) = self.running.lock().expect("no holder panics").get(&prediction.id) {
            sender.send_replace(prediction.status);
        }
    }

    pub(super) fn watch(&self, id: &str) -> watch::Receiver<Status> {
        let mut running = self.running.lock().expect("no holder panics");
        running
            .entry(id.to_owned())
            .or_insert_with(|| watch::Sender::new(Status::Starting))
            .subscribe()
    }

    pub(super) fn forget(&self, id: &str) {
        self.running.lock().expect("no holder panics").remove(id);
    }

    pub(super) fn folder(&self, id: &str) -> PathBuf {
        self.files.join(id)
    }

    /// An output file, for the hour that it is kept; anybody who has its address may read it, as in life.
    pub(super) async fn file(&self, id: &str, name: &str) -> Answer {
        // Only names that we gave are joined to a path.
        let kept = self.store.get(id).filter(|it| !it.is_removed(Timestamp::now()));
        if !kept.is_some_and(|it| it.files.iter().any(|file| file == name)) {
            return not_found();
        }
        let content_type = match name.rsplit_once('.') {
            Some((_, "png")) => "image/png",
            Some((_, "jpg")) => "image/jpeg",
            _ => "image/webp",
        };
        match tokio::fs::read(self.folder(id).join(name)).await {
            Ok(content) => with_body(StatusCode::OK, content_type, content),
            Err(_) => not_found(),
        }
    }

    /// Removes the files whose hour is over.
    pub(super) async fn clear_files(&self) {
        for id in self.store.expired_files(Timestamp::now()) {
            // A folder that is gone already is as good.
            let _ = tokio::fs::remove_dir_all(self.folder(&id)).await;
        }
    }
}
