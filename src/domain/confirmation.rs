//! How somebody confirms what they are about to do: by typing the name of what goes, by accepting the effects, or by accepting a concern that
//! the server told them. One type for all three; what was confirmed is what was shown, and nothing that came up since.

use super::fault::Fault;
use crate::text::Text;

/// What a form sends as `confirm` once the effects of a change were accepted.
pub const ACCEPTED: &str = "yes";

/// What came with a request to confirm it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Confirmation {
    /// The field `confirm`: a name, or [`ACCEPTED`].
    typed: String,
    /// The field `confirmed`: the concern that was accepted, as [`Confirmation::value_of`] gives it.
    concern: String,
}

impl Confirmation {
    /// The fields `confirm` and `confirmed` of a form.
    #[must_use]
    pub fn new(typed: &str, concern: &str) -> Self {
        Self { typed: typed.trim().to_owned(), concern: concern.trim().to_owned() }
    }

    /// The value of the field `confirmed` for a concern: its wording, so that another concern is another question.
    #[must_use]
    pub fn value_of(concern: &Text) -> String {
        concern.en.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// What the field `confirm` says when another name was typed, or none.
    #[must_use]
    pub fn not_the_name(name: &str) -> Text {
        Text::made(format!("This does not match. Type {name} to confirm."), format!("输入不一致，请输入 {name} 以确认。"))
    }

    /// Demands that the name of what is destroyed, or costs, was typed.
    ///
    /// # Errors
    /// [`Fault::Invalid`] on the field `confirm`.
    pub fn demand_name(&self, name: &str) -> Result<(), Fault> {
        if self.typed == name { Ok(()) } else { Err(Fault::invalid("confirm", Self::not_the_name(name))) }
    }

    /// Demands that the effects were accepted.
    ///
    /// # Errors
    /// [`Fault::Invalid`] on the field `confirm`.
    pub fn demand_accepted(&self) -> Result<(), Fault> {
        let words = Text::new("Confirm the effects of this change to save it.", "请确认此更改的影响后再保存。");
        if self.typed == ACCEPTED { Ok(()) } else { Err(Fault::invalid("confirm", words)) }
    }

    /// Demands that these concerns were accepted, all of them together; there may be none.
    ///
    /// # Errors
    /// [`Fault::Unconfirmed`] with the concerns.
    pub fn demand_accepted_concerns(&self, concerns: &[Text]) -> Result<(), Fault> {
        let Some((first, rest)) = concerns.split_first() else { return Ok(()) };
        let together =
            rest.iter().fold(first.clone(), |all, next| Text::made(format!("{} {}", all.en, next.en), format!("{}{}", all.zh, next.zh)));
        if self.concern == Self::value_of(&together) { Ok(()) } else { Err(Fault::Unconfirmed(together)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_typed_and_effects_are_accepted() {
        assert!(Confirmation::new(" ana ", "").demand_name("ana").is_ok() && Confirmation::new("ANA", "").demand_name("ana").is_err());
        assert!(Confirmation::new(ACCEPTED, "").demand_accepted().is_ok() && Confirmation::default().demand_accepted().is_err());
    }

    #[test]
    fn a_concern_that_was_accepted_is_no_other_one() {
        let (one, two) = (Text::new("One.", "一。"), Text::new("Two.", "二。"));
        let Err(Fault::Unconfirmed(shown)) = Confirmation::default().demand_accepted_concerns(&[one.clone(), two.clone()]) else {
            panic!()
        };
        assert_eq!((shown.en.as_ref(), shown.zh.as_ref()), ("One. Two.", "一。二。"));
        let accepted = Confirmation::new("", &Confirmation::value_of(&shown));
        assert!(accepted.demand_accepted_concerns(&[one.clone(), two]).is_ok() && accepted.demand_accepted_concerns(&[]).is_ok());
        assert!(accepted.demand_accepted_concerns(std::slice::from_ref(&one)).is_err());
        for wave in ["true", "yes", "", "One"] {
            assert!(Confirmation::new(wave, wave).demand_accepted_concerns(std::slice::from_ref(&one)).is_err(), "{wave}");
        }
    }
}
