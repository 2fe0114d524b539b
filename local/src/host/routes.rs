//! Route templates of HTTP functions, matched as ASP.NET does: literals before parameters, case-insensitively.

use std::cmp::Ordering;

use percent_encoding::percent_decode_str;

/// A template such as `api/jobs/{id:guid}`, prefix included.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Template(Vec<Segment>);

#[derive(Debug, Clone, PartialEq)]
enum Segment {
    Literal(String),
    Parameter {
        constraints: Vec<Constraint>,
        optional: bool,
    },
    /// `{*rest}`: everything that is left, also nothing.
    Rest {
        constraints: Vec<Constraint>,
    },
}

#[derive(Debug, Clone, PartialEq)]
enum Constraint {
    Integer { least: i64, most: i64 },
    Number,
    Guid,
    Bool,
    Alpha,
    Length { least: usize, most: usize },
}

impl Template {
    /// # Errors
    /// A sentence for the function's author.
    pub(crate) fn parse(prefix: &str, route: &str) -> Result<Template, String> {
        let route = route.trim_start_matches('/');
        let whole = if prefix.is_empty() { route.to_owned() } else { format!("{prefix}/{route}") };
        let texts: Vec<&str> = whole.split('/').filter(|text| !text.is_empty()).collect();
        let segments = texts.iter().map(|text| segment(text)).collect::<Result<Vec<_>, _>>()?;
        let last = segments.len().saturating_sub(1);
        let misplaced = segments.iter().take(last).any(|segment| match segment {
            Segment::Literal(_) => false,
            Segment::Parameter { optional, .. } => *optional,
            Segment::Rest { .. } => true,
        });
        if misplaced {
            return Err(format!(
                "in the route {route:?} only the last parameter may be optional or catch all"
            ));
        }
        Ok(Template(segments))
    }

    /// Whether `path`, as it stands in the request line, is one of this template's.
    pub(crate) fn matches(&self, path: &str) -> bool {
        let path = path.strip_prefix('/').unwrap_or(path);
        // One slash at the end does not count.
        let path = path.strip_suffix('/').unwrap_or(path);
        let parts: Vec<String> = if path.is_empty() {
            Vec::new()
        } else {
            path.split('/')
                .map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned())
                .collect()
        };
        self.matches_parts(&parts)
    }

    fn matches_parts(&self, parts: &[String]) -> bool {
        for (index, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Rest { constraints } => {
                    let rest = parts.get(index..).unwrap_or_default().join("/");
                    return constraints.iter().all(|constraint| constraint.allows(&rest));
                }
                Segment::Literal(literal) => match parts.get(index) {
                    Some(part) if part.to_lowercase() == *literal => {}
                    Some(_) | None => return false,
                },
                Segment::Parameter { constraints, optional } => match parts.get(index) {
                    Some(part) if !part.is_empty() => {
                        if !constraints.iter().all(|constraint| constraint.allows(part)) {
                            return false;
                        }
                    }
                    Some(_) => return false,
                    None => return *optional,
                },
            }
        }
        parts.len() == self.0.len()
    }

    /// Which of two templates is asked first when both match.
    pub(crate) fn precedence(&self, other: &Template) -> Ordering {
        self.0.iter().map(rank).cmp(other.0.iter().map(rank))
    }
}

fn rank(segment: &Segment) -> u8 {
    match segment {
        Segment::Literal(_) => 1,
        Segment::Parameter { constraints, .. } => 3 - u8::from(!constraints.is_empty()),
        Segment::Rest { constraints } => 5 - u8::from(!constraints.is_empty()),
    }
}

fn segment(text: &str) -> Result<Segment, String> {
    let Some(inner) = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) else {
        return if text.contains(['{', '}']) {
            Err(format!(
                "the route segment {text:?} mixes text and parameters, which is not served here"
            ))
        } else {
            Ok(Segment::Literal(text.to_lowercase()))
        };
    };
    let (inner, rest) = match inner.trim_start_matches('*') {
        shorter if shorter.len() < inner.len() => (shorter, true),
        same => (same, false),
    };
    let (inner, optional) = match inner.strip_suffix('?') {
        Some(inner) => (inner, true),
        None => (inner, false),
    };
    let mut pieces = inner.split(':');
    let name = pieces.next().unwrap_or_default();
    if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
        return Err(format!("the route parameter {text:?} is not understood here"));
    }
    let constraints = pieces.map(constraint).collect::<Result<Vec<_>, _>>()?;
    Ok(if rest {
        Segment::Rest { constraints }
    } else {
        Segment::Parameter { constraints, optional }
    })
}

fn constraint(text: &str) -> Result<Constraint, String> {
    let unknown = || format!("the route constraint {text:?} is not served here");
    let (name, arguments) = match text.split_once('(') {
        Some((name, rest)) => (name, rest.strip_suffix(')').ok_or_else(unknown)?),
        None => (text, ""),
    };
    let numbers: Vec<i64> = arguments
        .split(',')
        .filter(|a| !a.is_empty())
        .filter_map(|a| a.trim().parse().ok())
        .collect();
    let lengths: Vec<usize> =
        numbers.iter().filter_map(|number| usize::try_from(*number).ok()).collect();
    Ok(match (name, numbers.as_slice(), lengths.as_slice()) {
        ("int", [], []) => Constraint::Integer { least: i32::MIN.into(), most: i32::MAX.into() },
        ("long", [], []) => Constraint::Integer { least: i64::MIN, most: i64::MAX },
        ("min", [least], _) => Constraint::Integer { least: *least, most: i64::MAX },
        ("max", [most], _) => Constraint::Integer { least: i64::MIN, most: *most },
        ("range", [least, most], _) => Constraint::Integer { least: *least, most: *most },
        ("decimal" | "double" | "float", [], []) => Constraint::Number,
        ("guid", [], []) => Constraint::Guid,
        ("bool", [], []) => Constraint::Bool,
        ("alpha", [], []) => Constraint::Alpha,
        ("required", [], []) => Constraint::Length { least: 1, most: usize::MAX },
        ("length", _, [exact]) => Constraint::Length { least: *exact, most: *exact },
        ("length", _, [least, most]) => Constraint::Length { least: *least, most: *most },
        ("minlength", _, [least]) => Constraint::Length { least: *least, most: usize::MAX },
        ("maxlength", _, [most]) => Constraint::Length { least: 0, most: *most },
        _ => return Err(unknown()),
    })
}

impl Constraint {
    fn allows(&self, value: &str) -> bool {
        match self {
            Constraint::Integer { least, most } => {
                value.parse::<i64>().is_ok_and(|number| (*least..=*most).contains(&number))
            }
            Constraint::Number => value.parse::<f64>().is_ok_and(f64::is_finite),
            Constraint::Guid => is_guid(value),
            Constraint::Bool => {
                value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false")
            }
            Constraint::Alpha => value.bytes().all(|byte| byte.is_ascii_alphabetic()),
            Constraint::Length { least, most } => (*least..=*most).contains(&value.chars().count()),
        }
    }
}

/// .NET also takes braces and no hyphens; nobody writes such addresses, so only the usual forms are known here.
fn is_guid(value: &str) -> bool {
    let groups: Vec<&str> = value.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    (lengths == [8, 4, 4, 4, 12] || lengths == [32])
        && groups.concat().bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(route: &str) -> Template {
        Template::parse("api", route).expect(route)
    }

    #[test]
    fn literals_match_in_any_case_and_with_one_slash_at_the_end() {
        let route = template("Credits/Packs");
        assert!(route.matches("/api/credits/packs"));
        assert!(route.matches("/API/credits/PACKS/"));
        assert!(!route.matches("/api/credits"));
        assert!(!route.matches("/api/credits/packs/1"));
        assert!(!route.matches("/credits/packs"));
    }

    #[test]
    fn a_parameter_takes_one_segment_that_is_not_empty() {
        let route = template("jobs/{id}");
        assert!(route.matches("/api/jobs/a%2Fb"));
        assert!(!route.matches("/api/jobs//"));
        assert!(!route.matches("/api/jobs"));
        assert!(!route.matches("/api/jobs/a/b"));
    }

    #[test]
    fn the_last_parameter_may_be_left_out_or_take_everything() {
        assert!(template("jobs/{id?}").matches("/api/jobs"));
        assert!(template("jobs/{id?}").matches("/api/jobs/7"));
        assert!(template("files/{*rest}").matches("/api/files/a/b/c"));
        assert!(template("files/{*rest}").matches("/api/files"));
        assert!(Template::parse("api", "{id?}/x").is_err());
        assert!(Template::parse("api", "{*rest}/x").is_err());
    }

    #[test]
    fn constraints_decide_before_the_handler_does() {
        for (route, yes, no) in [
            ("{x:int}", "-7", "seven"),
            ("{x:long}", "8589934592", "1.5"),
            ("{x:guid}", "3f0b2f6c-0000-4000-8000-0123456789ab", "3f0b2f6c"),
            ("{x:bool}", "True", "yes"),
            ("{x:alpha}", "abc", "ab1"),
            ("{x:length(3)}", "abc", "abcd"),
            ("{x:minlength(2)}", "abc", "a"),
            ("{x:range(1,9)}", "9", "10"),
            ("{x:decimal}", "1.5", "x"),
        ] {
            assert!(template(route).matches(&format!("/api/{yes}")), "{route} {yes}");
            assert!(!template(route).matches(&format!("/api/{no}")), "{route} {no}");
        }
        assert!(Template::parse("api", "{x:regex(^a$)}").is_err());
        assert!(Template::parse("api", "a{x}").is_err());
    }

    #[test]
    fn literals_come_before_parameters_and_those_before_the_rest() {
        let mut routes = [
            template("{*rest}"),
            template("jobs/{id}"),
            template("jobs/{id:int}"),
            template("jobs/new"),
        ];
        routes.sort_by(Template::precedence);
        let order = [
            template("jobs/new"),
            template("jobs/{id:int}"),
            template("jobs/{id}"),
            template("{*rest}"),
        ];
        assert_eq!(routes, order);
    }

    #[test]
    fn an_empty_prefix_leaves_the_route_alone() {
        assert!(Template::parse("", "jobs").expect("it is good").matches("/jobs"));
    }
}
