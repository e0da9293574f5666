//! The token of a consent: the address of the page on which one person answers one offer. It is random, stored
//! hashed to look it up, and sealed to repeat it in a reminder. It opens nothing else.

use crate::kernel::{Context, Locale, Problem, Token};

/// The purpose under which tokens are sealed.
const PURPOSE: &str = "match-consent";

/// A token that has just been made, as it is stored.
#[derive(Debug)]
pub struct NewToken {
    pub hash: String,
    pub sealed: String,
}

/// Makes a token of 192 random bits.
///
/// # Errors
/// An internal problem when the system gives no randomness.
pub fn new_token(ctx: &Context) -> Result<NewToken, Problem> {
    let token = Token::random()?;
    Ok(NewToken {
        hash: token.hash().as_str().to_owned(),
        sealed: ctx.keyring().seal(PURPOSE, token.expose().as_bytes())?,
    })
}

/// What is stored of a token that somebody presents.
///
/// # Errors
/// 404 for a text that is none.
pub fn hash(presented: &str) -> Result<String, Problem> {
    let token = Token::presented(presented).ok_or(Problem::NotFound)?;
    Ok(token.hash().as_str().to_owned())
}

/// The page on which a person answers, in the language of the mail.
///
/// # Errors
/// An internal problem when the token was sealed with another secret.
pub fn page(ctx: &Context, sealed: &str, locale: Locale) -> Result<String, Problem> {
    let token = ctx.keyring().open_text(PURPOSE, sealed)?;
    let site = ctx.settings().public_url();
    Ok(format!("{site}/o/{token}?lang={locale}"))
}
