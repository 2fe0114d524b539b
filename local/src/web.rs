//! The built web page, served as a host of static files does: Azure Static Web Apps reads the same file of headers.

use std::io::Write as _;
use std::path::{Component, Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, HeaderName, HeaderValue,
    LOCATION, VARY,
};
use http::{HeaderMap, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::cloud::{Answer, empty};

/// What the page is sent with. It lies in the built folder, as Azure wants it.
const CONFIGURATION: &str = "staticwebapp.config.json";

/// A folder of files with the headers that they are sent with.
#[derive(Debug)]
pub(crate) struct Site {
    folder: PathBuf,
    headers: HeaderMap,
}

/// The page of `chosen`, or of the checkout that this program was built in; `None` when nobody built one there.
///
/// # Errors
/// A sentence when `chosen` is no built page, or when its headers cannot be read.
pub(crate) fn open(chosen: Option<&Path>) -> Result<Option<Site>, String> {
    let folder = match chosen {
        Some(folder) if !folder.join("index.html").is_file() => {
            return Err(format!(
                "{} is no built web page: run `npm run build` in frontend/, or leave --web out",
                folder.display()
            ));
        }
        Some(folder) => folder.to_owned(),
        None => match beside_this_program() {
            Some(folder) => folder,
            None => return Ok(None),
        },
    };
    let headers = headers(&folder.join(CONFIGURATION))?;
    Ok(Some(Site { folder, headers }))
}

/// `frontend/out` of the checkout that `target/<profile>/imagegen-local` is in.
fn beside_this_program() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    let target = program.ancestors().find(|folder| folder.ends_with("target"))?;
    let folder = target.parent()?.join("frontend/out");
    folder.join("index.html").is_file().then_some(folder)
}

fn headers(file: &Path) -> Result<HeaderMap, String> {
    let unusable = |why: String| format!("cannot use {}: {why}", file.display());
    let text = std::fs::read_to_string(file).map_err(|e| unusable(e.to_string()))?;
    let read: Value = serde_json::from_str(&text).map_err(|e| unusable(e.to_string()))?;
    let mut headers = HeaderMap::new();
    for (name, value) in read["globalHeaders"].as_object().into_iter().flatten() {
        let value = value.as_str().and_then(|value| HeaderValue::from_str(value).ok());
        let name = HeaderName::from_bytes(name.as_bytes()).ok();
        let (Some(name), Some(value)) = (name, value) else {
            return Err(unusable("globalHeaders must be names with texts".to_owned()));
        };
        headers.insert(name, value);
    }
    Ok(headers)
}

impl Site {
    /// Answers a `GET` of `path`, as it came. What is not there gets the page that says so.
    pub(crate) async fn answer(&self, path: &str, query: &str, asked: &HeaderMap) -> Answer {
        let mut answer = match self.find(path) {
            Found::File(file) => match tokio::fs::read(&file).await {
                Ok(bytes) => sent(StatusCode::OK, &file, bytes),
                Err(_) => self.missing().await,
            },
            Found::Folder => moved(path, query),
            Found::Nothing => self.missing().await,
        };
        if takes_gzip(asked) {
            answer = packed(answer);
        }
        let forever = path.starts_with("/_next/static/") && answer.status() == StatusCode::OK;
        let kept = if forever { "public, max-age=31536000, immutable" } else { "no-cache" };
        let headers = answer.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(kept));
        headers.extend(self.headers.clone());
        answer
    }

    fn find(&self, path: &str) -> Found {
        let Ok(decoded) = percent_decode_str(path).decode_utf8() else { return Found::Nothing };
        let relative = Path::new(decoded.trim_start_matches('/'));
        // Nothing outside of the folder, however it is spelt.
        let inside = relative.components().all(|part| matches!(part, Component::Normal(_)));
        if !inside || decoded.contains('\0') || relative == Path::new(CONFIGURATION) {
            return Found::Nothing;
        }
        let file = self.folder.join(relative);
        if file.join("index.html").is_file() {
            let whole = decoded.ends_with('/');
            return if whole { Found::File(file.join("index.html")) } else { Found::Folder };
        }
        if file.is_file() { Found::File(file) } else { Found::Nothing }
    }

    async fn missing(&self) -> Answer {
        let file = self.folder.join("404.html");
        match tokio::fs::read(&file).await {
            Ok(bytes) => sent(StatusCode::NOT_FOUND, &file, bytes),
            Err(_) => empty(StatusCode::NOT_FOUND),
        }
    }
}

enum Found {
    File(PathBuf),
    /// A page that was asked for without its last slash.
    Folder,
    Nothing,
}

fn moved(path: &str, query: &str) -> Answer {
    // Two slashes at the beginning would name another host.
    let path = path.trim_start_matches('/');
    let target = if query.is_empty() { format!("/{path}/") } else { format!("/{path}/?{query}") };
    let mut answer = empty(StatusCode::PERMANENT_REDIRECT);
    if let Ok(target) = HeaderValue::from_str(&target) {
        answer.headers_mut().insert(LOCATION, target);
    }
    answer
}

fn sent(status: StatusCode, file: &Path, bytes: Vec<u8>) -> Answer {
    let mut answer = Answer::new(bytes.into());
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type(file)));
    answer
}

/// `br` would be smaller still; every browser takes both.
fn takes_gzip(asked: &HeaderMap) -> bool {
    let codings = asked.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    codings.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        name.trim().eq_ignore_ascii_case("gzip") && !matches!(weight.trim(), "q=0" | "q=0.0")
    })
}

/// What is text, in fewer bytes: measured on this machine, the page is what it is in Azure.
fn packed(answer: Answer) -> Answer {
    const LEAST: usize = 1024;
    let kind = answer.headers().get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let kind = kind.unwrap_or_default();
    let text = kind.starts_with("text/") || kind.contains("json") || kind.contains("svg");
    if !text || answer.body().len() < LEAST {
        return answer;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let Ok(bytes) = encoder.write_all(answer.body()).and_then(|()| encoder.finish()) else {
        return answer;
    };
    let mut answer = answer.map(|_| bytes.into());
    answer.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    answer.headers_mut().insert(VARY, HeaderValue::from_static("accept-encoding"));
    answer
}

fn content_type(file: &Path) -> &'static str {
    match file.extension().and_then(|it| it.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "jpg" => "image/jpeg",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;
    use crate::host::testing::{Folder, folder};

    fn site() -> (Folder, Site) {
        let folder = folder();
        let write = |name: &str, text: &str| {
            let file = folder.path().join(name);
            std::fs::create_dir_all(file.parent().expect("it has one")).expect("writable");
            std::fs::write(file, text).expect("writable");
        };
        write("index.html", "home");
        write("404.html", "not here");
        write("library/index.html", "library");
        write("_next/static/a.js", "1");
        write(
            CONFIGURATION,
            r#"{"globalHeaders": {"Content-Security-Policy": "script-src 'self'"}}"#,
        );
        let site = open(Some(folder.path())).expect("it is a page").expect("it is there");
        (folder, site)
    }

    #[tokio::test]
    async fn pages_come_with_the_headers_of_the_folder() {
        let (_folder, site) = site();
        for (path, status, body) in [
            ("/", StatusCode::OK, "home"),
            ("/library/", StatusCode::OK, "library"),
            ("/nothing", StatusCode::NOT_FOUND, "not here"),
        ] {
            let answer = site.answer(path, "", &HeaderMap::new()).await;
            assert_eq!((answer.status(), answer.body().as_ref()), (status, body.as_bytes()));
            assert_eq!(answer.headers()["content-security-policy"], "script-src 'self'");
            assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
        }
    }

    #[tokio::test]
    async fn a_page_without_its_slash_is_moved_within_this_host() {
        let (_folder, site) = site();
        let answer = site.answer("//library", "q=fox", &HeaderMap::new()).await;
        assert_eq!(answer.status(), StatusCode::PERMANENT_REDIRECT);
        assert_eq!(answer.headers()["location"], "/library/?q=fox");
    }

    #[tokio::test]
    async fn text_comes_packed_to_whoever_takes_that() {
        let (folder, site) = site();
        let script = "let it = 'snow'; ".repeat(100);
        std::fs::write(folder.path().join("_next/static/a.js"), &script).expect("writable");
        for (accepted, packed) in [
            ("gzip, deflate, br", true),
            ("br, GZIP;q=0.5", true),
            ("gzip;q=0", false),
            ("", false),
        ] {
            let mut asked = HeaderMap::new();
            asked.insert(ACCEPT_ENCODING, HeaderValue::from_static(accepted));
            let answer = site.answer("/_next/static/a.js", "", &asked).await;
            assert_eq!(answer.headers().get("content-encoding").is_some(), packed, "{accepted}");
            let mut read = String::new();
            let body = answer.body().as_ref();
            let read = if packed {
                assert!(body.len() * 10 < script.len());
                flate2::read::GzDecoder::new(body).read_to_string(&mut read).expect("gzip");
                read
            } else {
                String::from_utf8_lossy(body).into_owned()
            };
            assert_eq!(read, script);
        }
        let mut asked = HeaderMap::new();
        asked.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        let short = site.answer("/", "", &asked).await;
        assert_eq!(short.body().as_ref(), b"home", "not worth it");
    }

    #[tokio::test]
    async fn what_is_named_by_its_content_is_kept_for_ever() {
        let (_folder, site) = site();
        let kept = site.answer("/_next/static/a.js", "", &HeaderMap::new()).await;
        assert!(kept.headers()["cache-control"].to_str().is_ok_and(|it| it.contains("immutable")));
        assert_eq!(
            site.answer("/_next/static/b.js", "", &HeaderMap::new()).await.headers()["cache-control"],
            "no-cache"
        );
    }

    #[tokio::test]
    async fn nothing_outside_of_the_folder_is_served() {
        let (folder, site) = site();
        std::fs::write(folder.path().join("secret"), "s").expect("writable");
        let inner = Site { folder: site.folder.join("library"), headers: HeaderMap::new() };
        for path in ["/../secret", "/%2e%2e/secret", "/..%2fsecret", "/a\0", "/%00", "//etc/passwd"]
        {
            assert_eq!(
                inner.answer(path, "", &HeaderMap::new()).await.status(),
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }
        assert_eq!(
            site.answer("/staticwebapp.config.json", "", &HeaderMap::new()).await.status(),
            StatusCode::NOT_FOUND
        );
    }

    #[test]
    fn a_folder_without_a_page_is_refused_in_one_sentence() {
        let empty = folder();
        let refusal = open(Some(empty.path())).expect_err("there is no page");
        assert!(refusal.contains("npm run build"), "{refusal}");
    }
}
