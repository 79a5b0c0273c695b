//! Permission to change the tags of an application: tags decide rights, so a tag that is taken off is judged as one that is set.
//!
//! The tags there are come from what the gate knows of the application; must never be taken from the request.

use super::attempt::Attempt;
use super::caller::Caller;
use super::permit::Permit;
use super::question::DecidedOn;
use super::target::App;
use crate::catalog::operation::{Operation, kind};
use crate::catalog::operations::ReadApplication;
use crate::domain::applications::{Tag, TagChange};
use crate::domain::fault::Fault;
use crate::domain::ids::SdkAppId;

impl Caller {
    /// Permission for `O`, a change of tags, on an application whose page opens for the caller: a right to tag everything must not reach
    /// applications that are out of sight.
    ///
    /// Conditions on `qcs:request_tag` see the tags that are set together, as in any request that carries tags. Then they see each tag
    /// that is taken off by a request of its own, be it removed or given another value: otherwise one permitted tag would carry a
    /// protected one away with it.
    ///
    /// # Errors
    /// As [`Caller::on_app`].
    pub fn on_app_retagging<O: Operation<Kind = kind::Application>>(
        &self,
        id: SdkAppId,
        change: &TagChange,
    ) -> Result<Permit<O, App>, Fault> {
        // What is refused is the change of tags, whatever it is refused for.
        let unseen = |_: &Fault| self.note_attempt(Attempt::of(O::ROW, DecidedOn::App(id)), false);
        let page = self.on_app::<ReadApplication>(id).inspect_err(unseen)?;
        let taken_off = taken_off(&page.target().0.tags, change);
        for tag in &taken_off {
            self.on_app_tagging::<O>(id, std::slice::from_ref(tag))?;
        }
        match (taken_off.first(), change.set.is_empty()) {
            // Nothing but taking off: a request without tags would be refused by every condition on them.
            (Some(tag), true) => self.on_app_tagging::<O>(id, std::slice::from_ref(tag)),
            _ => self.on_app_tagging::<O>(id, &change.set),
        }
    }
}

/// The tags, each `key&value`, that would not be there any more.
fn taken_off(tags: &[String], change: &TagChange) -> Vec<Tag> {
    let stored = tags.iter().filter_map(|tag| tag.split_once('&'));
    let gone = stored.filter(|(key, value)| {
        change.remove.iter().any(|removed| removed == key) || change.set.iter().any(|tag| tag.key == *key && tag.value != *value)
    });
    gone.map(|(key, value)| Tag { key: key.to_owned(), value: value.to_owned() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_taken_off_by_removing_it_and_by_another_value() {
        let tags = ["env&prod", "team&live", "cost&1"].map(ToOwned::to_owned);
        let tag = |key: &str, value: &str| Tag { key: key.to_owned(), value: value.to_owned() };
        let change = TagChange {
            set: vec![tag("env", "prod"), tag("team", "game"), tag("new", "1")],
            remove: vec!["cost".to_owned(), "unknown".to_owned()],
        };
        assert_eq!(taken_off(&tags, &change), [tag("team", "live"), tag("cost", "1")]);
        assert!(taken_off(&tags, &TagChange::default()).is_empty());
    }
}
