//! Links to the blobs of one container.

use imagegen_core::ports::blobs::UploadUrl;

use super::{Access, BlobSas, Link, Protocol, Window};

#[derive(Debug)]
pub(crate) struct Links {
    container: String,
    /// Of the container, without a slash at the end.
    url: String,
    protocol: Protocol,
}

impl Links {
    /// `base_url` is what the container's name follows.
    pub(crate) fn new(base_url: &str, container: &str, protocol: Protocol) -> Self {
        let url = format!("{}/{container}", base_url.trim_end_matches('/'));
        Self { container: container.to_owned(), url, protocol }
    }

    /// Reads `key` and may be kept for as long as it is the same link.
    pub(crate) fn read(&self, sas: &BlobSas, key: &str, window: Window) -> String {
        self.link(sas, key, Access::Read, window, Some(Window::CACHE_CONTROL))
    }

    /// Makes `key`, once. How long it may be is not in the link: a SAS has no field for it.
    pub(crate) fn upload(
        &self,
        sas: &BlobSas,
        key: &str,
        content_type: &str,
        window: Window,
    ) -> UploadUrl {
        let headers =
            vec![("x-ms-blob-type", "BlockBlob".into()), ("content-type", content_type.to_owned())];
        let url = self.link(sas, key, Access::Create, window, None);
        UploadUrl { url, headers, expires_at: window.expiry() }
    }

    /// A key needs no encoding in a URL: the rule for keys leaves nothing to encode.
    fn link(
        &self,
        sas: &BlobSas,
        key: &str,
        access: Access,
        window: Window,
        cache_control: Option<&str>,
    ) -> String {
        let query = sas.query(&Link {
            container: &self.container,
            blob: key,
            access,
            window,
            protocol: self.protocol,
            cache_control,
            content_disposition: None,
        });
        format!("{}/{key}?{query}", self.url)
    }
}
