//! The sign-in page, which takes anybody at their word, and sign-out.

use std::collections::HashMap;

use http::StatusCode;
use url::Url;

use super::people::{Grant, Kind, forget, give, remember, remembered, take};
use super::token::Person;
use super::{CLIENT, Oidc};
use crate::cloud::{Answer, Call, empty, pairs, with_body, with_header};

/// Stands for whoever signed in last in this browser.
const COOKIE: &str = "imagegen_local_session";

const PAGE: &str = include_str!("sign_in.html");

/// What a client asks of `/authorize`, checked.
struct Order {
    redirect_uri: Url,
    scope: String,
    challenge: String,
    state: Option<String>,
    nonce: Option<String>,
    in_fragment: bool,
    silent: bool,
    hint: String,
}

/// `GET /authorize`: the page.
pub(super) fn show(oidc: &Oidc, call: &Call, now: i64) -> Answer {
    let fields = pairs(call.query.as_bytes());
    match Order::parse(&fields.iter().cloned().collect()) {
        Ok(order) if order.silent => match session(oidc, call, now) {
            Some(person) => {
                let grant = grant(&order, person, fields);
                back(&order, &[("code", &give(&oidc.ground, Kind::Code, &grant, now))])
            }
            // A silent request must not show a page: it fails, and the client asks aloud.
            None => back(&order, &[("error", "login_required")]),
        },
        Ok(order) => page(StatusCode::OK, &form(oidc, &fields, &order.hint, "")),
        Err(sentence) => page(StatusCode::BAD_REQUEST, &refused(&sentence)),
    }
}

/// `POST /authorize`: the filled-in page, back to the client with a code.
pub(super) fn submit(oidc: &Oidc, call: &Call, now: i64) -> Answer {
    let mut fields = pairs(&call.body);
    let entered: HashMap<String, String> = fields.iter().cloned().collect();
    fields.retain(|(name, _)| !["email", "name", "admin"].contains(&name.as_str()));
    let order = match Order::parse(&entered) {
        Ok(order) => order,
        Err(sentence) => return page(StatusCode::BAD_REQUEST, &refused(&sentence)),
    };
    let field = |name: &str| entered.get(name).map_or("", |value| value.trim()).to_owned();
    let email = field("email");
    if !looks_like_an_address(&email) {
        let form =
            form(oidc, &fields, &email, "Please enter an e-mail address, such as ada@example.com.");
        return page(StatusCode::OK, &form);
    }
    let name = Some(field("name"))
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| email.split('@').next().unwrap_or_default().to_owned());
    let roles = if entered.contains_key("admin") { vec!["admin".to_owned()] } else { Vec::new() };
    let person = Person { email, name, roles };
    remember(&oidc.ground, &person, now);
    let grant = grant(&order, person, entered);
    let session = give(&oidc.ground, Kind::Session, &grant, now);
    let answer = back(&order, &[("code", &give(&oidc.ground, Kind::Code, &grant, now))]);
    with_header(answer, "set-cookie", &cookie(&session))
}

fn grant(
    order: &Order,
    person: Person,
    fields: impl IntoIterator<Item = (String, String)>,
) -> Grant {
    // As the client wrote it, because it has to write it so again when it brings the code.
    let redirect_uri = fields.into_iter().find(|(name, _)| name == "redirect_uri");
    Grant {
        person,
        client: CLIENT.to_owned(),
        scope: order.scope.clone(),
        redirect_uri: redirect_uri.map(|(_, uri)| uri).unwrap_or_default(),
        challenge: Some(order.challenge.clone()),
        nonce: order.nonce.clone(),
    }
}

/// Who signed in last in this browser, if they did not sign out.
fn session(oidc: &Oidc, call: &Call, now: i64) -> Option<Person> {
    let secret = secret(call)?;
    take(&oidc.ground, Kind::Session, secret, now).map(|grant| grant.person)
}

fn secret(call: &Call) -> Option<&str> {
    let cookies = call.header("cookie")?.split(';');
    cookies
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|it| it.0 == COOKIE)
        .map(|it| it.1)
}

/// For this issuer's pages alone, and for no script.
fn cookie(secret: &str) -> String {
    format!("{COOKIE}={secret}; Path=/_local/oidc; HttpOnly; SameSite=Lax")
}

/// `/logout`: the session ends, and the browser goes back to the client.
pub(super) fn leave(oidc: &Oidc, call: &Call) -> Answer {
    if let Some(secret) = secret(call) {
        forget(&oidc.ground, secret);
    }
    let ended = format!("{}; Max-Age=0", cookie(""));
    with_header(goodbye(call), "set-cookie", &ended)
}

fn goodbye(call: &Call) -> Answer {
    let target = call.parameter("post_logout_redirect_uri").and_then(|uri| loopback(&uri));
    let Some(mut target) = target else {
        return page(StatusCode::OK, &message("Signed out", "You can close this page."));
    };
    if let Some(state) = call.parameter("state") {
        target.query_pairs_mut().append_pair("state", &state);
    }
    with_header(empty(StatusCode::FOUND), "location", target.as_str())
}

impl Order {
    fn parse(fields: &HashMap<String, String>) -> Result<Self, String> {
        let field = |name: &str| fields.get(name).filter(|value| !value.is_empty()).cloned();
        let expect = |name: &str, value: &str| match field(name).as_deref() {
            Some(given) if given == value => Ok(()),
            given => Err(format!("{name} must be {value}, not {}.", given.unwrap_or("absent"))),
        };
        expect("client_id", CLIENT)?;
        expect("response_type", "code")?;
        expect("code_challenge_method", "S256")?;
        let in_fragment = match field("response_mode").as_deref() {
            None | Some("query") => false,
            Some("fragment") => true,
            Some(other) => return Err(format!("response_mode {other} is not known here.")),
        };
        let redirect_uri = field("redirect_uri").and_then(|uri| loopback(&uri));
        Ok(Self {
            redirect_uri: redirect_uri
                .ok_or("redirect_uri must be an http address of this machine, such as http://localhost:3000/.")?,
            scope: field("scope").ok_or("scope is missing.")?,
            challenge: field("code_challenge").ok_or("code_challenge is missing: PKCE is required.")?,
            state: field("state"),
            nonce: field("nonce"),
            in_fragment,
            silent: field("prompt").as_deref() == Some("none"),
            hint: field("login_hint").unwrap_or_default(),
        })
    }
}

/// The local issuer signs in anybody, so it hands codes to this machine alone.
fn loopback(uri: &str) -> Option<Url> {
    let uri = Url::parse(uri).ok()?;
    let here = matches!(uri.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    (here && ["http", "https"].contains(&uri.scheme()) && uri.fragment().is_none()).then_some(uri)
}

fn back(order: &Order, results: &[(&str, &str)]) -> Answer {
    let mut target = order.redirect_uri.clone();
    let state = order.state.iter().map(|state| ("state", state.as_str()));
    let results = results.iter().copied().chain(state);
    if order.in_fragment {
        let fragment =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(results).finish();
        target.set_fragment(Some(&fragment));
    } else {
        target.query_pairs_mut().extend_pairs(results);
    }
    // 303: the browser must not post the form to the client.
    with_header(empty(StatusCode::SEE_OTHER), "location", target.as_str())
}

fn looks_like_an_address(email: &str) -> bool {
    email.len() <= 254
        && !email.contains(char::is_whitespace)
        && email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
}

fn form(oidc: &Oidc, fields: &[(String, String)], email: &str, complaint: &str) -> String {
    use std::fmt::Write as _;
    let mut hidden = String::new();
    for (name, value) in fields {
        let (name, value) = (escaped(name), escaped(value));
        // Writing to a string cannot fail.
        let _ = write!(hidden, r#"<input type="hidden" name="{name}" value="{value}">"#);
    }
    let mut people = String::new();
    for person in remembered(&oidc.ground) {
        let (name, email) = (escaped(&person.name), escaped(&person.email));
        let admin = if person.roles.is_empty() {
            ""
        } else {
            r#"<input type="hidden" name="admin" value="on">"#
        };
        let _ = write!(
            people,
            r#"<form method="post">{hidden}{admin}<input type="hidden" name="email" value="{email}">
<input type="hidden" name="name" value="{name}">
<button class="person"><b>{name}</b><span>{email}</span></button></form>"#
        );
    }
    let complaint = match complaint {
        "" => String::new(),
        sentence => format!(r#"<p class="complaint" role="alert">{}</p>"#, escaped(sentence)),
    };
    let entry = format!(
        r#"{people}{complaint}<form method="post" class="entry">{hidden}
<label>E-mail <input name="email" type="email" required autofocus autocomplete="email" value="{}"></label>
<label>Name <input name="name" autocomplete="name" placeholder="optional"></label>
<label class="check"><input type="checkbox" name="admin"> as an administrator</label>
<button>Sign in</button></form>"#,
        escaped(email)
    );
    PAGE.replace("{{title}}", "Sign in").replace("{{body}}", &entry)
}

fn refused(sentence: &str) -> String {
    message("This sign-in request is not complete", sentence)
}

fn message(title: &str, sentence: &str) -> String {
    let paragraph = format!("<p>{}</p>", escaped(sentence));
    PAGE.replace("{{title}}", &escaped(title)).replace("{{body}}", &paragraph)
}

fn page(status: StatusCode, html: &str) -> Answer {
    with_header(
        with_body(status, "text/html; charset=utf-8", html.to_owned()),
        "cache-control",
        "no-store",
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::oidc::tests::oidc;
    use crate::cloud::tests::call;
    use http::Method;

    const ORDER: &str = "client_id=imagegen-web&response_type=code&code_challenge=abc&code_challenge_method=S256\
        &scope=openid&state=s1&redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fcallback";

    fn location(answer: &Answer) -> Url {
        let location = answer.headers()["location"].to_str().expect("text");
        Url::parse(location).expect("an address")
    }

    #[test]
    fn a_person_goes_back_with_a_code_and_the_state() {
        let form = format!("{ORDER}&email=ada%40example.com&name=Ada");
        let answer = oidc("sign-in").handle(&call(Method::POST, "/authorize", form));
        let back: HashMap<_, _> = location(&answer).query_pairs().into_owned().collect();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert_eq!(back["state"], "s1");
        assert_eq!(back["code"].len(), 43);
    }

    fn silently(oidc: &Oidc, cookie: &str) -> Url {
        let mut call = call(Method::GET, "/authorize", "");
        call.query = format!("{ORDER}&prompt=none");
        call.headers.insert("cookie", cookie.parse().expect("text"));
        location(&oidc.handle(&call))
    }

    #[test]
    fn who_signed_in_is_signed_in_again_without_a_page_until_they_sign_out() {
        let oidc = oidc("sign-in-again");
        let form = format!("{ORDER}&email=ada%40example.com&name=Ada");
        let answer = oidc.handle(&call(Method::POST, "/authorize", form));
        let cookie = answer.headers()["set-cookie"].to_str().expect("text").to_owned();
        let cookie = cookie.split(';').next().expect("the pair comes first");
        assert!(silently(&oidc, cookie).as_str().contains("code="));
        assert!(silently(&oidc, "other=1").as_str().contains("error=login_required"));

        let mut leave = call(Method::GET, "/logout", "");
        leave.headers.insert("cookie", cookie.parse().expect("text"));
        assert!(
            oidc.handle(&leave).headers()["set-cookie"]
                .to_str()
                .is_ok_and(|it| it.contains("Max-Age=0"))
        );
        assert!(silently(&oidc, cookie).as_str().contains("error=login_required"));
    }

    #[test]
    fn codes_go_to_this_machine_alone() {
        for elsewhere in [
            "https%3A%2F%2Fevil.example%2F",
            "http%3A%2F%2Flocalhost.evil.example%2F",
            "javascript%3A1",
        ] {
            let order = ORDER.replace("http%3A%2F%2Flocalhost%3A3000%2Fcallback", elsewhere);
            let answer = oidc("sign-in-elsewhere").handle(&call(
                Method::GET,
                &format!("/authorize?{order}"),
                "",
            ));
            assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{elsewhere}");
        }
    }

    #[test]
    fn pkce_is_required() {
        let order = ORDER.replace("&code_challenge=abc", "");
        let answer =
            oidc("sign-in-pkce").handle(&call(Method::GET, &format!("/authorize?{order}"), ""));
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    }

    #[test]
    fn a_silent_request_is_told_to_ask() {
        let answer = oidc("sign-in-silent").handle(&call(
            Method::GET,
            &format!("/authorize?{ORDER}&prompt=none&response_mode=fragment"),
            "",
        ));
        assert_eq!(location(&answer).fragment(), Some("error=login_required&state=s1"));
    }

    #[test]
    fn what_a_person_typed_is_text_on_the_page() {
        let oidc = oidc("sign-in-escape");
        let form = format!("{ORDER}&email=a%40b.c&name=%3Cscript%3E");
        oidc.handle(&call(Method::POST, "/authorize", form));
        let answer = oidc.handle(&call(Method::GET, &format!("/authorize?{ORDER}"), ""));
        let page = String::from_utf8_lossy(answer.body()).into_owned();
        assert!(page.contains("&lt;script&gt;") && !page.contains("<script>"));
    }
}
