//! What the providers' tests ask for.

use std::time::Duration;

use imagegen_core::catalog::{Catalog, OutputFormat};
use imagegen_core::ids::UserId;
use imagegen_core::ports::image_provider::{InputImage, ProviderRequest, Sought};
use imagegen_core::ticket::{Ticket, TicketKey, Ticketed};
use jiff::Timestamp;

pub(crate) struct Wanted {
    pub(crate) catalog: Catalog,
    pub(crate) ticket: Ticket,
    pub(crate) inputs: Vec<InputImage>,
    pub(crate) callback: Option<String>,
}

impl Wanted {
    pub(crate) fn new() -> Self {
        let named = Ticketed {
            user: UserId::of("i", "s"),
            generation: "gen_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().expect("an id"),
            index: 0,
        };
        Self {
            catalog: Catalog::built_in(),
            ticket: TicketKey::new("k").issue(&named),
            inputs: Vec::new(),
            callback: None,
        }
    }

    pub(crate) fn of(&self, model: &str) -> ProviderRequest<'_> {
        ProviderRequest {
            model: self.catalog.model(model).expect("a model"),
            prompt: "a red fox",
            aspect_ratio: "16:9".parse().expect("a ratio"),
            seed: 7,
            output_format: OutputFormat::Webp,
            inputs: &self.inputs,
            strength_percent: None,
            ticket: &self.ticket,
            callback: self.callback.clone(),
            cancel_after: Duration::from_mins(10),
        }
    }

    pub(crate) fn lost(&self, model: &str) -> Sought<'_> {
        Sought::ByTicket {
            ticket: &self.ticket,
            model: self.catalog.model(model).expect("a model"),
            prompt: "a red fox",
            aspect_ratio: "16:9".parse().expect("a ratio"),
            seed: 7,
            created_after: Timestamp::UNIX_EPOCH,
        }
    }

    pub(crate) fn with_input(mut self, url: Option<&str>) -> Self {
        self.inputs.push(InputImage {
            content_type: "image/png",
            bytes: b"png".to_vec(),
            url: url.map(str::to_owned),
        });
        self
    }
}
