//! What operation records are searched for, as it stands in an address: read there, written there.
//!
//! It must never judge a value; the server does.

use crate::domain::audit_query::{AuditForm, CUSTOM, MAX_SPAN_DAYS};
use crate::domain::days::{DAY_MS, Day};
use crate::ui::components::with_param;
use crate::ui::query::Query;

/// What an address asks for.
#[must_use]
pub fn form_of(query: &Query) -> AuditForm {
    let text = |name: &str| query.get(name).unwrap_or_default();
    AuditForm {
        range: text("range"),
        from: text("from"),
        to: text("to"),
        event: text("event"),
        operator: text("operator"),
        result: text("result"),
        kind: text("kind"),
        sensitive: text("sensitive"),
        resource_type: text("resource_type"),
        resource: text("resource"),
        request: text("request"),
        address: text("address"),
        cursor: text("cursor"),
    }
}

/// The address of a search below a path: what is left open does not stand there.
#[must_use]
pub fn address_of(path: &str, form: &AuditForm) -> String {
    let days = |day: &String| if form.range == CUSTOM { day.clone() } else { String::new() };
    let fields = [
        ("range", form.range.clone()),
        ("from", days(&form.from)),
        ("to", days(&form.to)),
        ("event", form.event.clone()),
        ("operator", form.operator.clone()),
        ("result", form.result.clone()),
        ("kind", form.kind.clone()),
        ("sensitive", form.sensitive.clone()),
        ("resource_type", form.resource_type.clone()),
        ("resource", form.resource.clone()),
        ("request", form.request.clone()),
        ("address", form.address.clone()),
        ("cursor", form.cursor.clone()),
    ];
    let given = fields.iter().filter(|(_, value)| !value.is_empty());
    given.fold(path.to_owned(), |path, (name, value)| with_param(&path, name, Some(value)))
}

/// The form without where its page begins.
#[must_use]
pub fn first_page(form: &AuditForm) -> AuditForm {
    AuditForm { cursor: String::new(), ..form.clone() }
}

/// The longest span that has an instant in it: it ends now, or, when the instant lies too far back, it lies around it.
#[must_use]
pub fn span_around(at_ms: i64, now_ms: i64, utc_offset_mins: i64) -> AuditForm {
    if now_ms - at_ms < MAX_SPAN_DAYS * DAY_MS {
        return AuditForm { range: "30d".to_owned(), ..AuditForm::default() };
    }
    let from = Day::of(at_ms, utc_offset_mins).plus(-MAX_SPAN_DAYS / 2);
    let to = from.plus(MAX_SPAN_DAYS - 1);
    AuditForm { range: CUSTOM.to_owned(), from: from.to_string(), to: to.to_string(), ..AuditForm::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_comes_back_as_it_was_asked() {
        let all = "range=custom&from=2026-11-01&to=2026-11-02&event=cam%3AAddUser%2Ccam%3ADeleteUser&operator=100000000042&result=refused\
                   &kind=write&sensitive=1&resource_type=cam%3Auser&resource=7%267&request=a&address=10.0.&cursor=o5-6";
        assert_eq!(address_of("/audit", &form_of(&Query::read(all))), format!("/audit?{all}"));
        assert_eq!(address_of("/audit", &AuditForm::default()), "/audit");
        let unused = "range=7d&from=2026-11-01&to=2026-11-02&event=";
        assert_eq!(address_of("/audit", &form_of(&Query::read(unused))), "/audit?range=7d");
        assert_eq!(address_of("/audit", &first_page(&form_of(&Query::read("cursor=o5-6&kind=read")))), "/audit?kind=read");
    }

    #[test]
    fn a_span_around_an_instant_is_one_that_can_be_searched_and_holds_it() {
        let now_ms = 1_795_408_280_500;
        for days_ago in [0, 29, 30, 31, 400] {
            let at_ms = now_ms - days_ago * DAY_MS;
            let query = span_around(at_ms, now_ms, 480).read(now_ms, 480).unwrap();
            assert!(query.from_ms <= at_ms && at_ms < query.before_ms, "{days_ago}");
        }
        assert_eq!(span_around(now_ms - 29 * DAY_MS, now_ms, 0).range, "30d");
    }
}
