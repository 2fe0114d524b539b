//! Who is calling: the bearer token of the `Authorization` header (RFC 6750).

use http::{HeaderMap, StatusCode, header};
use imagegen_core::ids::UserId;
use imagegen_core::ports::identity::{IdentityError, Person};

use super::problem::Problem;
use crate::app::App;

/// A signed-in user. There is no other way to get one than a valid token.
#[derive(Debug, Clone)]
pub struct User {
    pub id: UserId,
    pub person: Person,
}

pub(super) async fn authenticate(app: &App, headers: &HeaderMap) -> Result<User, Problem> {
    let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bearer = header.and_then(|text| {
        let (scheme, token) = text.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
    });
    let Some(bearer) = bearer else {
        return Err(Problem::unauthenticated("Send an access token as `Authorization: Bearer …`."));
    };
    match app.identity.authenticate(bearer).await {
        Ok(person) => Ok(User { id: UserId::of(&person.issuer, &person.subject), person }),
        Err(IdentityError::Invalid { reason }) => {
            Err(Problem::unauthenticated(format!("The access token is not valid: {reason}.")))
        }
        Err(error @ IdentityError::InsufficientScope { .. }) => Err(Problem::new(
            StatusCode::FORBIDDEN,
            "insufficient-scope",
            "The access token lacks a scope",
        )
        .detail(format!("{error}."))
        .challenge("insufficient_scope")),
        Err(error @ IdentityError::Unavailable(_)) => {
            tracing::error!(error = &error as &dyn std::error::Error, "No token can be checked");
            Err(Problem::unavailable("Sign-in cannot be checked at the moment."))
        }
    }
}
