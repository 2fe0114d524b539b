use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use http::{HeaderValue, StatusCode};
use imagegen_core::library::{self, OpenError, Shared};

use crate::app::App;
use crate::functions::problem::Problem;
use crate::functions::request::{Request, Response};

/// `GET /api/v1/shared/{token}/page`
///
/// What messengers and search engines read of a link before anybody follows it (<https://ogp.me>); they run no scripts,
/// and the web page is made of some. People are sent on to that at once, also by a link that is over: it tells them so.
pub async fn preview_share(app: App, req: Request) -> Result<Response, Problem> {
    let token: String = req.param("token", "share link")?;
    // Anything else is no token, and would be written into the page.
    let fits = token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let Some(page) = app.services.app_url.as_deref().filter(|_| fits) else {
        return Err(Problem::not_found("share link"));
    };
    let page = address(page, &token);
    match library::open(&app.services, &token).await {
        Ok(shared) => Ok(html(StatusCode::OK, &page, &about(&shared))),
        Err(OpenError::NotFound) => Ok(html(StatusCode::NOT_FOUND, &page, "")),
        Err(OpenError::Gone) => Ok(html(StatusCode::GONE, &page, "")),
        Err(error) => Err(error.into()),
    }
}

/// Where the web page shows what the link shows.
fn address(app_url: &str, token: &str) -> String {
    format!("{app_url}/shared/?t={token}")
}

fn about(shared: &Shared) -> String {
    let title = shared.prompt.as_deref().unwrap_or("A picture made by AI");
    let mut tags = vec![
        ("og:type", "website".to_owned()),
        ("og:title", title.to_owned()),
        ("og:description", format!("Made by AI with {}", shared.model)),
        ("twitter:card", "summary_large_image".to_owned()),
    ];
    if let Some(picture) = shared.pictures.first() {
        tags.extend([
            ("og:image", picture.url.clone()),
            ("og:image:type", picture.content_type.to_owned()),
            ("og:image:width", picture.width.to_string()),
            ("og:image:height", picture.height.to_string()),
            ("og:image:alt", title.to_owned()),
        ]);
    }
    let tag = |(name, value): &(_, String)| {
        format!("<meta property=\"{name}\" content=\"{}\">\n", escaped(value))
    };
    tags.iter().map(tag).collect()
}

fn html(status: StatusCode, page: &str, tags: &str) -> Response {
    let page = escaped(page);
    let body = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>A shared picture</title>\n\
         <meta name=\"robots\" content=\"noindex\">\n{tags}\
         <meta http-equiv=\"refresh\" content=\"0;url={page}\">\n<p><a href=\"{page}\">To the picture</a></p>\n</html>\n"
    );
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        // A link that is taken back shows nothing from then on.
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'"),
        (REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    response
}

/// For text and for attributes in double quotes (HTML, 13.1.2.3).
fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut text, letter| {
        match letter {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            other => text.push(other),
        }
        text
    })
}
