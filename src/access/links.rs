//! Links by mail with which somebody sets a password: the invitation of a new account, and the forgotten
//! password. A link works once and for a limited time; what is stored is its token's hash. Following it shows a
//! form and changes nothing: mail filters open links too.

use chrono::Duration;
use diesel::prelude::*;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use crate::access::accounts::store;
use crate::access::email::Email;
use crate::access::password::{self, PasswordHash};
use crate::access::{audit, record, sessions, throttle};
use crate::db::schema::{account_tokens, accounts};
use crate::db::{Conn, jobs};
use crate::kernel::ids::{AccountId, AccountTokenId, FamilyId, JobId};
use crate::kernel::{Actor, Context, Instant, Locale, Problem, Token};
use crate::mail::contexts::{AccountInvitation, PasswordReset};
use crate::mail::{self, NewMail, Recipient};

/// The kind of the job that answers a request for a new password.
pub const RESET_JOB: &str = "access.password-reset";
/// The keyring's purpose for the address in that job.
const SEAL: &str = "password-reset";

crate::text_enum! {
    /// What a link is for.
    pub enum Purpose {
        /// A new account's first password.
        SetPassword => "set-password",
        /// A forgotten password.
        ResetPassword => "reset-password",
    }
}

impl Purpose {
    /// Until when a link made now works.
    fn good_until(self, ctx: &Context) -> Instant {
        let security = &ctx.settings().security;
        let hours = match self {
            Self::SetPassword => security.invitation_hours,
            Self::ResetPassword => security.reset_hours,
        };
        ctx.now.plus(Duration::hours(i64::from(hours)))
    }
}

/// Whom a link is for.
#[derive(Debug, Clone)]
pub struct Addressee {
    pub id: AccountId,
    pub name: String,
    pub email: String,
    pub locale: Locale,
}

/// Makes a link, and makes every earlier one of the account useless; expects to be inside a transaction.
pub fn make(
    conn: &mut Conn,
    ctx: &Context,
    account: AccountId,
    purpose: Purpose,
) -> Result<(AccountTokenId, String), Problem> {
    void(conn, ctx, account)?;
    let (id, token) = (AccountTokenId::new(ctx.now), Token::random()?);
    diesel::insert_into(account_tokens::table)
        .values((
            account_tokens::id.eq(id),
            account_tokens::account_id.eq(account),
            account_tokens::purpose.eq(purpose),
            account_tokens::token_hash.eq(token.hash().as_str()),
            account_tokens::created_at.eq(ctx.now),
            account_tokens::expires_at.eq(purpose.good_until(ctx)),
        ))
        .execute(conn)?;
    let address = ctx.settings().public_url();
    Ok((id, format!("{address}/set-password/{}", token.expose())))
}

/// Makes every open link of the account useless; expects to be inside a transaction.
pub fn void(conn: &mut Conn, ctx: &Context, account: AccountId) -> Result<(), Problem> {
    let open = account_tokens::table
        .filter(account_tokens::account_id.eq(account))
        .filter(account_tokens::used_at.is_null());
    diesel::update(open)
        .set(account_tokens::used_at.eq(ctx.now))
        .execute(conn)?;
    Ok(())
}

/// Mails the invitation of a new account; expects to be inside a transaction.
pub fn invite(conn: &mut Conn, ctx: &Context, to: &Addressee) -> Result<(), Problem> {
    let (id, link) = make(conn, ctx, to.id, Purpose::SetPassword)?;
    let until = Purpose::SetPassword.good_until(ctx);
    let words = AccountInvitation {
        name: to.name.as_str().into(),
        link: link.into(),
        days: ctx.settings().security.invitation_hours.div_ceil(24),
    };
    send(
        conn,
        ctx,
        to,
        until,
        NewMail::new(&words, recipient(to), format!("account-invitation/{id}"))?,
    )
}

fn recipient(to: &Addressee) -> Recipient {
    Recipient::account(to.id, &to.name, &to.email, to.locale)
}

/// A mail whose link is over is not sent any more.
fn send(
    conn: &mut Conn,
    ctx: &Context,
    to: &Addressee,
    until: Instant,
    mail: NewMail,
) -> Result<(), Problem> {
    mail::enqueue(conn, ctx, mail.about("account", to.id).not_after(until))?;
    Ok(())
}

/// Takes a request for a new password. Whether an account has the address is not looked at here but by a job
/// ([`answer_request`]): the answer and its time are the same for everybody.
///
/// # Errors
/// 429 when this machine's address asks too often; 422 `email-address`.
pub fn request_reset(conn: &mut Conn, ctx: &Context, email: &str) -> Result<(), Problem> {
    let email = Email::parse("/email", email).map_err(|fault| Problem::Invalid(vec![fault]))?;
    throttle::take(conn, ctx, &throttle::of_mail_from_address(ctx))?;
    let job = jobs::NewJob {
        kind: RESET_JOB,
        unique_key: format!("{RESET_JOB}:{}", JobId::new(ctx.now)),
        subject_id: None,
        person_id: None,
        payload: json!({ "email": ctx.keyring().seal(SEAL, email.key().as_bytes())? }),
        run_at: ctx.now,
    };
    jobs::enqueue(conn, ctx.now, &job)?;
    Ok(())
}

/// The job of [`RESET_JOB`]: mails the link where there is an account, three times in a quarter of an hour at
/// most. An account that was invited and never used gets its invitation again.
pub fn answer_request(
    conn: &mut Conn,
    ctx: &Context,
    payload: &serde_json::Value,
) -> Result<(), Problem> {
    let sealed = payload.get("email").and_then(|v| v.as_str()).unwrap_or("");
    let key = ctx.keyring().open_text(SEAL, sealed)?;
    let Some((to, status)) = store::addressee_of(conn, &key)? else {
        return Ok(());
    };
    match conn.savepoint(|conn| throttle::count(conn, ctx, &throttle::of_mail_to(ctx, &key))) {
        Err(Problem::TooManyRequests { .. }) => return Ok(()),
        other => other?,
    }
    match status {
        store::AccountStatus::Disabled => Ok(()),
        store::AccountStatus::Invited => invite(conn, ctx, &to),
        store::AccountStatus::Active => {
            let (id, link) = make(conn, ctx, to.id, Purpose::ResetPassword)?;
            let words = PasswordReset {
                name: to.name.as_str().into(),
                link: link.into(),
                hours: ctx.settings().security.reset_hours,
            };
            let until = Purpose::ResetPassword.good_until(ctx);
            let key = format!("password-reset/{id}");
            let mail = NewMail::new(&words, recipient(&to), key)?;
            send(conn, ctx, &to, until, mail)
        }
    }
}

/// The account that an open link is for.
///
/// # Errors
/// 410 `password-link-used`, for a link that was used, is too old, was replaced or never was.
pub fn open(conn: &mut Conn, now: Instant, token: &SecretString) -> Result<Email, Problem> {
    let gone = || Problem::Gone {
        code: "password-link-used",
    };
    let token = Token::presented(token.expose_secret()).ok_or_else(gone)?;
    let address: String = account_tokens::table
        .inner_join(accounts::table)
        .filter(account_tokens::token_hash.eq(token.hash().as_str()))
        .filter(account_tokens::used_at.is_null())
        .filter(account_tokens::expires_at.gt(now))
        .filter(accounts::status.ne("disabled"))
        .select(accounts::email)
        .first(conn)
        .optional()?
        .ok_or_else(gone)?;
    Email::parse("/email", &address).map_err(|_| Problem::internal("a stored address is none"))
}

/// Sets the password of the account that the link is for, makes the account active, ends all its sessions and
/// spends the link. Hold [`password::place`] while it runs.
///
/// # Errors
/// 410 as [`open`]; 422 at `/password`.
pub fn set_password(
    conn: &mut Conn,
    ctx: &Context,
    token: &SecretString,
    chosen: &SecretString,
) -> Result<(), Problem> {
    let email = open(conn, ctx.now, token)?;
    let hash = password::POLICY
        .choose("/password", chosen.expose_secret(), &email)
        .map_err(|fault| Problem::Invalid(vec![fault]))?
        .hash()?;
    conn.write_tx(|conn| {
        let account = spend(conn, ctx, token)?;
        diesel::update(accounts::table.find(account))
            .set(accounts::status.eq(store::AccountStatus::Active))
            .execute(conn)?;
        let ctx = ctx.acting_as(Actor::Account {
            id: account,
            person_id: None,
            grants: Vec::new(),
        });
        save(conn, &ctx, account, &hash, None)
    })
}

/// Spends the link; of two that try at once, one wins.
fn spend(conn: &mut Conn, ctx: &Context, token: &SecretString) -> Result<AccountId, Problem> {
    let gone = || Problem::Gone {
        code: "password-link-used",
    };
    let token = Token::presented(token.expose_secret()).ok_or_else(gone)?;
    let spent: Option<AccountId> = diesel::update(
        account_tokens::table
            .filter(account_tokens::token_hash.eq(token.hash().as_str()))
            .filter(account_tokens::used_at.is_null())
            .filter(account_tokens::expires_at.gt(ctx.now)),
    )
    .set(account_tokens::used_at.eq(ctx.now))
    .returning(account_tokens::account_id)
    .get_result(conn)
    .optional()?;
    spent.ok_or_else(gone)
}

/// Saves a new password: open links are void, sessions end (except `keep`), the audit log knows.
fn save(
    conn: &mut Conn,
    ctx: &Context,
    account: AccountId,
    hash: &PasswordHash,
    keep: Option<FamilyId>,
) -> Result<(), Problem> {
    diesel::update(accounts::table.find(account))
        .set((
            accounts::password_hash.eq(hash.as_str()),
            accounts::updated_at.eq(ctx.now),
            accounts::version.eq(accounts::version + 1),
        ))
        .execute(conn)?;
    void(conn, ctx, account)?;
    let ended = sessions::revoke_all(conn, ctx, account, keep)?;
    let after = json!({ "sessions_ended": ended });
    record(
        conn,
        ctx,
        &audit::Change {
            action: "account.set-password",
            object_type: "account",
            object_id: account.into(),
            programme_id: None,
            before: None,
            after: Some(&after),
        },
    )
}

/// Changes the password of the account that acts, who names the present one; its other sessions end, `keep`
/// goes on. Hold [`password::place`] while it runs.
///
/// # Errors
/// 422 `password-wrong` at `/current_password` and the policy's faults at `/password`; 429 after too many
/// wrong ones.
pub fn change_password(
    conn: &mut Conn,
    ctx: &Context,
    current: &SecretString,
    chosen: &SecretString,
    keep: Option<FamilyId>,
) -> Result<(), Problem> {
    let account = ctx.actor.account_id().ok_or(Problem::Unauthenticated {
        code: "sign-in-needed",
    })?;
    let (email, stored): (String, Option<String>) = accounts::table
        .find(account)
        .select((accounts::email, accounts::password_hash))
        .first(conn)?;
    let email = Email::parse("/email", &email).map_err(|fault| Problem::Invalid(vec![fault]))?;
    let buckets = throttle::of_sign_in(ctx, email.key(), throttle::Familiarity::Known);
    throttle::take(conn, ctx, &buckets)?;
    let stored = stored.map(PasswordHash::stored);
    if !password::matches(stored.as_ref(), current.expose_secret()) {
        return Err(Problem::field("/current_password", "password-wrong"));
    }
    let hash = password::POLICY
        .choose("/password", chosen.expose_secret(), &email)
        .map_err(|fault| Problem::Invalid(vec![fault]))?
        .hash()?;
    conn.write_tx(|conn| {
        throttle::succeeded(conn, ctx, &buckets)?;
        save(conn, ctx, account, &hash, keep)
    })
}

/// Forgets links that are long over.
pub fn purge(conn: &mut Conn, now: Instant) -> QueryResult<usize> {
    let old = account_tokens::expires_at.lt(now.minus(Duration::days(30)));
    diesel::delete(account_tokens::table.filter(old)).execute(conn)
}
