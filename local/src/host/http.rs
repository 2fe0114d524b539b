//! Which HTTP function a request is for, and whether it may be.

use std::sync::Arc;

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ALLOW,
    HeaderMap, HeaderValue, ORIGIN, VARY,
};
use http::{Method, StatusCode};
use subtle::ConstantTimeEq as _;
use warp::reply::Response;

use super::Host;
use super::functions::{Authorization, Function, HttpTrigger, Trigger};
use super::proxy::{Request, forward, status};
use super::settings::secrets;

/// Answers one public request, in the order of the host: CORS, route, key, handler.
pub(crate) async fn serve(host: &Arc<Host>, request: Request) -> Response {
    let origin =
        request.headers.get(ORIGIN).filter(|origin| is_allowed(&host.cors, origin)).cloned();
    if request.method == Method::OPTIONS
        && let Some(origin) = &origin
        && request.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
    {
        return preflight(origin, &request.headers);
    }
    let mut response = match find(&host.functions, &request.method, &request.path) {
        Found::Function(_, trigger) if !is_authorized(host, trigger, &request) => {
            status(StatusCode::UNAUTHORIZED)
        }
        Found::Function(name, _) => forward(host, name, request).await,
        Found::OtherMethods(methods) => not_allowed(&methods),
        Found::Nothing => status(StatusCode::NOT_FOUND),
    };
    if let Some(origin) = origin {
        response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        response.headers_mut().append(VARY, HeaderValue::from_static("Origin"));
    }
    response
}

#[derive(Debug)]
enum Found<'a> {
    Function(&'a str, &'a HttpTrigger),
    /// The path is served, with these methods.
    OtherMethods(Vec<&'a Method>),
    Nothing,
}

fn find<'a>(functions: &'a [Function], method: &Method, path: &str) -> Found<'a> {
    let mut candidates: Vec<(&str, &HttpTrigger)> = functions
        .iter()
        .filter_map(|function| match &function.trigger {
            Trigger::Http(http) if http.template.matches(path) => {
                Some((function.name.as_str(), http))
            }
            Trigger::Http(_) | Trigger::Queue(_) | Trigger::Timer(_) => None,
        })
        .collect();
    candidates.sort_by(|(_, a), (_, b)| a.template.precedence(&b.template));
    let takes =
        |http: &HttpTrigger| http.methods.as_ref().is_none_or(|methods| methods.contains(method));
    match candidates.iter().find(|(_, http)| takes(http)) {
        Some((name, http)) => Found::Function(name, http),
        None if candidates.is_empty() => Found::Nothing,
        None => Found::OtherMethods(
            candidates.iter().filter_map(|(_, http)| http.methods.as_ref()).flatten().collect(),
        ),
    }
}

fn not_allowed(methods: &[&Method]) -> Response {
    let mut response = status(StatusCode::METHOD_NOT_ALLOWED);
    let names: Vec<&str> = methods.iter().map(|method| method.as_str()).collect();
    if let Ok(value) = HeaderValue::try_from(names.join(", ")) {
        response.headers_mut().insert(ALLOW, value);
    }
    response
}

/// Keys come in a header or, as portals print addresses, in the query.
fn is_authorized(host: &Host, trigger: &HttpTrigger, request: &Request) -> bool {
    match trigger.authorization {
        Authorization::Anonymous => true,
        Authorization::Key => {
            let header = request
                .headers
                .get("x-functions-key")
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned);
            let query = || {
                url::form_urlencoded::parse(request.query.as_bytes())
                    .find(|(name, _)| name == "code")
                    .map(|(_, value)| value.into_owned())
            };
            let expected = host.ground.secret(secrets::FUNCTIONS_KEY);
            header
                .or_else(query)
                .is_some_and(|key| key.as_bytes().ct_eq(expected.as_bytes()).into())
        }
    }
}

fn is_allowed(origins: &[String], origin: &HeaderValue) -> bool {
    origins.iter().any(|allowed| {
        allowed == "*" || allowed.trim_end_matches('/').as_bytes() == origin.as_bytes()
    })
}

fn preflight(origin: &HeaderValue, headers: &HeaderMap) -> Response {
    let mut response = status(StatusCode::NO_CONTENT);
    let answer = response.headers_mut();
    answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    answer.insert(VARY, HeaderValue::from_static("Origin"));
    answer.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    for (asked, allowed) in [
        (ACCESS_CONTROL_REQUEST_METHOD, ACCESS_CONTROL_ALLOW_METHODS),
        (ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_ALLOW_HEADERS),
    ] {
        if let Some(value) = headers.get(asked) {
            answer.insert(allowed, value.clone());
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::routes::Template;

    fn function(name: &str, route: &str, methods: Option<&[Method]>) -> Function {
        let template = Template::parse("api", route).expect("it is good");
        let methods = methods.map(<[Method]>::to_vec);
        let trigger = Trigger::Http(HttpTrigger {
            template,
            methods,
            authorization: Authorization::Anonymous,
        });
        Function { name: name.into(), trigger }
    }

    fn name<'a>(functions: &'a [Function], method: &Method, path: &str) -> Result<&'a str, String> {
        match find(functions, method, path) {
            Found::Function(name, _) => Ok(name),
            other => Err(format!("{other:?}")),
        }
    }

    fn functions() -> Vec<Function> {
        vec![
            function("rest", "{*rest}", Some(&[Method::GET])),
            function("get_job", "jobs/{id}", Some(&[Method::GET])),
            function("delete_job", "jobs/{id}", Some(&[Method::DELETE])),
            function("newest_job", "jobs/newest", Some(&[Method::GET])),
            function("hook", "webhooks/{ticket}", None),
        ]
    }

    #[test]
    fn the_most_exact_route_that_takes_the_method_wins() {
        let functions = functions();
        for (method, path, expected) in [
            (Method::GET, "/api/jobs/newest", "newest_job"),
            (Method::DELETE, "/api/jobs/newest", "delete_job"),
            (Method::GET, "/api/jobs/7", "get_job"),
            (Method::GET, "/api/jobs/7/images", "rest"),
            (Method::PATCH, "/api/webhooks/x", "hook"),
        ] {
            assert_eq!(name(&functions, &method, path).as_deref(), Ok(expected), "{method} {path}");
        }
    }

    #[test]
    fn a_known_path_with_another_method_tells_the_methods() {
        let functions = functions();
        let Found::OtherMethods(methods) = find(&functions, &Method::POST, "/api/jobs/7") else {
            panic!("405")
        };
        assert_eq!(methods, [&Method::GET, &Method::DELETE, &Method::GET]);
        assert!(matches!(find(&functions, &Method::POST, "/jobs/7"), Found::Nothing));
    }

    #[test]
    fn only_listed_origins_are_let_in() {
        let origin = HeaderValue::from_static("http://localhost:3000");
        assert!(is_allowed(&["http://localhost:3000/".into()], &origin));
        assert!(is_allowed(&["*".into()], &origin));
        assert!(!is_allowed(&["http://localhost:30".into()], &origin));
        assert!(!is_allowed(&[], &origin));
    }
}
