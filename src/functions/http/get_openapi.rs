use http::{HeaderValue, StatusCode, header};

use crate::app::App;
use crate::functions::problem::Problem;
use crate::functions::request::{Request, Response, json};
use crate::functions::{all, openapi};

/// `GET /api/openapi.json`
pub async fn get_openapi(_app: App, _req: Request) -> Result<Response, Problem> {
    let mut response = json(StatusCode::OK, &openapi::document(&all()));
    let cache = HeaderValue::from_static("public, max-age=300");
    response.headers_mut().insert(header::CACHE_CONTROL, cache);
    Ok(response)
}
