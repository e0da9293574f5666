//! Wishes: what a person would like of the other ("a woman", "a parent"), and what they say of
//! themself for it.
//!
//! They are personal, and nobody has to have any. The list is short and closed, so that nothing is
//! asked for that an organisation could not answer for. They count in matching only if both people
//! have agreed to it ([`crate::people::consents::ConsentKind::Wishes`]); until then they are as
//! good as not there. The other side of a mentorship never reads them.

use serde::{Deserialize, Serialize};

crate::text_enum! {
    /// What a word is to the person.
    pub enum WishKind {
        /// True of the person, by their own word.
        Is => "is",
        /// They would like it of the other: worth points.
        Wants => "wants",
        /// Without it in the other they would rather wait: a hard rule.
        Insists => "insists",
    }
}

crate::text_enum! {
    /// The words of the list; their names in both languages are the messages `wish-…`.
    pub enum WishWord {
        Woman => "woman",
        Man => "man",
        NonBinary => "non-binary",
        SexualAndGenderDiversity => "sexual-and-gender-diversity",
        Parent => "parent",
        SingleParent => "single-parent",
        RefugeePath => "refugee-path",
        Disability => "disability",
        OwnBusiness => "own-business",
        ChangedProfession => "changed-profession",
        OverFifty => "over-fifty",
    }
}

/// One word of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    pub kind: WishKind,
    pub word: WishWord,
}
